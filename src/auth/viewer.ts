import type { Database } from "../db/database.ts";
import type { ApiScope, ModificationSource } from "../generated/prisma/enums.ts";
import { findKey } from "./find-key.ts";
import { findUser } from "./find-user.ts";
import type { Guesses } from "./guesses.ts";
import { readBearer, readSource, unauthenticated, WrongCredential } from "./headers.ts";
import type { KnownCallers } from "./known-callers.ts";
import type { Membership } from "./membership.ts";
import { effectiveScopes } from "./rights.ts";
import type { VerifyToken } from "./token.ts";

/** The caller of a request: member, organization and rights. */
export interface Viewer extends Membership {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** The API key, if the credential is one. */
  readonly apiKeyId: string | null;
  /** The source recorded with the caller's changes. */
  readonly source: ModificationSource;
  readonly scopes: ReadonlySet<ApiScope>;
}

/** What authentication needs besides the request. */
export interface Authority extends Pick<Database, "pool" | "read" | "statementName"> {
  /** Verifies tokens; null if only API keys are accepted. */
  readonly verifyToken: VerifyToken | null;
  /** What credentials are, as far as it is known. */
  readonly callers: KnownCallers;
  /** Counts wrong credentials. */
  readonly guesses: Guesses;
}

/**
 * Authenticates the sender of a request.
 *
 * @param context of Yoga, which has the connection
 */
export type ViewerOf = (request: Pick<Request, "headers">, context: object | undefined) => Promise<Viewer>;

/**
 * Authenticates a request: the only place that does. One statement; none if the caller is known, or if the
 * credential is malformed.
 *
 * @param address gives the address of the client; null if it is unknown
 * @throws RequestError 401 without a valid credential, 429 after too many invalid ones, 403 for an organization that
 *   the caller is not a member of, 400 for headers that contradict each other or do not determine the organization,
 *   503 if a token cannot be verified
 */
export async function authenticate(
  headers: Headers,
  { verifyToken, ...access }: Authority,
  address: () => string | null = () => null,
): Promise<Viewer> {
  const credential = readBearer(headers);
  const { granted, sources, ...found } = looksLikeToken(credential)
    ? await findUser(
        credential,
        headers,
        access,
        countingTokens(verifyToken ?? refuseTokens, access, address),
      )
    : await findKey(credential, headers, access, address);
  return { ...found, source: readSource(headers, sources), scopes: effectiveScopes(granted, found.role) };
}

/**
 * A valid token is accepted from any address, since verifying it needs no database; an invalid one counts as a wrong
 * credential.
 */
const countingTokens =
  (verify: VerifyToken, { guesses }: Pick<Authority, "guesses">, address: () => string | null): VerifyToken =>
  async (token) => {
    try {
      return await verify(token);
    } catch (error) {
      if (error instanceof WrongCredential) {
        guesses.check(address());
        guesses.failed(address(), null);
      }
      throw error;
    }
  };

/** The parts of a JWT are separated by dots; API keys have none. */
const looksLikeToken = (credential: string): boolean => credential.includes(".");

const refuseTokens: VerifyToken = () => {
  throw unauthenticated(
    "Only API keys are accepted here, such as sk_live_… or sk_test_…; this is a token.",
    "tokens_not_accepted",
  );
};
