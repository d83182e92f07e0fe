import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { encodeId, type IdType } from "../../db/ids.ts";
import { columnOf } from "../../db/prisma/columns.ts";
import type { ChildText } from "../../db/read/children.ts";
import { momentOf, momentSql } from "../../lib/moment.ts";

/**
 * Rows whose JSON PostgreSQL writes, as far as it can: otherwise most of the CPU time of a page goes into parsing
 * values, creating objects and serializing them. Ids and times are completed here.
 */

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Writes the selection of a row as JSON. */
export interface RowWriter {
  /** The SQL of a row's text. */
  readonly text: ChildText;
  /** The JSON of a row's text. */
  write(text: string): string;
  /** The additional texts of a row. */
  beside(text: string): readonly string[];
}

const SAME_ROW = "isOfSameRow";
const AS_TEXT = "isTextOfColumn";

/** Extensions of a field whose object is made of the same row. */
export const ofSameRow = () => ({ [SAME_ROW]: true });

/** Extensions of a field that returns a column as text, such as a decimal that must not be rounded. */
export const textOf = (column: string) => ({ [AS_TEXT]: column });

/** Constant JSON, JSON written by PostgreSQL, or a text that `finish` completes. */
type Segment = string | { readonly sql: string; readonly finish?: (text: string) => string };

/** Separates the texts of a row. JSON never contains it. */
const DIVIDER = "\u001f";

let made = 0;

/**
 * @param beside SQL expressions of additional texts that come before the row's JSON
 * @returns null if something is selected that is not a column of the row
 */
export function rowWriter(
  type: GraphQLObjectType,
  selections: SelectionSetNode | undefined,
  fragments: Fragments,
  beside: readonly string[] = [],
): RowWriter | null {
  const columns = new Set<string>();
  const segments = objectSegments(type, selections, fragments, columns);
  if (!segments) return null;
  const { texts, parts } = arrange(segments);
  const sql = [...beside, ...texts].join(" || E'\\x1f' || ");
  made += 1;
  return {
    text: { key: `written ${made}`, sql: sql || "''", columns: [...columns] },
    write(text) {
      let at = 0;
      const next = () => {
        const end = text.indexOf(DIVIDER, at);
        const read = text.slice(at, end < 0 ? undefined : end);
        at = end + 1;
        return read;
      };
      for (let passed = 0; passed < beside.length; passed += 1) next();
      let json = "";
      for (const part of parts) json += typeof part === "string" ? part : part(next());
      return json;
    },
    beside: (text) => text.split(DIVIDER, beside.length),
  };
}

/**
 * The selected fields by response key.
 *
 * @returns null if that depends on more than the document, or merges two selections
 */
export function fieldsOf(
  type: GraphQLObjectType,
  selections: SelectionSetNode | undefined,
  fragments: Fragments,
): ReadonlyMap<string, FieldNode> | null {
  const fields = new Map<string, FieldNode>();
  const isOf = (name: string) =>
    name === type.name || type.getInterfaces().some((implemented) => implemented.name === name);
  const collect = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).every((selection) => {
      if (selection.directives && selection.directives.length > 0) return false;
      if (selection.kind === "Field") {
        const key = selection.alias?.value ?? selection.name.value;
        if (fields.has(key)) return false;
        fields.set(key, selection);
        return true;
      }
      const fragment = selection.kind === "FragmentSpread" ? fragments.get(selection.name.value) : selection;
      if (!fragment || (fragment.directives?.length ?? 0) > 0) return false;
      const condition = fragment.typeCondition?.name.value;
      return (condition !== undefined && !isOf(condition)) || collect(fragment.selectionSet);
    });
  return collect(selections) ? fields : null;
}

