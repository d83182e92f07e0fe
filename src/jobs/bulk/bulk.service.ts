import type { ContactRow } from "../../db/prisma/rows.ts";
import { type Fingerprint, fingerprintOf } from "../../db/read/sets.ts";
import type { BulkJob } from "../../generated/prisma/client.ts";
import type { Caller, Context } from "../../graphql/context.ts";
import { type Refusal, RefusalError } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { lockRow } from "../../records/lock-row.ts";
import { requirePermission } from "../../records/permission.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { Writer } from "../../records/write/writer.ts";
import { applyChange, checkChange } from "./bulk.change.ts";
import { AT_ONCE } from "./bulk.inputs.ts";
import { canonicalForm, type Plan, readPlan, readSelection, signPlan } from "./bulk.plan.ts";

/** The arguments of the two steps, dry run and confirmation. */
export interface BulkSteps {
  readonly dryRun?: boolean | null | undefined;
  readonly planToken?: string | null | undefined;
  readonly idempotencyKey?: IdempotencyKey;
}

/** What a bulk change would do, or did. */
export interface BulkResult {
  /** How many contacts the filter matches. */
  readonly count: number;
  /** Row ids of the first of them. */
  readonly sampleIds: readonly string[];
  /** Of a dry run. */
  readonly planToken: string | null;
  /** How many were changed at once; null for a dry run and a job. */
  readonly changed: number | null;
  /** Row id of the job that changes them. */
  readonly jobId: string | null;
}

/** Contacts of a sample. */
const SAMPLE = 10;

const inOrder = { id: "asc" } as const;

/** Milliseconds, for a million contacts that are counted and stored as batches in one transaction. */
const TIMEOUT = 120_000;

/**
 * Changes every contact that a filter matches: first a dry run, which counts them and gives a token, then the change
 * itself, which does nothing when the token is of another set. Few contacts are changed at once, many by a job.
 *
 * @throws RefusalError with everything that is wrong with the filter, the change or the token, or with the set
 *   that there is now
 */
export function changeContacts(context: Context, plan: Plan, steps: BulkSteps): Promise<BulkResult> {
  const { dryRun, planToken, idempotencyKey } = steps;
  if (dryRun) return look(context, plan);
  return write(context, (writer) => change(writer, context, plan, planToken), {
    repeatable: {
      key: idempotencyKey,
      operation: "contactsBulk",
      // A retry with another plan token is the same change.
      args: canonicalForm(plan),
      // Only ids are kept, which are looked up as the caller.
      records: () => ({}),
    },
    timeout: TIMEOUT,
  });
}

/** The result and the warnings of a dry run; nothing is written. */
async function look(context: Context, plan: Plan): Promise<BulkResult> {
  const { result, warnings } = await context.db.transaction(async (tx) => {
    const writer = new Writer(tx, context);
    const { where } = await examine(writer, context, plan);
    const set = await tx.sets.fingerprint({ model: "contact", where });
    const result = {
      count: set.count,
      sampleIds: await firstIds(writer, where, SAMPLE),
      planToken: signPlan(context, plan, set),
      changed: null,
      jobId: null,
    };
    return { result, warnings: writer.warnings };
  }, TIMEOUT);
  context.warnings.push(...warnings);
  return result;
}

/** Does what was planned, at once or by a job. */
async function change(
  writer: Writer,
  context: Context,
  plan: Plan,
  token: string | null | undefined,
): Promise<BulkResult> {
  const { set: planned, refusals } = readPlan(context, plan, token);
  const { where, complete } = await examine(writer, context, plan, refusals);
  const work = { where, planned, plan, context };
  const result = { count: planned.count, planToken: null };
  if (planned.count > AT_ONCE) {
    const jobId = newId();
    await queue(writer, work, jobId, (await complete()).lasting.input);
    return { ...result, sampleIds: await firstIds(writer, where, SAMPLE), changed: null, jobId };
  }
  const contacts = await lockSet(writer, work);
  const sampleIds = contacts.slice(0, SAMPLE).map(({ id }) => id);
  const changed = contacts.length === 0 ? 0 : await applyChange(writer, await complete(), contacts);
  return { ...result, sampleIds, changed, jobId: null };
}

