import type { Database } from "../db/open/database.ts";
import type { ApiScope, ModificationSource } from "../generated/prisma/enums.ts";
import { findKey } from "./find-key.ts";
import { findUser } from "./find-user.ts";
import { readBearer, readSource, unauthenticated } from "./headers.ts";
import type { Membership } from "./membership.ts";
import { effectiveScopes } from "./scopes.ts";
import type { VerifyToken } from "./token.ts";

/** Who calls, on whose behalf, and what they may do. */
export interface Viewer extends Membership {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** As which system the caller writes. */
  readonly source: ModificationSource;
  readonly scopes: ReadonlySet<ApiScope>;
}

/** What it takes to tell callers. */
export interface Authority extends Pick<Database, "pool" | "statementName"> {
  /** Checks tokens; null where only API keys are accepted. */
  readonly verifyToken: VerifyToken | null;
}

/**
 * Finds out who sends a request: the one door. One statement; none for a credential that cannot be one.
 *
 * @throws RequestError 401 without a valid credential, 403 for an organization that the caller is not in, 400 for
 *   headers that say two things or leave open which organization is meant, 503 when a token cannot be checked
 */
export async function authenticate(
  headers: Headers,
  { verifyToken, ...database }: Authority,
): Promise<Viewer> {
  const credential = readBearer(headers);
  const { granted, sources, ...found } = looksLikeToken(credential)
    ? await findUser(credential, headers, database, verifyToken ?? refuseTokens)
    : await findKey(credential, headers, database);
  return { ...found, source: readSource(headers, sources), scopes: effectiveScopes(granted, found.role) };
}

/** The parts of a JWT are divided by dots; no key has one. */
const looksLikeToken = (credential: string): boolean => credential.includes(".");

const refuseTokens: VerifyToken = () => {
  throw unauthenticated("Only API keys are accepted here, such as sk_live_… or sk_test_…; this is a token.");
};
