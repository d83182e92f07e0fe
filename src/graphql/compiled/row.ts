import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { encodeId, type IdType } from "../../db/ids.ts";
import { columnOf } from "../../db/prisma/columns.ts";
import type { ChildText } from "../../db/read/children.ts";
import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { AskedPart, Writing } from "./asked.ts";
import { arrange, DIVIDER, divided, leafSegment, plain, quoted, type Segment } from "./segments.ts";

/**
 * Rows whose JSON PostgreSQL writes, as far as it can: otherwise most of the CPU time of a page goes into parsing
 * values, creating objects and serializing them. Ids and times are completed here.
 */

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Writes the selection of a row as JSON. */
export interface RowWriter {
  /** The SQL of a row's text. */
  readonly text: ChildText;
  /** Whether something is asked about each row, so that `begin` must come first. */
  readonly asks: boolean;
  /** Begins to write the rows of a request. */
  begin(request: Writing): RowsWriting;
  /** The JSON of a row about which nothing is asked. */
  write(text: string): string;
  /** The additional texts of a row. */
  beside(text: string): readonly string[];
}

/** Writes the rows of one request. */
interface RowsWriting {
  /** What is asked about each row. */
  readonly questions: readonly RowQuestion[];
  /** @param answers to the questions, about this row */
  write(text: string, answers: readonly (string | null)[]): string;
}

/** Makes the part of a field; null if the selection needs more than such answers. */
export type PartOf = (
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  fragments: Fragments,
) => AskedPart | null;

const SAME_ROW = "isOfSameRow";
const AS_TEXT = "isTextOfColumn";
const FROM_ANSWERS = "isMadeOfAnswers";

/** Extensions of a field whose object is made of the same row. */
export const ofSameRow = () => ({ [SAME_ROW]: true });

/** Extensions of a field that returns a column as text, such as a decimal that must not be rounded. */
export const textOf = (column: string) => ({ [AS_TEXT]: column });

/** Extensions of a field that is written out of answers to questions about the row. */
export const fromAnswers = (partOf: PartOf) => ({ [FROM_ANSWERS]: partOf });

interface Extensions {
  readonly pothosExposedField?: string;
  readonly [SAME_ROW]?: true;
  readonly [AS_TEXT]?: string;
  readonly [FROM_ANSWERS]?: PartOf;
}

let made = 0;

/**
 * @param beside SQL expressions of additional texts that come before the row's JSON
 * @returns null if something is selected that is neither a column of the row nor made of answers about it
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
  const asked = parts.filter((part) => typeof part === "object");
  made += 1;
  const fill = (text: string, write: (part: AskedPart, at: number, text: string) => string): string => {
    let at = 0;
    let place = 0;
    const next = () => {
      const end = text.indexOf(DIVIDER, at);
      const read = text.slice(at, end < 0 ? undefined : end);
      at = end + 1;
      return read;
    };
    for (let passed = 0; passed < beside.length; passed += 1) next();
    let json = "";
    for (const part of parts) {
      if (typeof part === "string") json += part;
      else if (typeof part === "function") json += part(next());
      else {
        json += write(part, place, part.sql === undefined ? "" : next());
        place += 1;
      }
    }
    return json;
  };
  return {
    text: { key: `written ${made}`, sql: divided([...beside, ...texts]), columns: [...columns] },
    asks: asked.length > 0,
    begin(request) {
      const begun = asked.map((part) => part.begin(request));
      let next = 0;
      const places = begun.map(({ questions }) => {
        next += questions.length;
        return next - questions.length;
      });
      return {
        questions: begun.flatMap(({ questions }) => questions),
        write: (text, answers) =>
          fill(text, (_part, at, own) => {
            const [from = 0, to = answers.length] = [places[at], places[at + 1]];
            return begun[at]?.write(answers.slice(from, to), own) ?? "null";
          }),
      };
    },
    write: (text) => fill(text, () => "null"),
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
  if (!field) return null;
  const extensions = field.extensions as Extensions;
  const asked = extensions[FROM_ANSWERS]?.(field, node, fragments);
  if (asked) {
    for (const column of asked.columns) columns.add(column);
    return [{ asked }];
  }
  if ((node.arguments?.length ?? 0) > 0) return null;
  const inner = getNamedType(field.type);
  if (extensions[SAME_ROW] && isObjectType(inner)) {
    return objectSegments(inner, node.selectionSet, fragments, columns);
  }
  const isId = name === "id" && type.getInterfaces().some((implemented) => implemented.name === "Node");
  const column = isId ? "id" : (extensions[AS_TEXT] ?? extensions.pothosExposedField);
  const isMany = isListType(getNullableType(field.type));
  if (column === undefined || !isLeafType(inner)) return null;
  columns.add(column);
  const value = `child.${columnOf(column)}`;
  if (isId) return [quoted(`${value}::text`, (id) => encodeId(type.name as IdType, id))];
  if (extensions[AS_TEXT] !== undefined) return [plain(value)];
  const written = leafSegment(inner, value, isMany);
  return written === null ? null : [written];
}
