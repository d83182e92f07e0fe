import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from "jose";
import { ApiScope } from "../generated/prisma/enums.ts";
import { emailKey } from "../lib/email.ts";
import { RequestError } from "../lib/errors.ts";
import { textProblem } from "../lib/exact.ts";
import type { CredentialReason } from "../lib/refused-credential.ts";
import { isSecureUrl } from "../lib/url.ts";
import { invalidToken, unauthenticated } from "./headers.ts";

/** Tokens of an OpenID Connect provider. */

export interface OidcConfig {
  /** The `iss` claim, compared exactly. */
  readonly issuer: string;
  /** The `aud` claim that a token must have. */
  readonly audience: string;
  /** URL of the JWKS; null to read it from the discovery document. */
  readonly jwksUrl: string | null;
}

/** The claims of a token whose signature, issuer, audience and times were verified. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  /** The normalized e-mail address, if the provider has verified it. */
  readonly verifiedEmail: string | null;
  /** Scopes that the token grants, before the member's role limits them. */
  readonly granted: readonly ApiScope[];
}

/**
 * @throws RequestError 401 for a token that is forged, for another audience or not valid now; 503 if the provider's
 *   keys are needed and cannot be fetched
 */
export type VerifyToken = (token: string) => Promise<Claims>;

/** Only algorithms with a private key: with a shared secret, or none, others could sign tokens. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"];
/** Seconds that the clocks of the provider and this server may differ. */
const CLOCK_TOLERANCE = 30;
/** Milliseconds to wait for the provider. */
const FETCH_TIMEOUT = 5_000;
/** Milliseconds after a failure during which the provider is not asked again. */
const FAILURE_PAUSE = 5_000;
/** Milliseconds that fetched keys are used before they are fetched again. */
const FRESH_KEYS = 600_000;
/** Milliseconds after a fetch during which an unknown key id causes no new fetch. */
const KNOWN_KEYS = 30_000;
/** Milliseconds that cached keys are used while the provider cannot be reached. */
const STALE_KEYS = 24 * 3_600_000;

/** The provider's keys are needed and cannot be fetched. */
class ProviderError extends Error {
  override readonly name = "ProviderError";
}

/**
 * Returns the verifier of a provider's tokens. The keys are fetched with the first token and cached for ten minutes;
 * a token with an unknown key id causes a new fetch, at most every 30 seconds.
 *
 * @param onProviderFault called each time that a request to the provider fails
 */
export function tokenVerifier(
  { issuer, audience, jwksUrl }: OidcConfig,
  onProviderFault: (error: Error) => void = () => {},
): VerifyToken {
  const keyOf = keySource(issuer, jwksUrl, onProviderFault);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ["exp", "sub"],
      });
      return readClaims(payload, issuer);
    } catch (error) {
      if (error instanceof ProviderError) {
        throw new RequestError(
          "SERVICE_UNAVAILABLE",
          "The identity provider cannot be reached at the moment, so that tokens cannot be verified. API keys work.",
          { status: 503 },
          { reason: "provider_unreachable" },
        );
      }
      if (error instanceof errors.JWTExpired)
        throw unauthenticated("The token has expired.", "expired_token");
      if (error instanceof errors.JOSEError) throw invalidToken(reasonOf(error));
      throw error;
    }
  };
}

function reasonOf(error: errors.JOSEError): CredentialReason {
  if (error instanceof errors.JWSSignatureVerificationFailed) return "wrong_signature";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return "unknown_signing_key";
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return "wrong_algorithm";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "malformed_token";
  return error.claim === "iss" ? "wrong_issuer" : error.claim === "aud" ? "wrong_audience" : "wrong_claim";
}

/** @throws RequestError 401 for an invalid subject */
function readClaims({ sub, email, email_verified, scope }: JWTPayload, issuer: string): Claims {
  // OpenID Connect allows at most 255 characters. PostgreSQL must be able to store the subject.
  if (typeof sub !== "string" || sub === "" || sub.length > 255 || textProblem(sub))
    throw invalidToken("wrong_claim");
  const verified = email_verified === true && typeof email === "string";
  return {
    issuer,
    subject: sub,
    verifiedEmail: verified ? emailKey(email) : null,
    granted: readScopes(scope),
  };
}

