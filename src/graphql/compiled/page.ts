import {
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { type Fragments, fieldsOf, type RowWriter, rowWriter } from "./row.ts";
import { DIVIDER, divided } from "./segments.ts";

/** Writes a connection's page as JSON text, if it needs nothing but its rows. */
export interface PageWriter {
  readonly row: RowWriter;
  /** Whether `totalCount` is selected. */
  readonly counts: boolean;
  /** The selected fields of `pageInfo`. */
  readonly asks: ReadonlySet<string>;
  /** The selected fields. */
  readonly names: ReadonlySet<string>;
  /** Whether something besides the number is selected. */
  readonly shows: boolean;
  /** Whether a cursor is selected. */
  readonly signs: boolean;
  /** @param total number of all records, as text */
  write<Row>(page: TextPage<Row>, total: string): string;
}

/** A page whose rows are written as texts. */
interface TextPage<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  json(row: Row): string;
  cursor(row: Row): string;
}

type WriteOne = <Row>(row: Row, page: TextPage<Row>) => string;
type Write = <Row>(page: TextPage<Row>, total: string) => string;

/**
 * @param type the type of the connection
 * @param node the connection field
 * @param placeOfRow SQL expressions of a row's cursor, read if a cursor is selected
 * @returns null if something is selected that the rows do not contain
 */
export function pageWriter(
  type: GraphQLObjectType,
  { selectionSet }: FieldNode,
  fragments: Fragments,
  placeOfRow: readonly string[],
): PageWriter | null {
  const fields = fieldsOf(type, selectionSet, fragments);
  if (!fields) return null;
  const names = new Set([...fields.values()].map(({ name }) => name.value));
  const signs = hasCursor(selectionSet, fragments);
  const place = signs ? placeOfRow : [];
  let row: RowWriter | null = null;
  let counts = false;
  const asks = new Set<string>();
  const members: { readonly key: string; readonly write: Write }[] = [];
  for (const [key, node] of fields) {
    const inner = innerType(type, node);
    const write = ((): Write | null => {
      switch (node.name.value) {
        case "__typename":
          return () => JSON.stringify(type.name);
        case "totalCount":
          counts = true;
          return (_page, total) => total;
        case "pageInfo":
          return inner && pageInfo(inner, node, fragments, asks);
        case "nodes": {
          if (row || !inner) return null;
          const writer = rowWriter(inner, node.selectionSet, fragments, place);
          row = writer;
          return writer && (({ rows, json }) => list(rows, json));
        }
        case "edges": {
          if (row || !inner) return null;
          const edge = edgeWriter(inner, node, fragments, place);
          row = edge?.row ?? null;
          return edge && ((page) => list(page.rows, (each) => edge.write(each, page)));
        }
        default:
          return null;
      }
    })();
    if (!write) return null;
    members.push({ key, write });
  }
  return {
    row: row ?? bareRow(place),
    counts,
    asks,
    names,
    shows: [...names].some((name) => name !== "totalCount" && name !== "__typename"),
    signs,
    write: (page, total) =>
      `{${members.map(({ key, write }) => `"${key}":${write(page, total)}`).join(",")}}`,
  };
}

/** Whether a cursor is selected, in an edge or in `pageInfo`. */
function hasCursor(selections: SelectionSetNode | undefined, fragments: Fragments): boolean {
  return (selections?.selections ?? []).some((selection) => {
    if (selection.kind === "FragmentSpread") {
      return hasCursor(fragments.get(selection.name.value)?.selectionSet, fragments);
    }
    return (
      (selection.kind === "Field" && /cursor$/i.test(selection.name.value)) ||
      hasCursor(selection.selectionSet, fragments)
    );
  });
}

/** Rows without selected fields, which still determine where the page ends. */
const bareRow = (place: readonly string[]): RowWriter => ({
  text: { key: `place ${place.length}`, sql: divided(place), columns: [] },
  asks: false,
  begin: () => ({ questions: [], write: () => "" }),
  write: () => "",
  beside: (text) => text.split(DIVIDER),
});

const list = <Item>(items: readonly Item[], write: (item: Item) => string): string =>
  `[${items.map(write).join(",")}]`;

const innerType = (type: GraphQLObjectType, node: FieldNode): GraphQLObjectType | null => {
  const field = type.getFields()[node.name.value];
  const inner = field && getNamedType(field.type);
  return isObjectType(inner) ? inner : null;
};

function edgeWriter(
  type: GraphQLObjectType,
  node: FieldNode,
  fragments: Fragments,
  place: readonly string[],
): { row: RowWriter | null; write: WriteOne } | null {
  const fields = fieldsOf(type, node.selectionSet, fragments);
  if (!fields) return null;
  let row: RowWriter | null = null;
  const members: { readonly key: string; readonly write: WriteOne }[] = [];
  for (const [key, member] of fields) {
    const name = member.name.value;
    if (name === "__typename") members.push({ key, write: () => JSON.stringify(type.name) });
    else if (name === "cursor")
      members.push({ key, write: (each, page) => JSON.stringify(page.cursor(each)) });
    else {
      const inner: GraphQLObjectType | null = name === "node" && !row ? innerType(type, member) : null;
      const writer: RowWriter | null = inner && rowWriter(inner, member.selectionSet, fragments, place);
      if (!writer) return null;
      row = writer;
      members.push({ key, write: (each, page) => page.json(each) });
    }
  }
  return {
    row,
    write: (each, page) => `{${members.map(({ key, write }) => `"${key}":${write(each, page)}`).join(",")}}`,
  };
}

/** @param asks receives the selected fields */
function pageInfo(
  type: GraphQLObjectType,
  node: FieldNode,
  fragments: Fragments,
  asks: Set<string>,
): Write | null {
  const fields = fieldsOf(type, node.selectionSet, fragments);
  if (!fields) return null;
  const names = [...fields].map(([key, { name }]) => [key, name.value] as const);
  for (const [, name] of names) asks.add(name);
  return (page) => {
    const cursor = (from: number, to?: number) =>
      page.rows.slice(from, to).map((row) => page.cursor(row))[0] ?? null;
    const value = (name: string): string | boolean | null => {
      if (name === "__typename") return type.name;
      if (name === "startCursor") return cursor(0, 1);
      if (name === "endCursor") return cursor(-1);
      return name === "hasNextPage" ? page.hasNextPage : page.hasPreviousPage;
    };
    return `{${names.map(([key, name]) => `"${key}":${JSON.stringify(value(name))}`).join(",")}}`;
  };
}
