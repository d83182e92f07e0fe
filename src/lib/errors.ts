/**
 * The errors that callers are meant to see. Anything else that is thrown is a fault: it is logged with the
 * request's id and answered without its message.
 */

/** Why a mutation refused an input. Stable: clients switch on them. */
export const refusalCodes = {
  REQUIRED: "A value is missing.",
  INVALID_VALUE: "A value is not of the form that the field takes.",
  INVALID_EMAIL: "The text is not an e-mail address.",
  INVALID_PHONE: "The text is not one possible phone number; the message says why.",
  INVALID_URL: "The text is not a web address (http or https).",
  TOO_LONG: "A text or list is longer than the field takes.",
  BAD_ID: "The text is no id, or an id of another type.",
  NOT_FOUND: "There is no such record, or the caller may not see it.",
  UNKNOWN_REFERENCE: "The record that an id or name points to does not exist, or the caller may not see it.",
  EMAIL_TAKEN: "Another contact has this e-mail address.",
  VERSION_CONFLICT: "The record has changed since the version that was expected.",
  VALUE_TAKEN: "Another record has this value of a unique custom field.",
  UNKNOWN_CUSTOM_FIELD: "There is no custom field with this slug.",
  INVALID_CUSTOM_VALUE: "The value does not fit the custom field's type or options.",
  INVALID_CURRENCY: "The text is no ISO 4217 currency code.",
  INVALID_FILTER: "The filter cannot be read; the message says where and why.",
  CIRCULAR_LIST: "The smart list would lead back to itself.",
  TOO_MANY_ITEMS: "A list has more items than it may.",
  FORBIDDEN: "The caller's role or data scope does not allow it.",
  IN_TRASH: "The record is in the trash: restore it first.",
  EXPIRED: "It was too long ago: the data that it needs are no longer kept.",
  ALREADY_MERGED: "The contact has been merged into another one.",
  MERGE_SELF: "A contact cannot be merged with itself.",
  MERGE_UNDONE: "The merge has been undone already.",
  AMBIGUOUS_MATCH: "More than one contact matches.",
  INVALID_STATE: "The record is not in a state that allows it.",
  NAME_TAKEN: "Another one has this name.",
  RESERVED_KEY: "The slug is a built-in field's name.",
  LIMIT_REACHED: "There are as many as there may be.",
  FIELD_IN_USE: "Smart lists use the custom field, the option or the list that is to go.",
  FIELD_CONVERSION_FAILS: "Some records have values that would not fit.",
  CONFIRM_ALL_REQUIRED: "The filter leaves nothing out, and `all` does not say that everything is meant.",
  INVALID_PLAN: "The plan token is missing, has expired, or is not one of this change by this caller.",
  PLAN_CHANGED: "The filter matches other records than when the plan was made.",
  IDEMPOTENCY_MISMATCH: "The idempotency key was used before for something else.",
} as const;

export type RefusalCode = keyof typeof refusalCodes;

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
      /** Null for the version of a whole set or of the organization, which are no records. */
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

/** A refusal that needs no more than its code, place and words. */
export const refusal = (code: RefusalCode, path: readonly (string | number)[], message: string): Refusal => ({
  kind: code === "NOT_FOUND" ? "notFound" : "validation",
  code,
  path: path.map(String),
  message,
});

/** A mutation's own rules refused its input: everything that is wrong with it, at once. Becomes payload errors. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  constructor(readonly refusals: readonly Refusal[]) {
    super(refusals.map((refusal) => `${refusal.path.join(".")}: ${refusal.message}`).join("; "));
  }
}

/** Refuses for one reason. */
export const refuse = (
  code: RefusalCode,
  path: readonly (string | number)[],
  message: string,
): RefusalError => new RefusalError([refusal(code, path, message)]);

/** Codes of the errors that end a field or a whole request. */
export type RequestCode =
  | "BAD_REQUEST"
  | "BAD_USER_INPUT"
  | "BAD_CURSOR"
  | "BAD_ID"
  | "TOO_MANY_ITEMS"
  | "UNKNOWN_FILTER_FIELD"
  | "UNKNOWN_FILTER_OPERATOR"
  | "INVALID_FILTER_VALUE"
  | "UNKNOWN_REFERENCE"
  | "CIRCULAR_LIST"
  | "NEEDS_ALL_DATA"
  | "FILTER_TOO_LARGE"
  | "QUERY_TOO_EXPENSIVE"
  | "QUERY_TOO_COMPLEX"
  | "QUERY_TOO_DEEP"
  | "ANSWER_TOO_LARGE"
  | "TOO_MANY_ALIASES"
  | "TOO_MANY_DIRECTIVES"
  | "TOO_MANY_MUTATIONS"
  | "INTROSPECTION_DISABLED"
  | "GRAPHQL_PARSE_FAILED"
  | "INVALID_TIME_ZONE"
  | "UNAUTHENTICATED"
  | "KEY_EXPIRED"
  | "AMBIGUOUS_CREDENTIALS"
  | "ORG_FORBIDDEN"
  | "INSUFFICIENT_SCOPE"
  | "ORG_REQUIRED"
  | "CONFLICT"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "RATE_LIMITED"
  | "CLIENT_CLOSED_REQUEST"
  | "TIMEOUT"
  | "SERVICE_UNAVAILABLE";

/** The request, or one of its fields, cannot be answered. Becomes a top-level error with a stable code. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  constructor(
    readonly code: RequestCode,
    message: string,
    readonly details: {
      /** Path of the argument, such as `query.groups[1].conditions[0].field`. */
      readonly field?: string;
      /** What an operation costs, and what it may cost. */
      readonly requested?: number;
      readonly limit?: number;
      /** What of a limit a minute is left; sent as RateLimit-Remaining. */
      readonly remaining?: number;
      /** HTTP status, when the whole request fails. */
      readonly status?: number;
      /** Seconds after which it is worth while to ask again; sent as Retry-After. */
      readonly retryAfter?: number;
      /** Methods that the address takes, when it does not take the one of the request; sent as Allow. */
      readonly allow?: string;
      /** Near misses and what is allowed, for tools. */
      readonly suggestions?: readonly string[];
      /** Everything that is wrong, when it is more than the message says. */
      readonly problems?: readonly object[];
    } = {},
  ) {
    super(message);
  }
}

/** The caller has hung up, and nobody would read the answer. */
export class CallerGone extends RequestError {
  constructor() {
    super("CLIENT_CLOSED_REQUEST", "The caller has closed the connection.", { status: 499 });
  }
}

/** A text that a caller sent, cut to what an error message may repeat of it. */
export const quote = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
};
