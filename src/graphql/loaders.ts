import type { GraphQLResolveInfo } from "graphql";
import { type IdType, idTypes } from "../db/ids.ts";
import { columnsOf, type Delegate, delegateOf } from "../db/models.ts";
import type { ContactRow } from "../db/prisma/rows.ts";
import type { RowQuestion } from "../db/read/row-questions.ts";
import { delegate } from "../db/scope/delegate.ts";
import type { MemberProfile } from "../db/scope/members.ts";
import { JsonText } from "../lib/json-text.ts";
import { askedByAll, keepAnswers, questionsOf } from "./ahead.ts";
import { batched } from "./batch.ts";
import type { Writing } from "./compiled/asked.ts";
import type { RowWriter } from "./compiled/row.ts";
import type { Context } from "./context.ts";
import { type Columns, columnsOfRow, selecting } from "./plan.ts";
import { requestCache } from "./request-cache.ts";
import type { Rows } from "./rows.ts";

interface Keyed {
  readonly id: string;
}

/** Orders rows by the keys, with null for missing ones, as DataLoader requires. */
function inKeyOrder<Row extends Keyed>(ids: readonly string[], rows: readonly Row[]): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** Rows by id, per request. */
interface RowLoader<Row> {
  /** @param info of the field that returns the row; without it, all columns are read */
  load(context: Context, id: string, info?: GraphQLResolveInfo): Promise<Row | null>;
  /** In the order of the ids. */
  loadMany(context: Context, ids: readonly unknown[]): Promise<(Row | null)[]>;
}

/** A requested row, and its selected columns; null for all columns. */
interface Wanted {
  readonly id: string;
  readonly columns: Columns | null;
  /** What the selection asks about it. */
  readonly questions: readonly RowQuestion[];
}

const covers = (read: Columns | null, wanted: Columns | null): boolean =>
  read === null || (wanted !== null && [...wanted].every((column) => read.has(column)));

/**
 * Rows by id, per request, with the selected columns: one statement for all rows that are requested at the same time,
 * none for rows that were already read with these columns.
 *
 * @param typeName the GraphQL type
 * @param always columns that are read in addition
 */
const columnsByKey = <Row>(
  typeName: string,
  read: (
    context: Context,
    ids: readonly string[],
    columns: object,
    questions: readonly RowQuestion[],
  ) => Promise<(Row | null)[]>,
  always: readonly string[],
): RowLoader<Row> => {
  const cacheOf = requestCache((context: Context) => ({
    rows: new Map<string, { readonly columns: Wanted["columns"]; readonly row: Promise<Row | null> }>(),
    loader: batched<Wanted, Row | null>(
      typeName,
      async (wanted) => {
        const ids = [...new Set(wanted.map(({ id }) => id))];
        const sets = new Set(wanted.map(({ columns }) => columns));
        const select = [...always, ...[...sets].flatMap((columns) => [...(columns ?? [])])];
        const questions = askedByAll(wanted.map((each) => each.questions));
        const rows = await read(context, ids, sets.has(null) ? {} : selecting(select), questions);
        const byKey = new Map(rows.map((row, at) => [ids[at], row]));
        return wanted.map(({ id }) => byKey.get(id) ?? null);
      },
      { cache: false },
    ),
  }));
  const load = (context: Context, id: string, info?: GraphQLResolveInfo): Promise<Row | null> => {
    const { rows, loader } = cacheOf(context);
    const columns = info ? columnsOfRow(info, typeName) : null;
    const known = rows.get(id);
    if (known && covers(known.columns, columns)) return known.row;
    const questions = info ? questionsOf(info, typeName, "row") : [];
    const row = loader.load({ id, columns, questions });
    rows.set(id, { columns, row });
    return row;
  };
  return {
    load,
    loadMany: (context: Context, ids: readonly unknown[]) =>
      Promise.all(ids.map((id) => load(context, String(id)))),
  };
};

/** Whole rows by id. */
const rowsById = <Row extends Keyed>(
  name: string,
  read: (context: Context, ids: string[]) => Promise<Row[]>,
): RowLoader<Row> => {
  const cacheOf = requestCache((context: Context) =>
    batched<string, Row | null>(name, async (ids) => inKeyOrder(ids, await read(context, [...ids]))),
  );
  return {
    load: (context, id) => cacheOf(context).load(id),
    loadMany: (context, ids) => Promise.all(ids.map((id) => cacheOf(context).load(String(id)))),
  };
};

