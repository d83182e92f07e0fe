import { createHash, timingSafeEqual } from "node:crypto";
import type { Pool } from "pg";
import type { Principal } from "./db/scope.ts";
import { RequestError } from "./errors.ts";
import {
  type ApiScope,
  type MemberRole,
  ModificationSource,
  type OrganizationMode,
} from "./generated/prisma/enums.ts";
import { decodeId } from "./lib/typeid.ts";
import { parseKey } from "./modules/api-key/key.ts";

/** Who calls, on whose behalf, and what they may do. */
export interface Viewer extends Principal {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** As which system the caller writes. */
  readonly source: ModificationSource;
  readonly role: MemberRole;
  readonly scopes: ReadonlySet<ApiScope>;
  readonly userName: string;
  readonly userEmail: string;
  readonly orgName: string;
  readonly mode: OrganizationMode;
  readonly timeZone: string;
  /** Signs the organization's cursors. */
  readonly cursorSecret: Uint8Array;
}

interface KeyRow extends Omit<Viewer, "scopes" | "source"> {
  readonly sources: ModificationSource[];
  readonly hash: Buffer;
  readonly keyScopes: ApiScope[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

const unauthenticated = (message: string) => new RequestError("UNAUTHENTICATED", message, { status: 401 });
/** One answer for a key that never was and one that is no longer. */
const unknownKey = () => unauthenticated("The API key is not valid.");

/** Milliseconds between two notes of a key's use. */
const LAST_USED_EVERY = 60_000;

/**
 * Finds out who sends a request. One statement; none for a key that cannot be one.
 *
 * @throws RequestError 401 without a valid key, 403 for an organization that the caller is not in, 400 for headers
 *   that say two things
 */
export async function authenticate(headers: Headers, pool: Pool): Promise<Viewer> {
  const row = await findKey(bearer(headers), pool);
  checkOrganization(headers.get("x-org-id"), row.orgId);
  const source = readSource(headers.get("x-modification-source"), row.sources);
  const {
    hash: _,
    keyScopes,
    expiresAt: _expiresAt,
    revokedAt: _revokedAt,
    sources: _sources,
    lastUsedAt,
    ...viewer
  } = row;
  if (!lastUsedAt || Date.now() - lastUsedAt.getTime() > LAST_USED_EVERY) void noteUse(pool, row);
  return { ...viewer, source, scopes: effectiveScopes(keyScopes, row.role) };
}

function bearer(headers: Headers): string {
  const header = headers.get("authorization");
  if (header === null) {
    throw unauthenticated("Send an API key in the header: Authorization: Bearer sk_live_… or sk_test_….");
  }
  if (header.includes(",")) {
    throw new RequestError("AMBIGUOUS_CREDENTIALS", "Send one Authorization header.", { status: 400 });
  }
  const [, key] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  if (key === undefined) throw unauthenticated("The Authorization header must read: Bearer <API key>.");
  return key;
}

async function findKey(text: string, pool: Pool): Promise<KeyRow> {
  const key = parseKey(text);
  if (!key) throw unknownKey();
  const { rows } = await pool.query<KeyRow>(
    `SELECT k.id AS "credentialId", k.org_id AS "orgId", k.member_id AS "memberId", k.hash, k.scopes::text[] AS "keyScopes",
            k.sources::text[] AS sources,
            k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt", k.last_used_at AS "lastUsedAt",
            m.role, m.data_scope AS "dataScope", u.name AS "userName", u.email AS "userEmail",
            o.name AS "orgName", o.mode, o.time_zone AS "timeZone", o.cursor_secret AS "cursorSecret"
     FROM api_key k
     JOIN member m ON m.org_id = k.org_id AND m.id = k.member_id
     JOIN app_user u ON u.id = m.user_id
     JOIN organization o ON o.id = k.org_id
     WHERE k.id = $1`,
    [key.id],
  );
  const [row] = rows;
  const hash = createHash("sha256").update(text).digest();
  if (!row || !timingSafeEqual(hash, row.hash) || row.mode !== key.mode || row.revokedAt) throw unknownKey();
  if (row.expiresAt && row.expiresAt <= new Date()) {
    throw new RequestError("KEY_EXPIRED", "The API key has expired.", { status: 401 });
  }
  return row;
}

/** A key opens one organization; the header may name that one, and no other. */
function checkOrganization(header: string | null, orgId: string): void {
  if (header === null) return;
  if (header.includes(",")) {
    throw new RequestError("AMBIGUOUS_CREDENTIALS", "Send one X-Org-Id header.", { status: 400 });
  }
  const decoded = decodeId(header);
  if (decoded?.type !== "Organization") {
    throw new RequestError(
      "BAD_REQUEST",
      "X-Org-Id must be the id of an organization, such as organization_01h4….",
      {
        status: 400,
        field: "X-Org-Id",
      },
    );
  }
  if (decoded.uuid !== orgId) {
    throw new RequestError("ORG_FORBIDDEN", "The caller is not in this organization.", { status: 403 });
  }
}

/** A key that is an integration's may say as which system it writes; every other one writes as the API. */
function readSource(header: string | null, sources: readonly ModificationSource[]): ModificationSource {
  if (header === null) return "API";
  const source = Object.values(ModificationSource).find((name) => name === header);
  if (source === undefined) {
    throw new RequestError(
      "BAD_REQUEST",
      `X-Modification-Source must be one of ${Object.values(ModificationSource).join(", ")}.`,
      { status: 400, field: "X-Modification-Source" },
    );
  }
  if (source === "API" || sources.includes(source)) return source;
  throw new RequestError("INSUFFICIENT_SCOPE", `This key may not write as ${source}.`, {
    status: 403,
    field: "X-Modification-Source",
  });
}

const implied: Readonly<Record<ApiScope, readonly ApiScope[]>> = {
  READ: ["READ"],
  WRITE: ["READ", "WRITE"],
  ADMIN: ["READ", "WRITE", "ADMIN"],
};
const allowed: Readonly<Record<MemberRole, readonly ApiScope[]>> = {
  READ_ONLY: ["READ"],
  MEMBER: ["READ", "WRITE"],
  ADMIN: implied.ADMIN,
  OWNER: implied.ADMIN,
};

/** A key never does more than its member may. */
const effectiveScopes = (scopes: readonly ApiScope[], role: MemberRole): ReadonlySet<ApiScope> =>
  new Set(scopes.flatMap((scope) => implied[scope]).filter((scope) => allowed[role].includes(scope)));

/** Beside the request: nobody waits for it, and a failure only leaves an older time. */
async function noteUse(pool: Pool, { orgId, credentialId }: KeyRow): Promise<void> {
  await pool
    .query(
      `UPDATE api_key SET last_used_at = now()
       WHERE org_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [orgId, credentialId],
    )
    .catch(() => undefined);
}
