import { isRetryable, isStale, violatesForeignKey } from "../../db/faults.ts";
import type { Db } from "../../db/scope/db.ts";
import { ERASED_ANSWER } from "../../db/write/erase.ts";
import { ConcurrentChange, MemberChanging } from "../../db/write/locks.ts";
import type { Caller, Warning } from "../../graphql/context.ts";
import { fingerprint } from "../../lib/cursor.ts";
import { RefusalError, RequestError, refuse } from "../../lib/errors.ts";
import { writeRepeated } from "../../lib/events.ts";
import { type Repeatable, replayRefusals } from "./repeatable.ts";
import { fromSnapshot, toSnapshot } from "./snapshot.ts";
import { Writer } from "./writer.ts";

/** Maximum number of attempts of a write that conflicts with others: the first and three retries. */
const ATTEMPTS = 4;

/** Hours for which an idempotency key is remembered. */
export const IDEMPOTENCY_HOURS = 72;

export interface WriteOptions<Result> {
  /** Whether the work may turn out to change one row only: then it is first tried as an optimistic write. */
  readonly optimistic?: boolean;
  readonly repeatable?: Repeatable<Result>;
  /** Milliseconds; 30 s by default. */
  readonly timeout?: number;
  /** Further errors after which to retry. */
  readonly retry?: (error: unknown) => boolean;
}

/**
 * Runs a write, in one transaction or as one statement, together with the caller's idempotency key and the audit events
 * of what was done. Every write goes through here.
 *
 * **The work may run again**, from its beginning and with a new writer: after an optimistic attempt that needed a
 * transaction, after a conflict with another write (PostgreSQL rolled it back, `ConcurrentChange`, or an error that
 * `retry` accepts), and on a connection that had lost its prepared statements. So it must have no effects except
 * through its writer. Warnings, too, belong to one attempt (`writer.warn`): the caller gets those of the attempt that
 * was committed.
 *
 * @param caller who writes; gets the warnings, and counts the write as progress
 * @param work the work of one attempt
 * @returns the work's result, or its first result if the same request was done before
 * @throws RefusalError from the work, IDEMPOTENCY_MISMATCH for a key that was used for another request, and
 *   UNKNOWN_REFERENCE if a record that the work refers to was removed at the same moment
 * @throws RequestError CONFLICT if other writes got in between each time
 */
export async function write<Result>(
  caller: Caller,
  work: (writer: Writer) => Promise<Result>,
  { optimistic = false, repeatable, timeout, retry }: WriteOptions<Result> = {},
): Promise<Result> {
  const changing = new Set<string>();
  const attempted = async (writer: Writer) => {
    for (const memberId of changing) await writer.tx.lock.memberChange(memberId);
    return work(writer);
  };
  const run = async (tx: Db) => {
    const writer = new Writer(tx, caller);
    const result =
      repeatable?.key == null
        ? await attempted(writer)
        : await once(caller, writer, { ...repeatable, key: repeatable.key }, attempted);
    await writer.record();
    return { result, warnings: writer.warnings };
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = optimistic && attempt === 1 ? await caller.db.optimistic(run) : null;
      const { result, warnings } = done ? done.result : await caller.db.transaction(run, timeout);
      caller.warnings.push(...warnings);
      caller.progress.writes += 1;
      return result;
    } catch (error) {
      if (violatesForeignKey(error)) {
        throw refuse("UNKNOWN_REFERENCE", ["input"], "a record that this refers to was removed just now");
      }
      if (!(error instanceof ConcurrentChange || isRetryable(error) || retry?.(error))) throw error;
      if (error instanceof MemberChanging) changing.add(error.memberId);
      if (attempt === ATTEMPTS) throw isStale(error) ? error : conflict(error);
      // A random pause, so that two writes that conflicted do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
    }
  }
}

const conflict = (cause: unknown): RequestError =>
  Object.assign(
    new RequestError(
      "CONFLICT",
      "Other requests changed the same records during each attempt of this one. Nothing was changed: send it again.",
      { status: 409 },
    ),
    { cause },
  );

/**
 * Runs work once for a key. The key's row is written first: another request with the same key waits for it, and then
 * gets the stored answer and its warnings, if its caller may still see all of the answer. A refusal rolls the row back,
 * so that a corrected request can use the key again.
 */
async function once<Result>(
  { viewer, now }: Caller,
  writer: Writer,
  { key, operation, args, records }: Repeatable<Result> & { key: string },
  work: (writer: Writer) => Promise<Result>,
): Promise<Result> {
  const path = ["idempotencyKey"];
  if (key.trim() === "" || key.length > 255) {
    throw refuse("INVALID_VALUE", path, "idempotencyKey must have 1 to 255 characters");
  }
  const { tx } = writer;
  const asked = Buffer.from(fingerprint([operation, args]), "base64url");
  const mine = { callerId: viewer.credentialId, key };
  const since = new Date(now.getTime() - IDEMPOTENCY_HOURS * 3_600_000);
  if (!(await tx.claim({ ...mine, fingerprint: asked, now }, since))) {
    const kept = await tx.idempotencyKey.findFirst({ where: mine });
    if (!kept || !asked.equals(kept.fingerprint)) {
      throw refuse(
        "IDEMPOTENCY_MISMATCH",
        path,
        "this idempotency key was used before for a different request; use a new one",
      );
    }
    if (ERASED_ANSWER in (kept.answer as object)) {
      const message = "this request has been done before; a person in its result has been erased since";
      throw refuse("NOT_FOUND", path, message);
    }
    const answer = fromSnapshot(kept.answer) as Result;
    const found = await replayRefusals(tx, records(answer));
    if (found.length > 0) throw new RefusalError(found);
    // PostgreSQL stores the keys of an object in its own order; answers have them in this one.
    const warnings = kept.warnings as unknown as readonly Warning[];
    writer.warn(...warnings.map(({ code, message, path }) => ({ code, message, path })));
    writeRepeated.tell({ mutation: operation });
    return answer;
  }
  const result = await work(writer);
  writer.keep({ ...mine, answer: toSnapshot(result) ?? {}, warnings: toSnapshot(writer.warnings) ?? [] });
  return result;
}