/**
 * Reads a plan against what the organization has.
 *
 * @param found what is wrong beside it
 * @throws RefusalError with all that is wrong
 */
async function examine(writer: Writer, context: Context, plan: Plan, found: readonly Refusal[] = []) {
  const { where, refusals } = await readSelection(context, writer.tx, plan.selection);
  const { complete, warnings, ...change } = await checkChange(writer, plan.change);
  const all = [...refusals, ...change.refusals, ...found];
  if (all.length > 0) throw new RefusalError(all);
  writer.warn(...warnings);
  return { where, complete };
}

interface Work {
  readonly where: object;
  /** The set that the caller has seen. */
  readonly planned: Fingerprint;
  readonly plan: Plan;
  readonly context: Context;
}

/** @throws RefusalError PLAN_CHANGED when the set is not the one that the caller has seen */
async function requirePlanned(
  { tx }: Writer,
  { where, planned, plan, context }: Work,
  found: Fingerprint | null,
): Promise<void> {
  if (found?.count === planned.count && found.fingerprint === planned.fingerprint) return;
  const now = await tx.sets.fingerprint({ model: "contact", where });
  throw new RefusalError([
    {
      kind: "planChanged",
      code: "PLAN_CHANGED",
      path: ["planToken"],
      message: `the filter now matches ${now.count} contacts, not the ${planned.count} of the dry run; nothing was changed`,
      count: now.count,
      planToken: signPlan(context, plan, now),
    },
  ]);
}

const firstIds = async ({ tx }: Writer, where: object, take: number): Promise<string[]> =>
  (await tx.contact.findMany({ where, select: { id: true }, orderBy: inOrder, take })).map(({ id }) => id);

/** The contacts of a set, locked. The set is read again after the wait for contacts that others were changing. */
async function lockSet(writer: Writer, work: Work): Promise<ContactRow[]> {
  const { tx } = writer;
  const ids = await firstIds(writer, work.where, AT_ONCE + 1);
  await tx.lock.rows("contact", ids, "update");
  const contacts = await tx.contact.findMany({ where: work.where, orderBy: inOrder, take: AT_ONCE + 1 });
  const locked = new Set(ids);
  // A contact that came to match between the two reads is not locked, so others could still change it.
  const whole = contacts.every(({ id }) => locked.has(id));
  await requirePlanned(writer, work, whole ? fingerprintOf(contacts.map(({ id }) => id)) : null);
  return contacts;
}

/** Queues a job for the contacts that match now; later matches are not changed. */
async function queue(writer: Writer, work: Work, jobId: string, input: object): Promise<void> {
  const { memberId, apiKeyId, source } = writer.caller.viewer;
  await writer.insert("bulkJob", {
    id: jobId,
    memberId,
    apiKeyId,
    source,
    kind: work.plan.change.kind,
    // As JSON, which drops undefined keys.
    input: JSON.parse(JSON.stringify(input)),
    total: work.planned.count,
  });
  await requirePlanned(writer, work, await writer.tx.bulk.queueContacts(jobId, work.where, AT_ONCE));
}

/**
 * Stops a job; what it has changed stays. One that has ended stays as it is.
 *
 * @throws RefusalError NOT_FOUND, or FORBIDDEN for a job of reassigning, where the caller may not reassign
 */
export const cancelBulkJob = (caller: Caller, id: string): Promise<BulkJob> =>
  write(caller, async (writer) => {
    const before = await lockRow(writer, "bulkJob", id);
    if (before.kind === "REASSIGN") requirePermission(caller, "MEMBER_REASSIGN");
    if (before.finishedAt !== null) return before;
    await writer.tx.bulkChunk.deleteMany({ where: { jobId: before.id } });
    return writer.update("bulkJob", before, {
      state: "CANCELLED",
      finishedAt: caller.now,
      leasedUntil: null,
    });
  });
