import { decodeId } from "../../db/ids.ts";
import type { DealRow } from "../../db/prisma/rows.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError } from "../../lib/errors.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { currencyOf, type MoneyCaller } from "../../records/money.inputs.ts";
import { applyOwner } from "../../records/owner.ts";
import { type LockedParents, lockParents } from "../../records/parents.ts";
import { checkVersion } from "../../records/version.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { DealCreate, type DealInput, DealUpdate } from "./deal.inputs.ts";

/**
 * Creates a deal on a contact, a lead, both or neither.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export function createDeal(
  caller: MoneyCaller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<DealRow> {
  const input = readInput(DealCreate, raw);
  return write(
    caller,
    async (writer) => {
      const locked = await lockParents(writer, input);
      const columns = await columnsOf(writer, null, input, locked, caller.viewer.defaultCurrency);
      return writer.insert("deal", { status: "OPEN", ...columns });
    },
    {
      repeatable: repeatable("deal", "dealCreate", raw, idempotencyKey),
    },
  );
}

/**
 * Changes a deal in one transaction, or as one statement if it gets no other contact or lead.
 *
 * @param expectedVersion refuses if the deal has another version
 * @throws RefusalError with everything that is wrong
 */
export function updateDeal(
  caller: MoneyCaller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
): Promise<DealRow> {
  const input = readInput(DealUpdate, raw);
  return write(
    caller,
    async (writer) => {
      const locked = await lockParents(writer, input);
      const before = await lockRow(writer, "deal", id);
      checkVersion(before, expectedVersion, "Deal");
      const columns = await columnsOf(writer, before, input, locked, caller.viewer.defaultCurrency);
      return writer.update("deal", before, columns);
    },
    { optimistic: input.contactId == null && input.leadId == null },
  );
}

async function columnsOf(
  writer: Writer,
  before: DealRow | null,
  { value, expectedCloseOn, contactId: _, leadId: __, ownerId, ...plain }: DealInput,
  { parents, refusals }: LockedParents,
  defaultCurrency: string | null,
) {
  const owner = await applyOwner(writer.caller, writer.tx, before?.ownerId, ownerId);
  const money = value && {
    value: value.amount,
    ...currencyOf(value, before?.currency ?? null, defaultCurrency, ["input", "value"]),
  };
  const found = [...refusals, ...owner.refusals, ...(money?.refusals ?? [])];
  if (found.length > 0) throw new RefusalError(found);
  return {
    ...plain,
    ...parents,
    ...(money && "currency" in money && { value: money.value, currency: money.currency }),
    ...(expectedCloseOn !== undefined && {
      expectedCloseOn: expectedCloseOn === null ? null : new Date(expectedCloseOn),
    }),
    ownerId: owner.ownerId,
  };
}

/**
 * Permanently deletes a deal. Activities that also belong to a contact or lead are kept; the others are deleted with
 * it.
 *
 * @returns the deal as it was
 */
export const deleteDeal = (caller: Caller, id: string, expectedVersion?: number | null): Promise<DealRow> =>
  write(caller, async (writer) => {
    const { tx } = writer;
    const uuid = decodeId(id)?.uuid;
    if (uuid !== undefined) await tx.lock.children({ table: "lead", column: "converted_deal_id" }, uuid);
    const before = await lockRow(writer, "deal", id);
    checkVersion(before, expectedVersion, "Deal");
    await tx.lock.children({ table: "activity", column: "deal_id" }, before.id);
    await tx.activity.deleteMany({ where: { dealId: before.id, contactId: null, leadId: null } });
    await tx.activity.updateMany({
      where: { dealId: before.id },
      data: { dealId: null, updatedAt: caller.now },
    });
    writer.trail.follows("Activity");
    await tx.bulk.forgetDeal(before.id, caller.now);
    await tx.deal.deleteMany({ where: { id: before.id } });
    writer.trail.note("DELETED", "Deal", [before.id]);
    return before;
  });
