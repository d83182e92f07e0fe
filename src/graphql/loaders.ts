import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import { delegateOf, type IdType } from "../db/entities.ts";
import type { ContactRow } from "../db/prisma/rows.ts";
import type { Context } from "./context.ts";
import { type Columns, columnsOfRow, selecting } from "./plan.ts";
import { requestCache } from "./request-cache.ts";
import type { Rows } from "./rows.ts";

interface Keyed {
  readonly id: string;
}

/** Answers in the order of the keys, null where there is none: what DataLoader asks of a batch. */
export function inKeyOrder<Row extends Keyed>(ids: readonly string[], rows: readonly Row[]): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** A row that is asked for, and the columns that are selected of it; null for all. */
interface Wanted {
  readonly id: string;
  readonly columns: Columns | null;
}

const covers = (read: Columns | null, wanted: Columns | null): boolean =>
  read === null || (wanted !== null && [...wanted].every((column) => read.has(column)));

/**
 * Rows by id, for one request, of which the selected columns are read: in one statement for all that are asked for
 * at once, and none for those that were read with as much before.
 *
 * @param typeName the rows' GraphQL type
 * @param always columns that are read beside the selected ones
 */
const columnsByKey = <Row>(
  typeName: string,
  read: (context: Context, ids: readonly string[], columns: object) => Promise<(Row | null)[]>,
  always: readonly string[] = [],
) => {
  const loaderOf = requestCache((context: Context) => ({
    rows: new Map<string, { readonly columns: Wanted["columns"]; readonly row: Promise<Row | null> }>(),
    loader: new DataLoader<Wanted, Row | null>(
      async (wanted) => {
        const ids = [...new Set(wanted.map(({ id }) => id))];
        const sets = new Set(wanted.map(({ columns }) => columns));
        const select = [...always, ...[...sets].flatMap((columns) => [...(columns ?? [])])];
        const rows = await read(context, ids, sets.has(null) ? {} : selecting(select));
        const byKey = new Map(rows.map((row, at) => [ids[at], row]));
        return wanted.map(({ id }) => byKey.get(id) ?? null);
      },
      { cache: false },
    ),
  }));
  /** @param info of the field that answers the row; all columns are read when left out */
  const load = (context: Context, id: string, info?: GraphQLResolveInfo): Promise<Row | null> => {
    const { rows, loader } = loaderOf(context);
    const columns = info ? columnsOfRow(info, typeName) : null;
    const known = rows.get(id);
    if (known && covers(known.columns, columns)) return known.row;
    const row = loader.load({ id, columns });
    rows.set(id, { columns, row });
    return row;
  };
  return {
    load,
    loadMany: (context: Context, ids: readonly unknown[]) =>
      Promise.all(ids.map((id) => load(context, String(id)))),
  };
};

/** Rows by id, for one request: a single load, or many in the order of the ids. */
const rowsByKey = <Row>(read: (context: Context, ids: readonly string[]) => Promise<(Row | null)[]>) => {
  const loaderOf = requestCache(
    (context: Context) => new DataLoader<string, Row | null>((ids) => read(context, ids)),
  );
  return {
    load: (context: Context, id: string) => loaderOf(context).load(id),
    loadMany: (context: Context, ids: readonly unknown[]) =>
      Promise.all(ids.map((id) => loaderOf(context).load(String(id)))),
  };
};

const rowsById = <Row extends Keyed>(read: (context: Context, ids: string[]) => Promise<Row[]>) =>
  rowsByKey(async (context, ids) => inKeyOrder(ids, await read(context, [...ids])));

const among = (ids: string[]) => ({ where: { id: { in: ids } } });

/** The one call of a scoped model that a loader needs. */
interface Listed<Row> {
  findMany(args: object): Promise<Row[]>;
}

/** Models whose rows have ids, but for those that the schema shows with more than their columns. */
type Model = Exclude<IdType, "Organization" | "Member" | "CustomField">;

/** Rows of a model by their ids. */
const ofModel = <Name extends Model>(name: Name, always?: readonly string[]) =>
  columnsByKey<Rows[Name]>(
    name,
    async ({ db }, ids, columns) => {
      const model = db[delegateOf(name)] as unknown as Listed<Rows[Name] & Keyed>;
      return inKeyOrder(ids, await model.findMany({ ...among([...ids]), ...columns }));
    },
    always,
  );

/** Contacts by their ids, or by those of contacts that were merged into them. */
async function findContacts(
  { db }: Context,
  ids: readonly string[],
  columns: object,
): Promise<(ContactRow | null)[]> {
  const find = (among: { where: object }) => db.contact.findMany({ ...among, ...columns });
  const rows = inKeyOrder(ids, await find(among([...ids])));
  const merged = rows.flatMap((row) => row?.mergedIntoId ?? []);
  if (merged.length === 0) return rows;
  const survivors = new Map((await find(among(merged))).map((row) => [row.id, row]));
  return rows.map((row) => (row?.mergedIntoId ? (survivors.get(row.mergedIntoId) ?? null) : row));
}

/** Every record that a resolver may need by its id; null for those that the caller may not see. */
export const byId = {
  /** The id of a contact that was merged leads to the one that it was merged into. */
  contact: columnsByKey("Contact", findContacts, ["mergedIntoId", "purgedAt"]),
  lead: ofModel("Lead", ["purgedAt"]),
  deal: ofModel("Deal"),
  activity: ofModel("Activity"),
  conversation: ofModel("Conversation"),
  tag: ofModel("Tag"),
  member: rowsById(({ db }, ids) => db.members(ids)),
  customField: rowsById(({ db }, ids) => db.customField.findMany(among(ids))),
  customFieldFolder: ofModel("CustomFieldFolder"),
  customValue: ofModel("CustomValue"),
  smartList: ofModel("SmartList"),
  contactMerge: ofModel("ContactMerge"),
  importJob: ofModel("ImportJob"),
  bulkJob: ofModel("BulkJob"),
  apiKey: ofModel("ApiKey"),
};
