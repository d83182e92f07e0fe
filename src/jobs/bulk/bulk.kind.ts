import type { BulkJob } from "../../generated/prisma/client.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { JobKind } from "../kind.ts";
import { applyChange, type BulkChange, completeChange } from "./bulk.change.ts";
import { reassignSome } from "./reassign.ts";

/** Bulk changes of contacts: the ids are stored in batches, and each step changes one batch and deletes its ids. */
export const bulkKind: JobKind<"bulkJob"> = {
  name: "bulkJob",
  tables: { job: "bulk_job", chunk: "bulk_chunk", asked: "input" },
  noun: "a bulk change",
  permission: "CONTACT_BULK_WRITE",
  source: ({ source }) => source,
  toAnalyze: ({ kind }) =>
    kind === "REASSIGN" ? ["contact", "lead", "deal", "activity"] : ["contact", "contact_tag"],
  async *steps(work) {
    const { kind } = work.job;
    const some = kind === "REASSIGN" ? reassignSome : doPiece;
    while (await work.step((writer) => some(writer, work.job))) yield;
  },
};

/** @returns the job's columns that the batch changes; null if no batch is left */
async function doPiece(writer: Writer, job: BulkJob) {
  const { tx } = writer;
  const piece = await tx.bulkChunk.findFirst({ where: { jobId: job.id }, orderBy: { position: "asc" } });
  if (!piece) return null;
  const { contacts, changed } = await changePiece(writer, job, piece.ids);
  await tx.bulkChunk.deleteMany({ where: { jobId: job.id, position: piece.position } });
  return {
    done: job.done + piece.ids.length,
    changed: job.changed + changed,
    unchanged: job.unchanged + contacts - changed,
    skipped: job.skipped + piece.ids.length - contacts,
  };
}

/** Changes the contacts of a batch that are still live and visible to the member. */
async function changePiece(
  writer: Writer,
  { kind, input }: BulkJob,
  ids: readonly string[],
): Promise<{ contacts: number; changed: number }> {
  const change = await completeChange(writer, { kind, input } as BulkChange);
  await writer.tx.lock.rows("contact", ids, "update");
  const contacts = await writer.tx.contact.findMany({ where: { id: { in: [...ids] }, deletedAt: null } });
  return { contacts: contacts.length, changed: await applyChange(writer, change, contacts) };
}
