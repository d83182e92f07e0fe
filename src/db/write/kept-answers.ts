import type { Query } from "../open/query.ts";

/** Answers that are kept for requests that are sent again under their idempotency key. */

/** A key of one caller. */
interface RequestKey {
  /** The API key or user that sent it. */
  readonly callerId: string;
  readonly key: string;
}

/** A request under a key. */
export interface KeyedRequest extends RequestKey {
  /** SHA-256 of the request. */
  readonly fingerprint: Uint8Array;
  readonly now: Date;
}

/** The answer of a request, as JSON. */
export interface KeptAnswer extends RequestKey {
  readonly answer: unknown;
  readonly warnings: unknown;
}

/**
 * Writes the row of a key, without an answer yet. Waits for another request that has the same key.
 *
 * @param since when a row was made at the latest that still has the key; earlier ones are replaced
 * @returns false if another request has the key
 */
export async function claimKey(
  query: Query,
  orgId: string,
  { callerId, key, fingerprint, now }: KeyedRequest,
  since: Date,
): Promise<boolean> {
  const claimed = await query(
    `INSERT INTO idempotency_key AS k (org_id, caller_id, key, fingerprint, answer, created_at)
     VALUES ($1::uuid, $2::uuid, $3::text, $4::bytea, '{}', $5::timestamptz)
     ON CONFLICT (org_id, caller_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer,
       warnings = excluded.warnings, created_at = excluded.created_at
     WHERE k.created_at < $6::timestamptz RETURNING true AS claimed`,
    [orgId, callerId, key, Buffer.from(fingerprint), now.toISOString(), since.toISOString()],
  );
  return claimed.length > 0;
}

/**
 * A statement with a part that keeps an answer under its key, which this transaction has claimed.
 *
 * @param values the values of the statement, to which those of the part are appended
 */
export function keepingAnswer(
  text: string,
  values: unknown[],
  orgId: string,
  { callerId, key, answer, warnings }: KeptAnswer,
): string {
  const json = [answer, warnings].map((value) => JSON.stringify(value));
  const [org, caller, name, first, told] = [orgId, callerId, key, ...json].map(
    (value) => `$${values.push(value)}`,
  );
  return `WITH kept AS (UPDATE idempotency_key SET answer = ${first}::jsonb, warnings = ${told}::jsonb
     WHERE org_id = ${org}::uuid AND caller_id = ${caller}::uuid AND key = ${name}::text) ${text}`;
}
