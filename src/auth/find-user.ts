import type { Database } from "../db/database.ts";
import { encodeId } from "../db/ids.ts";
import { RequestError } from "../lib/errors.ts";
import { invalidToken, organizationForbidden, readOrganization } from "./headers.ts";
import type { KnownCallers } from "./known-callers.ts";
import { type Found, type Membership, membershipColumns } from "./membership.ts";
import type { Claims, VerifyToken } from "./token.ts";

/** A user and one of the user's memberships; the columns of the membership are null if there is none. */
type UserRow = { readonly credentialId: string } & (Membership | { readonly orgId: null });

interface Access extends Pick<Database, "pool" | "read" | "statementName"> {
  readonly callers: KnownCallers;
}

/** Most organizations that an error message lists. */
const LISTED = 20;

/**
 * Finds the member whom a token names. One statement, or none if the caller is known; more at the first request
 * of a new identity.
 *
 * @throws RequestError 401 for an invalid token or an unknown user, 403 for an organization that the user is not a
 *   member of, 400 if the user is a member of several and X-Org-Id is missing
 */
export async function findUser(
  token: string,
  headers: Headers,
  database: Access,
  verifyToken: VerifyToken,
): Promise<Found> {
  const claims = await verifyToken(token);
  const named = readOrganization(headers);
  const rows = await readOrLink(claims, named, database);
  if (rows.length === 0) throw invalidToken("unknown_user");
  const memberships = rows.filter((row) => row.orgId !== null);
  const [membership, other] = memberships;
  if (other) {
    throw new RequestError(
      "ORG_REQUIRED",
      "The caller is in several organizations: name one by its id in the header X-Org-Id.",
      {
        status: 400,
        field: "X-Org-Id",
        suggestions: memberships.map(({ orgId }) => encodeId("Organization", orgId)),
      },
      { reason: "organization_open" },
    );
  }
  if (membership) return { ...membership, apiKeyId: null, granted: claims.granted, sources: [] };
  if (named !== null) throw organizationForbidden();
  throw new RequestError(
    "ORG_FORBIDDEN",
    "The caller is not in any organization.",
    { status: 403 },
    { reason: "no_organization" },
  );
}

/**
 * Links a new identity to the user with its verified e-mail address, unless that user already has another subject of
 * this provider: an address can be reassigned to another person, a subject cannot.
 */
async function readOrLink(
  claims: Claims,
  orgId: string | null,
  database: Access,
): Promise<readonly UserRow[]> {
  const rows = await readUser(claims, orgId, database);
  if (rows.length > 0 || claims.verifiedEmail === null) return rows;
  await database.pool.query(
    `INSERT INTO user_identity (issuer, subject, user_id)
     SELECT $1, $2, id FROM app_user WHERE email_key = $3
     ON CONFLICT DO NOTHING`,
    [claims.issuer, claims.subject, claims.verifiedEmail],
  );
  return readUser(claims, orgId, database);
}

const statement = `SELECT u.id AS "credentialId", ${membershipColumns}
     FROM user_identity i
     JOIN app_user u ON u.id = i.user_id
     LEFT JOIN (member m JOIN organization o ON o.id = m.org_id)
       ON m.user_id = u.id AND m.removed_at IS NULL AND ($3::uuid IS NULL OR m.org_id = $3::uuid)
     WHERE i.issuer = $1 AND i.subject = $2
     ORDER BY o.name, o.id
     LIMIT ${LISTED}`;

async function readUser(
  { issuer, subject }: Claims,
  orgId: string | null,
  { read, statementName, callers }: Access,
): Promise<readonly UserRow[]> {
  const look = async () => {
    const { rows }: { rows: UserRow[] } = await read({
      name: statementName(statement),
      text: statement,
      values: [issuer, subject, orgId],
    });
    return rows;
  };
  return callers.find(JSON.stringify([issuer, subject, orgId]), look, orgId === null);
}
