import { queryFromInfo } from "@pothos/plugin-prisma";
import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from "graphql";

/**
 * The columns to read for a field, so that no others are read: the `select` of the selected fields, combined by
 * @pothos/plugin-prisma.
 */

/** Prisma fields: the selected ones, and the id; empty if no row is selected. */
export type Columns = ReadonlySet<string>;

/**
 * The columns of a connection's records.
 *
 * @param info of the connection field
 * @param typeName type of the records
 */
export const columnsOfPage = (info: GraphQLResolveInfo, typeName: string): Columns =>
  planned(info, typeName, "page");

/**
 * The columns of a record, or of the records of a list.
 *
 * @param info of the field that returns the record
 * @param typeName its type, if the field returns an interface
 */
export const columnsOfRow = (info: GraphQLResolveInfo, typeName: string): Columns =>
  planned(info, typeName, "row");

/** Columns as a Prisma `select`; typed so that the result is still a row. */
export const selecting = (columns: Iterable<string>): object => ({
  select: Object.fromEntries(Array.from(columns, (column) => [column, true])),
});

/** The columns of each row of a list, as a Prisma `select`. */
export const selectOf = (info: GraphQLResolveInfo, typeName: string): object =>
  selecting(columnsOfRow(info, typeName));

/**
 * Plans by field. A repeated document is the same object, so that its plans are reused: making one takes as long as a
 * small request. If directives are involved, or fields are merged, the list of fields is the key, which lasts for one
 * request.
 */
const plans = new WeakMap<FieldNode | readonly FieldNode[], Map<string, Columns>>();

/** Paths from the field to its records. */
const places = { page: [["nodes"], ["edges", "node"]], row: [] };

/** Whether the records of a field are those of a page, or the field's own. */
export type Asked = keyof typeof places;

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
  // The plugin stores its plans in this context, where nothing reads them.
  const { select } = queryFromInfo({ context: {}, info, typeName, paths: places[asked], select: {} });
  return new Set(Object.keys(select));
}

/** Whether an operation has directives, by operation. */
const directed = new WeakMap<object, boolean>();

/** Whether an operation has @skip or @include, so that its variables decide what is selected. */
export function hasDirectives({ operation, fragments }: GraphQLResolveInfo): boolean {
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

/** The selected fields of a connection; null if a directive decides it. */
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
