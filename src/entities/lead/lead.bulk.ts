import type { LeadRow } from "../../db/prisma/rows.ts";
import { putRows } from "../../records/write/many.ts";
import { stampOfChange, stampOfNew } from "../../records/write/rows.ts";
import { changedFields } from "../../records/write/trail.ts";
import { keepUniqueOfMany } from "../../records/write/unique.ts";
import type { Writer } from "../../records/write/writer.ts";
import { deriveLead, type LeadColumns } from "./lead.row.ts";

/** Inserts and changes many leads in a few statements, for imports. */

type TaggedColumns = LeadColumns & { readonly tagIds: readonly string[] };

const pairs = (leads: readonly { readonly id: string; readonly tagIds: readonly string[] }[]) =>
  leads.flatMap(({ id, tagIds }) => tagIds.map((tagId) => ({ leadId: id, tagId })));

const idsOf = (leads: readonly { readonly id: string }[]) => leads.map(({ id }) => id);

/** Inserts many new leads and their tags. */
export async function insertLeads(
  writer: Writer,
  leads: readonly (TaggedColumns & { readonly id: string })[],
): Promise<void> {
  const { bulk } = writer.tx;
  const definitions = await writer.definitions("LEAD");
  const stamp = { version: 1, ...stampOfNew("lead", writer.stamp) };
  await bulk.insertLeads(leads.map((lead) => Object.assign(deriveLead(lead, definitions, {}), stamp, lead)));
  await bulk.tagLeads(pairs(leads), writer.stamp.now);
  writer.trail.note("CREATED", "Lead", idsOf(leads));
  const records = leads.map((after) => ({ id: after.id, before: null, after }));
  await keepUniqueOfMany(writer.tx, records, definitions);
}

/** Changes many leads that this transaction has locked. Tags are only added. */
export async function updateLeads(
  writer: Writer,
  leads: readonly { readonly before: LeadRow; readonly columns: TaggedColumns }[],
): Promise<void> {
  const definitions = await writer.definitions("LEAD");
  const rows = leads.map(({ before, columns }) => ({
    id: before.id,
    ...columns,
    ...deriveLead(columns, definitions),
    ...stampOfChange("lead", before, writer.stamp),
  }));
  await putRows(writer, "lead", rows);
  writer.trail.note("UPDATED", "Lead", idsOf(rows), changedFields(leads));
  await writer.tx.bulk.tagLeads(pairs(rows), writer.stamp.now);
  const records = leads.map(({ before, columns }) => ({ id: before.id, before, after: columns }));
  await keepUniqueOfMany(writer.tx, records, definitions);
}
