import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isObjectType,
} from "graphql";
import type { RowQuestion } from "../db/read/row-questions.ts";
import { type Fragments, fieldsOf } from "./compiled/row.ts";
import type { Context } from "./context.ts";
import { keepDefinitions } from "./definitions.ts";
import { type Asked, hasDirectives } from "./plan.ts";

/**
 * What a selection asks about a record besides its columns (children and their numbers, tags, the owner, definitions of
 * custom fields), known before the record is read: so that all of it is one statement. What is not known before, such
 * as children of children, is left to the loaders.
 */

const AHEAD = "asksAhead";

/**
 * The questions of a field about each record; none if they depend on the record.
 *
 * @param info of the field, but for its path
 */
type QuestionsOf = (args: object, info: GraphQLResolveInfo) => readonly RowQuestion[];

/** Extensions of a field whose questions can be known before its record is read. */
export const askedAhead = (questions: QuestionsOf) => ({ [AHEAD]: questions });

/** A field that asks questions, in a selection. */
interface Part {
  readonly node: FieldNode;
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly questions: QuestionsOf;
}

/** These fields, by the field that returns the records. */
const parts = new WeakMap<FieldNode, Map<string, readonly Part[]>>();

type ByKey = Map<string, readonly RowQuestion[]>;

/** The questions by a request's variables, and by the field that returns the records. */
const asked = new WeakMap<object, WeakMap<FieldNode, ByKey>>();

/**
 * The questions that a field's selection asks about each record that it returns.
 *
 * @param typeName type of the records
 * @param place whether the field returns a record, or a page of them
 */
export function questionsOf(
  info: GraphQLResolveInfo,
  typeName: string,
  place: Asked,
): readonly RowQuestion[] {
  const [node] = info.fieldNodes;
  // Merged fields and directives are left to the loader.
  if (!node || info.fieldNodes.length > 1 || hasDirectives(info)) return [];
  const key = `${place} ${typeName}`;
  const partsByKey = kept(parts, node, () => new Map<string, readonly Part[]>());
  const found = kept(partsByKey, key, () => partsOf(info, node, typeName, place));
  if (found.length === 0) return [];
  const byNode = kept(asked, info.variableValues, () => new WeakMap<FieldNode, ByKey>());
  const byKey = kept(byNode, node, (): ByKey => new Map());
  return kept(byKey, key, () => distinct(found.flatMap((part) => ask(part, info))));
}

/** The value of a key, made at first use. */
function kept<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function ask({ node, type, field, questions }: Part, info: GraphQLResolveInfo): readonly RowQuestion[] {
  try {
    const args = getArgumentValues(field, node, info.variableValues);
    return questions(args, {
      ...info,
      fieldName: field.name,
      fieldNodes: [node],
      parentType: type,
      returnType: field.type,
    });
  } catch {
    // The field itself tells what is wrong with its arguments.
    return [];
  }
}

function partsOf(info: GraphQLResolveInfo, node: FieldNode, typeName: string, place: Asked): readonly Part[] {
  const fragments: Fragments = new Map(Object.entries(info.fragments));
  const type = info.schema.getType(typeName);
  if (!isObjectType(type)) return [];
  const records = place === "row" ? [node] : recordsOf(getNamedType(info.returnType), node, fragments);
  return records.flatMap((record) => {
    const fields = fieldsOf(type, record.selectionSet, fragments) ?? new Map<string, FieldNode>();
    return [...fields.values()].flatMap((child) => {
      const field = type.getFields()[child.name.value];
      const questions = (field?.extensions as { readonly [AHEAD]?: QuestionsOf } | undefined)?.[AHEAD];
      return field && questions ? [{ node: child, type, field, questions }] : [];
    });
  });
}

/** The fields of a connection that return its records. */
function recordsOf(type: unknown, node: FieldNode, fragments: Fragments): readonly FieldNode[] {
  if (!isObjectType(type)) return [];
  const fields = fieldsOf(type, node.selectionSet, fragments);
  return [...(fields?.values() ?? [])].flatMap((each) => {
    if (each.name.value === "nodes") return [each];
    const edge = each.name.value === "edges" ? getNamedType(type.getFields().edges?.type) : null;
    if (!isObjectType(edge)) return [];
    const inner = fieldsOf(edge, each.selectionSet, fragments);
    return [...(inner?.values() ?? [])].filter(({ name }) => name.value === "node");
  });
}

const isSame = (one: RowQuestion, other: RowQuestion): boolean => {
  if (one === other) return true;
  if (one.kind === "page" && other.kind === "page") {
    return (
      one.table === other.table &&
      one.direction === other.direction &&
      one.take === other.take &&
      one.text.key === other.text.key
    );
  }
  return one.kind === "count" && other.kind === "count" && one.table === other.table;
};

/**
 * The questions that are asked about all of several records. Others are left to the loaders: one statement reads all
 * the records, and it would ask each question about each of them.
 *
 * @param sets the questions about each record
 */
export function askedByAll(sets: readonly (readonly RowQuestion[])[]): readonly RowQuestion[] {
  const [first = [], ...others] = new Set(sets);
  return first.filter((question) => others.every((set) => set.some((other) => isSame(question, other))));
}

/** Each question once. */
const distinct = (questions: readonly RowQuestion[]): readonly RowQuestion[] =>
  questions.filter((question, at) => questions.findIndex((other) => isSame(question, other)) === at);

interface Known {
  readonly question: RowQuestion;
  readonly answer: string | null;
}

/** The answers that were read with a row, by the row. */
const answers = new WeakMap<object, readonly Known[]>();

/**
 * Keeps what was read with rows.
 *
 * @param read the answers to the questions, for each row
 */
export function keepAnswers(
  context: Context,
  rows: readonly object[],
  questions: readonly RowQuestion[],
  read: readonly (readonly (string | null)[])[],
): void {
  if (questions.length === 0) return;
  for (const [place, row] of rows.entries()) {
    answers.set(
      row,
      questions.map((question, at) => ({ question, answer: read[place]?.[at] ?? null })),
    );
  }
  for (const [at, question] of questions.entries()) {
    const answer = read[0]?.[at];
    if (question.kind === "definitions" && answer != null)
      keepDefinitions(context, question.entity, JSON.parse(answer));
  }
}

/** The answer that was read with a row; undefined if the question was not asked. */
export function answerOf(row: object, question: RowQuestion): string | null | undefined {
  return answers.get(row)?.find((known) => isSame(known.question, question))?.answer;
}
