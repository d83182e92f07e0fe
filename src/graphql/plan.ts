import { queryFromInfo } from "@pothos/plugin-prisma";
import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from "graphql";

/**
 * Which columns the rows of a field's answer are asked for, so that no others are read: what the selected fields say
 * in their `select`, put together by @pothos/plugin-prisma.
 */

/** Names of Prisma's fields: what is selected, and the id of rows that have one; none where no row is selected. */
export type Columns = ReadonlySet<string>;

/**
 * The columns of the records of a connection.
 *
 * @param info of the field whose type is the connection
 * @param typeName the records' type
 */
export const columnsOfPage = (info: GraphQLResolveInfo, typeName: string): Columns =>
  planned(info, typeName, "page");

/**
 * The columns of a record, or of each in a list.
 *
 * @param info of the field that answers it
 * @param typeName its type, where the field's is an interface that it implements too
 */
export const columnsOfRow = (info: GraphQLResolveInfo, typeName: string): Columns =>
  planned(info, typeName, "row");

/** Columns as Prisma is asked for them; typed so that a call's answer is still a row. */
export const selecting = (columns: Iterable<string>): object => ({
  select: Object.fromEntries(Array.from(columns, (column) => [column, true])),
});

/** The columns of each row of a list, as Prisma is asked for them. */
export const selectOf = (info: GraphQLResolveInfo, typeName: string): object =>
  selecting(columnsOfRow(info, typeName));

/**
 * What was planned for a field. A document is kept while it is asked again, and its fields' plans with it: making one
 * takes as long as a small request. Where directives decide, or one answer merges several fields of the document, the
 * list of fields is the key, which lasts for all rows of one request.
 */
const plans = new WeakMap<FieldNode | readonly FieldNode[], Map<string, Columns>>();

/** Where the records stand below the field, by what is asked of it. */
const places = { page: [["nodes"], ["edges", "node"]], row: [] };

type Asked = keyof typeof places;

function planned(info: GraphQLResolveInfo, typeName: string, asked: Asked): Columns {
  const { fieldNodes } = info;
  const [field] = fieldNodes;
  const key = field && fieldNodes.length === 1 && !hasDirectives(info) ? field : fieldNodes;
  const known = plans.get(key);
  const question = `${asked} ${typeName}`;
  const kept = known?.get(question);
  if (kept) return kept;
  const made = makePlan(info, typeName, asked);
  if (known) known.set(question, made);
  else plans.set(key, new Map([[question, made]]));
  return made;
}

function makePlan(info: GraphQLResolveInfo, typeName: string, asked: Asked): Columns {
  // The plugin notes under its context what it has planned, for resolvers that nothing here uses.
  const { select } = queryFromInfo({ context: {}, info, typeName, paths: places[asked], select: {} });
  return new Set(Object.keys(select));
}

/** Operations whose @skip or @include may make of one field another selection at another time. */
const directed = new WeakMap<object, boolean>();

/** Whether anything in an operation has a directive; its variables then decide what is selected. */
function hasDirectives({ operation, fragments }: GraphQLResolveInfo): boolean {
  const known = directed.get(operation);
  if (known !== undefined) return known;
  const has = ({ selections }: SelectionSetNode): boolean =>
    selections.some(
      (selection) =>
        (selection.directives?.length ?? 0) > 0 ||
        (selection.kind !== "FragmentSpread" &&
          selection.selectionSet !== undefined &&
          has(selection.selectionSet)),
    );
  const found = [operation, ...(Object.values(fragments) as FragmentDefinitionNode[])].some((part) =>
    has(part.selectionSet),
  );
  directed.set(operation, found);
  return found;
}

/** Of the fields of a connection, those that are selected; null when a directive decides it. */
export function selectedNames(info: GraphQLResolveInfo): ReadonlySet<string> | null {
  const names = new Set<string>();
  const note = (selections: SelectionSetNode | undefined): boolean =>
    (selections?.selections ?? []).every((selection) => {
      if (selection.directives && selection.directives.length > 0) return false;
      if (selection.kind === "Field") return names.add(selection.name.value);
      return note(
        selection.kind === "InlineFragment"
          ? selection.selectionSet
          : info.fragments[selection.name.value]?.selectionSet,
      );
    });
  return info.fieldNodes.every(({ selectionSet }) => note(selectionSet)) ? names : null;
}
