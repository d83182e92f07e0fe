import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import type { ContactRow, DealRow, LeadRow } from "../db/prisma/rows.ts";
import type { Context } from "./context.ts";
import { type Columns, columnsOfRow } from "./plan.ts";
import { requestCache } from "./request-cache.ts";

/** Answers in the order of the keys, null where there is none: what DataLoader asks of a batch. */
export function inKeyOrder<Row extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): (Row | null)[] {
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
        const rows = await read(
          context,
          ids,
          sets.has(null) ? {} : { select: Object.fromEntries(select.map((column) => [column, true])) },
        );
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

const rowsById = <Row extends { readonly id: string }>(
  read: (context: Context, ids: string[]) => Promise<Row[]>,
) => rowsByKey(async (context, ids) => inKeyOrder(ids, await read(context, [...ids])));

const among = (ids: string[]) => ({ where: { id: { in: ids } } });

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
  lead: columnsByKey<LeadRow>(
    "Lead",
    async ({ db }, ids, columns) =>
      inKeyOrder(ids, await db.lead.findMany({ ...among([...ids]), ...columns })),
    ["purgedAt"],
  ),
  deal: columnsByKey<DealRow>("Deal", async ({ db }, ids, columns) =>
    inKeyOrder(ids, await db.deal.findMany({ ...among([...ids]), ...columns })),
  ),
  activity: rowsById(({ db }, ids) => db.activity.findMany(among(ids))),
  conversation: rowsById(({ db }, ids) => db.conversation.findMany(among(ids))),
  tag: rowsById(({ db }, ids) => db.tag.findMany(among(ids))),
  member: rowsById(({ db }, ids) => db.members(ids)),
  customField: rowsById(({ db }, ids) => db.customField.findMany(among(ids))),
  customFieldFolder: rowsById(({ db }, ids) => db.customFieldFolder.findMany(among(ids))),
  customValue: rowsById(({ db }, ids) => db.customValue.findMany(among(ids))),
  smartList: rowsById(({ db }, ids) => db.smartList.findMany(among(ids))),
  contactMerge: rowsById(({ db }, ids) => db.contactMerge.findMany(among(ids))),
  importJob: rowsById(({ db }, ids) => db.importJob.findMany(among(ids))),
  bulkJob: rowsById(({ db }, ids) => db.bulkJob.findMany(among(ids))),
  apiKey: rowsById(({ db }, ids) => db.apiKey.findMany(among(ids))),
};