/** A token without any scope of this gateway grants all scopes of the member's role. */
function readScopes(claim: unknown): readonly ApiScope[] {
  // RFC 8693 has one string with spaces; some providers send an array.
  const words = [claim].flat().flatMap((part) => (typeof part === "string" ? part.split(" ") : []));
  const named = Object.values(ApiScope).filter((scope) => words.includes(`rolograph:${scope.toLowerCase()}`));
  return named.length > 0 ? named : ["ADMIN"];
}

type KeyOf = (
  header: JWSHeaderParameters,
  token: FlattenedJWSInput,
) => ReturnType<ReturnType<typeof createRemoteJWKSet>>;

/**
 * The provider's key for the token's `kid` header. The age of the keys is measured here by `performance.now()`: jose
 * uses the system clock, and if that is set back, it takes old keys for fresh ones.
 */
function keySource(issuer: string, jwksUrl: string | null, onProviderFault: (error: Error) => void): KeyOf {
  const gently = pausing(onProviderFault);
  let remote: ReturnType<typeof createRemoteJWKSet> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const age = () => performance.now() - fetchedAt;
  const open = async () =>
    createRemoteJWKSet(new URL(jwksUrl ?? (await gently(() => discover(issuer)))), {
      timeoutDuration: FETCH_TIMEOUT,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: Number.POSITIVE_INFINITY,
      [customFetch]: (url, init) => gently(() => fetchKeys(url, init)),
    });
  const reload = async (keys: ReturnType<typeof createRemoteJWKSet>) => {
    await keys.reload();
    fetchedAt = performance.now();
  };
  return async (header, token) => {
    try {
      remote ??= await open();
      if (age() > FRESH_KEYS) await reload(remote);
      try {
        return await remote(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || age() < KNOWN_KEYS) throw error;
        await reload(remote);
        return await remote(header, token);
      }
    } catch (cause) {
      if (isAboutToken(cause)) throw cause;
      const kept = remote?.jwks();
      if (kept && age() < STALE_KEYS) {
        // The provider may have added the key since the last fetch.
        return await createLocalJWKSet(kept)(header, token).catch(() => {
          throw new ProviderError("no key", { cause });
        });
      }
      throw new ProviderError("no keys", { cause });
    }
  };
}

/** Errors of the key lookup that are caused by the token, not by the provider. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/** Pauses after a failure, so that requests neither wait for a provider that is down nor flood it. */
function pausing(onFailure: (error: Error) => void): <T>(work: () => Promise<T>) => Promise<T> {
  let failure: { readonly at: number; readonly error: Error } | null = null;
  return async (work) => {
    if (failure && performance.now() - failure.at < FAILURE_PAUSE) throw failure.error;
    try {
      const result = await work();
      failure = null;
      return result;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      failure = { at: performance.now(), error };
      onFailure(error);
      throw error;
    }
  };
}

/** @returns the JSON object at a URL; {} for any other JSON value */
async function fetchObject(url: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, init).catch((error: Error) => {
    const { cause } = error;
    throw new Error(`${url} cannot be reached: ${cause instanceof Error ? cause.message : error.message}`);
  });
  if (response.status !== 200) throw new Error(`${url} answers with the status ${response.status}`);
  const value: unknown = await response.json().catch(() => {
    throw new Error(`${url} does not answer with JSON`);
  });
  return typeof value === "object" && value !== null ? { ...value } : {};
}

async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  const keySet = await fetchObject(url, init);
  if (!Array.isArray(keySet.keys)) throw new Error(`${url} does not answer with a set of keys (JWKS)`);
  return Response.json(keySet);
}

/** The `jwks_uri` of the provider's discovery document. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const document = await fetchObject(url, {
    redirect: "manual",
    signal: AbortSignal.timeout(FETCH_TIMEOUT),
    headers: { accept: "application/json" },
  });
  // OpenID Connect Discovery 4.3: the document must name the same issuer.
  if (document.issuer !== issuer) throw new Error(`${url} is not the document of ${issuer}`);
  if (typeof document.jwks_uri !== "string" || !isSecureUrl(document.jwks_uri)) {
    throw new Error(`${url} has no jwks_uri that is an https address`);
  }
  return document.jwks_uri;
}
