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

/** The result of a bulk change or its dry run. */
export interface BulkResult {
  /** Number of contacts that the filter matches. */
  readonly count: number;
  /** Row ids of the first matching contacts. */
  readonly sampleIds: readonly string[];
  /** Set in a dry run. */
  readonly planToken: string | null;
  /** Number of contacts changed at once; null in a dry run or with a job. */
  readonly changed: number | null;
  /** Row id of the job that changes the contacts. */
  readonly jobId: string | null;
}

/** Number of contacts in the sample. */
const SAMPLE = 10;

const inOrder = { id: "asc" } as const;

/** Milliseconds of the transaction, which may have to count and store the ids of a million contacts. */
const TIMEOUT = 120_000;

/**
 * Changes every contact that a filter matches, in two steps: a dry run counts the contacts and returns a token; the
 * change with the token does nothing if the filter matches other contacts. Few contacts are changed at once, many by
 * a job.
 *
 * @throws RefusalError with all problems of the filter, the change or the token, or if the set of contacts has
 *   changed
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
      // Only ids are stored, which are read again as the caller.
      records: () => ({}),
    },
    timeout: TIMEOUT,
  });
}

/** Runs the dry run: its result and warnings; nothing is written. */
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

/** Applies the change, at once or by a job. */
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
 * Checks a plan against the organization's current data.
 *
 * @param found problems that were found before
 * @throws RefusalError with all problems
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
  /** The set of the dry run. */
  readonly planned: Fingerprint;
  readonly plan: Plan;
  readonly context: Context;
}

/** @throws RefusalError PLAN_CHANGED if the set is not the one of the dry run */
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

/**
 * The contacts of a set, locked. The set is read again after waiting for contacts that other transactions were
 * changing.
 */
async function lockSet(writer: Writer, work: Work): Promise<ContactRow[]> {
  const { tx } = writer;
  const ids = await firstIds(writer, work.where, AT_ONCE + 1);
  await tx.lock.rows("contact", ids, "update");
  const contacts = await tx.contact.findMany({ where: work.where, orderBy: inOrder, take: AT_ONCE + 1 });
  const locked = new Set(ids);
  // A contact that matches only in the second read is not locked, so that other transactions could still change it.
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
    // JSON drops undefined keys.
    input: JSON.parse(JSON.stringify(input)),
    total: work.planned.count,
  });
  await requirePlanned(writer, work, await writer.tx.bulk.queueContacts(jobId, work.where, AT_ONCE));
}

/**
 * Cancels a job; changes already made are kept. A job that has ended stays as it is.
 *
 * @throws RefusalError NOT_FOUND, or FORBIDDEN for a REASSIGN job if the caller may not reassign
 */
export const cancelBulkJob = (caller: Caller, id: string): Promise<BulkJob> =>
  write(caller, async (writer) => {
    const before = await lockRow(writer, "bulkJob", id);
    if (before.kind === "REASSIGN") requirePermission(caller, "MEMBER_REASSIGN");
    if (before.finishedAt !== null) return before;
    await writer.tx.bulkChunk.deleteMany({ where: { jobId: before.id } });
    return writer.update("bulkJob", before, {
      state: "CANCELLED",
      input: {},
      finishedAt: caller.now,
      leasedUntil: null,
    });
  });
