import type { Database } from "../db/database.ts";
import { encodeId } from "../db/ids.ts";
import { RequestError } from "../lib/errors.ts";
import { invalidToken, organizationForbidden, readOrganization } from "./headers.ts";
import { type Found, type Membership, membershipColumns } from "./membership.ts";
import type { Claims, VerifyToken } from "./token.ts";

/** A user and one of their memberships; without one, the columns of the organization are null. */
type UserRow = { readonly credentialId: string } & (Membership | { readonly orgId: null });

type Access = Pick<Database, "pool" | "statementName">;

/** Most organizations that a refusal lists. */
const LISTED = 20;

/**
 * Finds the member whom a token names. One statement, once the user's identity at the provider is known.
 *
 * @throws RequestError 401 for a token that is not valid or whose user is not known, 403 for an organization that
 *   they are not in, 400 when they are in several and the headers name none
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
 * A new identity becomes that of the user who has the verified address, if one has and no other subject of the provider
 * is theirs: an address may come to be another person's, a subject may not.
 */
async function readOrLink(claims: Claims, orgId: string | null, database: Access): Promise<UserRow[]> {
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
  { pool, statementName }: Access,
): Promise<UserRow[]> {
  const { rows } = await pool.query<UserRow>({
    name: statementName(statement),
    text: statement,
    values: [issuer, subject, orgId],
  });
  return rows;
}
