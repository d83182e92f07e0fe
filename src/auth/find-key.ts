import { hash, timingSafeEqual } from "node:crypto";
import type { Pool } from "pg";
import type { Database } from "../db/database.ts";
import type { ApiScope, ModificationSource } from "../generated/prisma/enums.ts";
import { RequestError } from "../lib/errors.ts";
import type { CredentialReason, RefusedCredential } from "../lib/refused-credential.ts";
import type { Guesses } from "./guesses.ts";
import { organizationForbidden, readOrganization, WrongCredential } from "./headers.ts";
import { parseKey } from "./key.ts";
import type { KnownCallers } from "./known-callers.ts";
import { type Found, type Membership, membershipColumns } from "./membership.ts";

interface KeyRow extends Membership {
  readonly credentialId: string;
  readonly granted: ApiScope[];
  readonly sources: ModificationSource[];
  readonly hash: Buffer;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  lastUsedAt: Date | null;
}

/** The same answer for an unknown key and a revoked or expired one, so that callers cannot tell them apart. */
const unknownKey = (why: RefusedCredential) => new WrongCredential("The API key is not valid.", why);

interface Access extends Pick<Database, "pool" | "read" | "statementName"> {
  readonly callers: KnownCallers;
  readonly guesses: Guesses;
}

/** Milliseconds between two updates of a key's `lastUsedAt`. */
const LAST_USED_EVERY = 60_000;

/**
 * Finds the member whom an API key belongs to. One statement; none if the caller is known, or for a text that
 * cannot be a key.
 *
 * @param address gives the address of the client
 * @throws RequestError 401 for an invalid key, 429 after too many of them, 403 if X-Org-Id names another organization
 *   than the key's
 */
export async function findKey(
  text: string,
  headers: Headers,
  database: Access,
  address: () => string | null,
): Promise<Found> {
  const row = await readKey(text, database, address);
  const named = readOrganization(headers);
  if (named !== null && named !== row.orgId) throw organizationForbidden();
  const { hash: _, expiresAt: _expiresAt, revokedAt: _revokedAt, lastUsedAt, ...found } = row;
  if (!recently(lastUsedAt)) void noteUse(database.pool, row);
  return { ...found, apiKeyId: found.credentialId };
}

/** Whether a time is in the last minute. A time in the future, from before the system clock was set back, is not. */
const recently = (time: Date | null): boolean =>
  time !== null && Math.abs(Date.now() - time.getTime()) <= LAST_USED_EVERY;

const statement = `SELECT k.id AS "credentialId", k.hash, k.scopes::text[] AS granted, k.sources::text[] AS sources,
            k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt", k.last_used_at AS "lastUsedAt",
            ${membershipColumns}
     FROM api_key k
     JOIN member m ON m.org_id = k.org_id AND m.id = k.member_id AND m.removed_at IS NULL
     JOIN app_user u ON u.id = m.user_id
     JOIN organization o ON o.id = k.org_id
     WHERE k.id = $1`;

/** The secret and the expiry are checked with every request, also if the row is known. */
async function readKey(
  text: string,
  { read, statementName, callers, guesses }: Access,
  address: () => string | null,
): Promise<KeyRow> {
  const key = parseKey(text);
  const digest = hash("sha256", text, "buffer");
  const wrong = (reason: CredentialReason) => {
    guesses.failed(address(), key?.id ?? null);
    if (key) guesses.forget(key.id, digest);
    return unknownKey({ reason, keyId: key?.id });
  };
  if (guesses.any && !(key && guesses.knows(key.id, digest))) {
    guesses.check(address());
    guesses.check(key?.id ?? null);
  }
  if (!key) throw wrong("malformed_key");
  const [row] = await callers.find(key.id, async () => {
    const { rows }: { rows: KeyRow[] } = await read({
      name: statementName(statement),
      text: statement,
      values: [key.id],
    });
    return rows;
  });
  // Also the key of a member who was removed.
  if (!row) throw wrong("unknown_key");
  if (!timingSafeEqual(digest, row.hash)) throw wrong("wrong_secret");
  if (row.mode !== key.mode) throw wrong("wrong_mode");
  if (row.revokedAt) throw wrong("revoked_key");
  if (row.expiresAt && row.expiresAt <= new Date()) {
    throw new RequestError(
      "KEY_EXPIRED",
      "The API key has expired.",
      { status: 401 },
      { reason: "expired_key", keyId: key.id },
    );
  }
  guesses.succeeded(key.id, row.hash);
  return row;
}

/** The request does not wait for it; after a failure the previous time remains. */
async function noteUse(pool: Pool, row: KeyRow): Promise<void> {
  const { orgId, credentialId } = row;
  row.lastUsedAt = new Date();
  await pool
    .query(
      `UPDATE api_key SET last_used_at = now()
       WHERE org_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at NOT BETWEEN now() - interval '1 minute' AND now() + interval '1 minute')`,
      [orgId, credentialId],
    )
    .catch(() => undefined);
}