const among = (ids: string[]) => ({ where: { id: { in: ids } } });

/** Columns that are always read, to follow a merge and to recognize a purged record. */
const places = ["mergedIntoId", "purgedAt"] as const;

/** The models whose records have ids that `node` finds. */
type Model = Exclude<IdType, "Organization">;
const isModel = (name: IdType): name is Model => name !== "Organization";

/** Reads rows, and with them what is asked about them. */
async function readRows(
  context: Context,
  name: Model,
  args: { readonly where: object },
  questions: readonly RowQuestion[],
): Promise<readonly Keyed[]> {
  const { db } = context;
  const model = delegateOf(name);
  if (questions.length === 0) return (await delegate(db, model).findMany(args)) as Keyed[];
  const { rows, answers } = await db.rowsWith(model, args, { questions });
  keepAnswers(context, rows, questions, answers);
  return rows as readonly Keyed[];
}

/** Rows of a model by their ids. */
function ofModel(name: Model): RowLoader<unknown> {
  const has = columnsOf(name);
  return columnsByKey(
    name,
    async (context, ids, columns, questions) =>
      inKeyOrder(ids, await readRows(context, name, { ...among([...ids]), ...columns }, questions)),
    places.filter((column) => column in has),
  );
}

/** Contacts by their ids, or by the ids of contacts that were merged into them. */
async function findContacts(
  context: Context,
  ids: readonly string[],
  columns: object,
  questions: readonly RowQuestion[],
): Promise<(ContactRow | null)[]> {
  const find = (among: { where: object }) =>
    readRows(context, "Contact", { ...among, ...columns }, questions) as Promise<ContactRow[]>;
  const rows = inKeyOrder(ids, await find(among([...ids])));
  const merged = rows.flatMap((row) => row?.mergedIntoId ?? []);
  if (merged.length === 0) return rows;
  const survivors = new Map((await find(among(merged))).map((row) => [row.id, row]));
  return rows.map((row) => (row?.mergedIntoId ? (survivors.get(row.mergedIntoId) ?? null) : row));
}

/**
 * A record as JSON text, with what is asked about it in the same statement: the one that a contact was merged into for
 * the contact, and none for a purged one.
 *
 * @returns null if the caller cannot see it
 */
export async function writtenRecord(
  writing: Writing,
  name: Model,
  id: string,
  writer: RowWriter,
): Promise<JsonText | null> {
  const { db } = writing.context;
  const { questions, write } = writer.begin(writing);
  const columns = places.filter((column) => column in columnsOf(name));
  const select = selecting(["id", ...columns, ...writer.text.columns]);
  const find = async (wanted: string) => {
    const found = await db.rowsWith(
      delegateOf(name),
      { where: { id: wanted }, ...select },
      { questions, rowText: { text: writer.text, columns } },
    );
    const [row] = found.rows as readonly Partial<Pick<ContactRow, (typeof places)[number]>>[];
    return { row, text: found.texts[0] ?? "", answers: found.answers[0] ?? [] };
  };
  const first = await find(id);
  const survivor = first.row?.mergedIntoId;
  const { row, text, answers } = survivor == null ? first : await find(survivor);
  return row === undefined || row.purgedAt != null ? null : new JsonText(write(text, answers));
}

type ById = {
  readonly [Name in Model as Delegate<Name>]: RowLoader<Name extends "Member" ? MemberProfile : Rows[Name]>;
};

/** Loaders of all records by id; null for records that the caller cannot see. */
export const byId = {
  ...Object.fromEntries(idTypes.filter(isModel).map((name) => [delegateOf(name), ofModel(name)])),
  /** The id of a merged contact resolves to the contact that it was merged into. */
  contact: columnsByKey("Contact", findContacts, [...places]),
  // The types of these have fields that are not columns.
  member: rowsById("Member", ({ db }, ids) => db.members(ids)),
  customField: rowsById("CustomField", ({ db }, ids) => db.customField.findMany(among(ids))),
} as unknown as ById;
