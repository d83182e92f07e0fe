import type { LeadRow } from "../../db/prisma/rows.ts";
import type { Catalogue } from "../../db/read/catalogue.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { lockRow } from "../../records/lock-row.ts";
import type { MoneyCaller } from "../../records/money.inputs.ts";
import { applyOwner } from "../../records/owner.ts";
import { type PhoneCaller, readWithPhones } from "../../records/phones.ts";
import { catalogueFor, isPlain, planTags } from "../../records/tags.ts";
import { uniqueRefusals } from "../../records/unique.ts";
import { checkVersion } from "../../records/version.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { LeadCreate, type LeadInput, LeadUpdate } from "./lead.inputs.ts";
import { emptyLead, leadColumns } from "./lead.row.ts";
import { applyLead } from "./lead.rules.ts";

/** The caller of a write of leads. The organization may have a default country and a default currency. */
type LeadCaller = PhoneCaller & MoneyCaller;

/** Locks a lead that is not purged. */
async function lockLead(writer: Writer, id: string): Promise<LeadRow> {
  const row = await lockRow(writer, "lead", id);
  if (row.purgedAt !== null) throw refuse("NOT_FOUND", ["id"], "there is no such lead");
  return row;
}

/** Locks a lead that is not in the trash. */
export async function lockLiveLead(writer: Writer, id: string): Promise<LeadRow> {
  const row = await lockLead(writer, id);
  if (row.deletedAt !== null) throw refuse("IN_TRASH", ["id"], "the lead is in the trash; restore it first");
  return row;
}

/**
 * Creates a lead in one transaction, with its tags, and missing tags if the input says so.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createLead(
  caller: LeadCaller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<LeadRow> {
  const { tags, ...input } = readWithPhones(LeadCreate, raw, caller.viewer.defaultCountry);
  const change = { ...input, tags: { set: tags } };
  const { defaultCurrency } = caller.viewer;
  return write(
    caller,
    async (writer) => putLead(writer, null, change, await catalogueOf(writer, change), defaultCurrency),
    { repeatable: repeatable("lead", "leadCreate", raw, idempotencyKey) },
  );
}

/**
 * Changes a lead in one transaction.
 *
 * @param id the lead's global id
 * @param expectedVersion refuses if the lead has another version
 * @throws RefusalError with everything that is wrong
 */
export function updateLead(
  caller: LeadCaller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
): Promise<LeadRow> {
  const input = readWithPhones(LeadUpdate, raw, caller.viewer.defaultCountry);
  return write(
    caller,
    async (writer) => {
      const catalogue = await catalogueOf(writer, input);
      const before = await lockLiveLead(writer, id);
      checkVersion(before, expectedVersion, "Lead");
      return putLead(writer, before, input, catalogue, caller.viewer.defaultCurrency);
    },
    { optimistic: isPlain(input) },
  );
}

const catalogueOf = (writer: Writer, { customFields, tags }: LeadInput) =>
  catalogueFor(writer, "LEAD", customFields, tags);

async function putLead(
  writer: Writer,
  before: LeadRow | null,
  { tags, ...input }: LeadInput,
  catalogue: Catalogue,
  defaultCurrency: string | null,
): Promise<LeadRow> {
  const { tx, caller } = writer;
  const columns = before === null ? emptyLead : leadColumns(before);
  const { after, refusals, warnings } = applyLead(columns, input, catalogue.definitions, defaultCurrency);
  const owner = await applyOwner(caller, tx, before?.ownerId, input.ownerId);
  const plan = planTags(before?.tagIds ?? [], tags, catalogue, input.createMissingTags);
  const custom = { id: before?.id ?? null, before: columns.custom, after: after.custom };
  const values = await uniqueRefusals(tx, "LEAD", custom, catalogue.definitions, input.customFields);
  const found = [...refusals, ...owner.refusals, ...plan.refusals, ...values];
  if (found.length > 0) throw new RefusalError(found);
  writer.warn(...warnings);
  const row = { ...after, ownerId: owner.ownerId, tagIds: await plan.apply(writer) };
  return before === null ? writer.insert("lead", row) : writer.update("lead", before, row);
}

/** Moves a lead to the trash; its deals stay. A lead that is in the trash is returned unchanged. */
export const deleteLead = (caller: Caller, id: string, expectedVersion?: number | null): Promise<LeadRow> =>
  write(caller, async (writer) => {
    const before = await lockLead(writer, id);
    checkVersion(before, expectedVersion, "Lead");
    return before.deletedAt === null ? writer.update("lead", before, { deletedAt: caller.now }) : before;
  });

/** Restores a lead from the trash. A lead that is not in the trash is returned unchanged. */
export const restoreLead = (caller: Caller, id: string): Promise<LeadRow> =>
  write(caller, async (writer) => {
    // Read before the lead is locked: another record may have one of its unique values by now.
    await writer.catalogue("LEAD");
    const before = await lockLead(writer, id);
    return before.deletedAt === null ? before : writer.update("lead", before, { deletedAt: null });
  });