function objectSegments(
  type: GraphQLObjectType,
  selections: SelectionSetNode | undefined,
  fragments: Fragments,
  columns: Set<string>,
): Segment[] | null {
  const fields = fieldsOf(type, selections, fragments);
  if (!fields) return null;
  const members: Segment[] = [];
  for (const [key, node] of fields) {
    const value = valueSegments(type, node, fragments, columns);
    if (!value) return null;
    members.push(`${members.length === 0 ? "" : ","}"${key}":`, ...value);
  }
  return ["{", ...members, "}"];
}

function valueSegments(
  type: GraphQLObjectType,
  node: FieldNode,
  fragments: Fragments,
  columns: Set<string>,
): Segment[] | null {
  const name = node.name.value;
  if (name === "__typename") return [JSON.stringify(type.name)];
  const field = type.getFields()[name];
  if (!field || (node.arguments?.length ?? 0) > 0) return null;
  const extensions = field.extensions as {
    readonly pothosExposedField?: string;
    readonly [SAME_ROW]?: true;
    readonly [AS_TEXT]?: string;
  };
  const inner = getNamedType(field.type);
  if (extensions[SAME_ROW] && isObjectType(inner)) {
    return objectSegments(inner, node.selectionSet, fragments, columns);
  }
  const isId = name === "id" && type.getInterfaces().some((implemented) => implemented.name === "Node");
  const column = isId ? "id" : (extensions[AS_TEXT] ?? extensions.pothosExposedField);
  // Items of a list may need the same completion as a single value.
  if (column === undefined || !isLeafType(getNullableType(field.type))) return null;
  columns.add(column);
  const value = `child.${columnOf(column)}`;
  if (isId) return [quoted(`${value}::text`, (id) => encodeId(type.name as IdType, id))];
  if (extensions[AS_TEXT] !== undefined) return [{ sql: `coalesce('"' || ${value}::text || '"', 'null')` }];
  const written = leafSegment(inner as GraphQLLeafType, value);
  return written === null ? null : [written];
}

const quoted = (sql: string, finish: (text: string) => string): Segment => ({
  sql,
  finish: (text) => (text === "" ? "null" : `"${finish(text)}"`),
});

function leafSegment(type: GraphQLLeafType, value: string): Segment | null {
  if (isEnumType(type)) {
    const isItself = type.getValues().every((each) => each.value === each.name);
    return isItself ? { sql: `coalesce('"' || ${value}::text || '"', 'null')` } : null;
  }
  switch (type.name) {
    case "String":
    case "EmailAddress":
    case "PhoneNumber":
    case "URL":
    case "Currency":
    case "Date":
      return { sql: `coalesce(to_json(${value})::text, 'null')` };
    case "Int":
    case "Boolean":
      return { sql: `coalesce(${value}::text, 'null')` };
    case "DateTime":
      return quoted(`coalesce(${momentSql(value)}, '')`, momentOf);
    default:
      return null;
  }
}

/** Constant JSON, or a function that completes the next text. */
type Part = string | ((text: string) => string);

/** Combines adjacent SQL into one expression. */
function arrange(segments: readonly Segment[]): { texts: string[]; parts: Part[] } {
  const texts: string[] = [];
  const parts: Part[] = [];
  let run: Segment[] = [];
  const read = (sql: string, finish: (text: string) => string) => {
    texts.push(sql);
    parts.push(finish);
  };
  const endRun = () => {
    if (run.some((segment) => typeof segment !== "string")) {
      read(
        run.map((segment) => (typeof segment === "string" ? literal(segment) : segment.sql)).join(" || "),
        asIs,
      );
    } else if (run.length > 0) parts.push(run.join(""));
    run = [];
  };
  for (const segment of segments) {
    const before = run.at(-1);
    if (typeof segment === "string" && typeof before === "string") {
      run[run.length - 1] = before + segment;
      continue;
    }
    if (typeof segment === "string" || !segment.finish) {
      run.push(segment);
      continue;
    }
    endRun();
    read(segment.sql, segment.finish);
  }
  endRun();
  return { texts, parts };
}

const asIs = (text: string): string => text;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
