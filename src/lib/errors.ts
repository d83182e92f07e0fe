import type { RefusalCode, RequestCode } from "./error-codes.ts";
import type { RefusedCredential } from "./refused-credential.ts";

/**
 * The errors that callers are meant to see. Anything else that is thrown is a fault: it is logged with the request's
 * id, and the answer does not contain its message.
 */

/** One thing wrong with a mutation's input, with what a client needs to act on it. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly message: string;
  /** Where in the arguments, such as `["input", "email"]`. */
  readonly path: readonly string[];
} & (
  | { readonly kind: "validation" | "notFound" }
  | { readonly kind: "duplicateContact"; readonly existingId: string | null }
  | {
      readonly kind: "versionConflict";
      readonly type: "Contact" | "Lead" | "Deal" | "SmartList" | "Member" | "Organization";
      /** Null if the version is that of a whole set or of the organization, not of a record. */
      readonly currentId: string | null;
      readonly currentVersion: number;
    }
  | { readonly kind: "restoreConflict"; readonly blockedById: string | null }
  | { readonly kind: "alreadyMerged"; readonly survivorId: string }
  | { readonly kind: "ambiguousMatch"; readonly candidateIds: readonly string[] }
  | { readonly kind: "fieldConversion"; readonly count: number; readonly sampleIds: readonly string[] }
  | { readonly kind: "fieldInUse"; readonly smartListIds: readonly string[] }
  | {
      readonly kind: "valueTaken";
      readonly type: "Contact" | "Lead";
      readonly slug: string;
      readonly existingId: string | null;
    }
  | { readonly kind: "planChanged"; readonly count: number; readonly planToken: string }
  | { readonly kind: "customField"; readonly slug: string; readonly suggestions: readonly string[] }
);

/** A refusal that has only a code, a path and a message. */
export const refusal = (code: RefusalCode, path: readonly (string | number)[], message: string): Refusal => ({
  kind: code === "NOT_FOUND" ? "notFound" : "validation",
  code,
  path: path.map(String),
  message,
});

/** A mutation's rules refused its input. Lists everything that is wrong with it; becomes the payload's errors. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  constructor(readonly refusals: readonly Refusal[]) {
    super(refusals.map((refusal) => `${refusal.path.join(".")}: ${refusal.message}`).join("; "));
  }
}

/** An error with one refusal. */
export const refuse = (
  code: RefusalCode,
  path: readonly (string | number)[],
  message: string,
): RefusalError => new RefusalError([refusal(code, path, message)]);

/** The request, or one of its fields, cannot be answered. Becomes a top-level error with a stable code. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  constructor(
    readonly code: RequestCode,
    message: string,
    readonly details: {
      /** Path of the argument, such as `query.groups[1].conditions[0].field`. */
      readonly field?: string;
      /** What an operation costs, and the highest cost allowed. */
      readonly requested?: number;
      readonly limit?: number;
      /** What the most expensive fields of an operation cost. */
      readonly costs?: readonly { readonly field: string; readonly cost: number }[];
      /** How much of the limit per minute is left; sent as RateLimit-Remaining. */
      readonly remaining?: number;
      /** HTTP status, when the whole request fails. */
      readonly status?: number;
      /** Seconds after which a retry makes sense; sent as Retry-After. */
      readonly retryAfter?: number;
      /** Seconds after which the whole limit per minute is available; sent as RateLimit-Reset. */
      readonly resetAfter?: number;
      /** Methods that the address accepts, if it does not accept the request's; sent as Allow. */
      readonly allow?: string;
      /** Near misses and allowed values, for tools. */
      readonly suggestions?: readonly string[];
      /** All problems, if there are more than the message says. */
      readonly problems?: readonly object[];
    } = {},
    /** For the log only; callers do not see it. */
    readonly why: RefusedCredential | null = null,
  ) {
    super(message);
  }
}

/** The caller has closed the connection, so nobody would read the answer. */
export class CallerGone extends RequestError {
  constructor() {
    super("CLIENT_CLOSED_REQUEST", "The caller has closed the connection.", { status: 499 });
  }
}

/** A value that a caller sent, shortened for use in an error message. */
export const quote = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
};
