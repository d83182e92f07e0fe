import { createContextCache } from "@pothos/core";
import DataLoader from "dataloader";
import type { Context } from "./context.ts";

/** Answers in the order of the keys, null where there is none: what DataLoader asks of a batch. */
export function inKeyOrder<Row extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** Rows of one model by id, for one request: a single load, or many in the order of the ids. */
const rowsById = <Row extends { readonly id: string }>(
  read: (context: Context, ids: string[]) => Promise<Row[]>,
) => {
  const loaderOf = createContextCache(
    (context: Context) =>
      new DataLoader<string, Row | null>(async (ids) => inKeyOrder(ids, await read(context, [...ids]))),
  );
  return {
    load: (context: Context, id: string) => loaderOf(context).load(id),
    loadMany: (context: Context, ids: readonly unknown[]) =>
      Promise.all(ids.map((id) => loaderOf(context).load(String(id)))),
    /** Forgets what a mutation has changed. */
    forget: (context: Context, id: string) => {
      loaderOf(context).clear(id);
    },
  };
};

const among = (ids: string[]) => ({ where: { id: { in: ids } } });

/** Every record that a resolver may need by its id; null for those that the caller may not see. */
export const byId = {
  contact: rowsById(({ db }, ids) => db.contact.findMany(among(ids))),
  lead: rowsById(({ db }, ids) => db.lead.findMany(among(ids))),
  deal: rowsById(({ db }, ids) => db.deal.findMany(among(ids))),
  activity: rowsById(({ db }, ids) => db.activity.findMany(among(ids))),
  conversation: rowsById(({ db }, ids) => db.conversation.findMany(among(ids))),
  tag: rowsById(({ db }, ids) => db.tag.findMany(among(ids))),
  member: rowsById(({ db }, ids) => db.members(ids)),
  customField: rowsById(({ db }, ids) => db.customField.findMany(among(ids))),
  customFieldFolder: rowsById(({ db }, ids) => db.customFieldFolder.findMany(among(ids))),
};
