import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";

/**
 * Which columns the rows of a connection are asked for, so that no others are read. A field that exposes a column
 * says so itself; any other one tells its columns in `extensions: reads(…)`. Where a field does neither, every column
 * is read: what is not known is never left out.
 */

const READS = "readsColumns";

/** Told by a field that resolves from these columns of its row and nothing else of it. */
export const reads = (...columns: readonly string[]) => ({ [READS]: columns });

/** Fields of a connection and of an edge that need no more of a row than its id and what orders it. */
const beside: ReadonlySet<string> = new Set([
  "__typename",
  "totalCount",
  "pageInfo",
  "cursor",
  "matchedGroups",
]);

/** A document is kept while it is asked again, and its selections with it. */
const known = new WeakMap<FieldNode, ReadonlySet<string> | null>();

/**
 * The columns that the selected fields of a connection's records resolve from; null for all of them.
 *
 * @param info of a field whose type is a connection
 */
export const selectedColumns = (info: GraphQLResolveInfo): ReadonlySet<string> | null =>
  selectedAt(info, "connection");

/** The same of a field whose type is a record's. */
export const selectedOfRow = (info: GraphQLResolveInfo): ReadonlySet<string> | null =>
  selectedAt(info, "row");

function selectedAt(info: GraphQLResolveInfo, level: Level): ReadonlySet<string> | null {
  const [field, ...further] = info.fieldNodes;
  if (!field) return null;
  const kept = further.length === 0 ? known.get(field) : undefined;
  if (kept !== undefined) return kept;
  const columns = new Set<string>();
  const type = getNamedType(info.returnType);
  const isKnown =
    isObjectType(type) &&
    info.fieldNodes.every(({ selectionSet }) => collect(info, type, selectionSet, level, columns));
  const found = isKnown ? columns : null;
  if (further.length === 0) known.set(field, found);
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

type Level = "connection" | "edge" | "row";

/** @returns whether all that is selected is known */
function collect(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  selections: SelectionSetNode | undefined,
  level: Level,
  columns: Set<string>,
): boolean {
  return (selections?.selections ?? []).every((selection) => {
    if (selection.kind === "InlineFragment") {
      return collect(info, type, selection.selectionSet, level, columns);
    }
    if (selection.kind === "FragmentSpread") {
      return collect(info, type, info.fragments[selection.name.value]?.selectionSet, level, columns);
    }
    const name = selection.name.value;
    const field = type.getFields()[name];
    if (level === "row") return name === "__typename" || addColumns(field, columns);
    const next = name === "nodes" || name === "node" ? "row" : name === "edges" ? "edge" : null;
    if (next === null) return beside.has(name);
    const inner = field && getNamedType(field.type);
    return isObjectType(inner) && collect(info, inner, selection.selectionSet, next, columns);
  });
}

function addColumns(field: GraphQLField<unknown, unknown> | undefined, columns: Set<string>): boolean {
  const { pothosExposedField: exposed, [READS]: told } = (field?.extensions ?? {}) as {
    readonly pothosExposedField?: string;
    readonly [READS]?: readonly string[];
  };
  if (exposed === undefined && told === undefined) return false;
  for (const column of told ?? [String(exposed)]) columns.add(column);
  return true;
}
