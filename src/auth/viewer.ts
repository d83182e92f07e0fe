import type { Database } from "../db/database.ts";
import type { ApiScope, ModificationSource } from "../generated/prisma/enums.ts";
import { findKey } from "./find-key.ts";
import { findUser } from "./find-user.ts";
import type { Guesses } from "./guesses.ts";
import { readBearer, readSource, unauthenticated, WrongCredential } from "./headers.ts";
import type { Membership } from "./membership.ts";
import { effectiveScopes } from "./rights.ts";
import type { VerifyToken } from "./token.ts";

/** Who calls, on whose behalf, and what they may do. */
export interface Viewer extends Membership {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** The API key, where the credential is one. */
  readonly apiKeyId: string | null;
  /** Recorded as the source of the caller's changes. */
  readonly source: ModificationSource;
  readonly scopes: ReadonlySet<ApiScope>;
}

/** What authentication needs beside the request. */
export interface Authority extends Pick<Database, "pool" | "statementName"> {
  /** Checks tokens; null where only API keys are accepted. */
  readonly verifyToken: VerifyToken | null;
  /** Counts wrong credentials. */
  readonly guesses: Guesses;
}

/**
 * Finds out who sends a request.
 *
 * @param context what the server knows beside the request, such as its connection
 */
export type ViewerOf = (request: Pick<Request, "headers">, context: object | undefined) => Promise<Viewer>;

/**
 * Authenticates a request; nothing else does. One statement; none for a credential that is malformed.
 *
 * @param address gives the address of the client; null where it is unknown
 * @throws RequestError 401 without a valid credential, 429 after too many that are not, 403 for an organization that
 *   the caller is not in, 400 for headers that contradict each other or leave the organization open, 503 when a
 *   token cannot be checked
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
 * A valid token is accepted from any address, since checking it needs no database; an invalid one counts as a wrong
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

/** The parts of a JWT are divided by dots; no key has one. */
const looksLikeToken = (credential: string): boolean => credential.includes(".");

const refuseTokens: VerifyToken = () => {
  throw unauthenticated(
    "Only API keys are accepted here, such as sk_live_… or sk_test_…; this is a token.",
    "tokens_not_accepted",
  );
};
