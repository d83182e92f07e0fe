import DataLoader from "dataloader";
import type { Context } from "./context.ts";
import type { ContactRow } from "./db/rows.ts";
import { requestCache } from "./request-cache.ts";

/** Answers in the order of the keys, null where there is none: what DataLoader asks of a batch. */
export function inKeyOrder<Row extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

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
async function findContacts({ db }: Context, ids: readonly string[]): Promise<(ContactRow | null)[]> {
  const rows = inKeyOrder(ids, await db.contact.findMany(among([...ids])));
  const merged = rows.flatMap((row) => row?.mergedIntoId ?? []);
  if (merged.length === 0) return rows;
  const survivors = new Map((await db.contact.findMany(among(merged))).map((row) => [row.id, row]));
  return rows.map((row) => (row?.mergedIntoId ? (survivors.get(row.mergedIntoId) ?? null) : row));
}

/** Every record that a resolver may need by its id; null for those that the caller may not see. */
export const byId = {
  /** The id of a contact that was merged leads to the one that it was merged into. */
  contact: rowsByKey(findContacts),
  lead: rowsById(({ db }, ids) => db.lead.findMany(among(ids))),
  deal: rowsById(({ db }, ids) => db.deal.findMany(among(ids))),
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
