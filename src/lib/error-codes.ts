/**
 * Every code that clients can switch on. docs/errors.md and the enum `ErrorCode` are generated from these tables. A
 * code never changes its meaning.
 */

/** Why a mutation refused an input: codes of a payload's `errors`. */
export const refusalCodes = {
  REQUIRED: "A value is missing.",
  INVALID_VALUE: "A value is not of the form that the field takes.",
  INVALID_EMAIL: "The text is not an e-mail address.",
  INVALID_PHONE: "The text is not one possible phone number; the message says why.",
  INVALID_URL: "The text is not a web address (http or https).",
  TOO_LONG: "A text or list is longer than the field takes.",
  BAD_ID: "The text is not an id, or is an id of another type.",
  NOT_FOUND: "There is no such record, or the caller may not see it.",
  UNKNOWN_REFERENCE: "The record that an id or name points to does not exist, or the caller may not see it.",
  EMAIL_TAKEN: "Another contact has this e-mail address.",
  VERSION_CONFLICT: "The record has changed since the version that was expected.",
  VALUE_TAKEN: "Another record has this value of a unique custom field.",
  UNKNOWN_CUSTOM_FIELD: "There is no custom field with this slug.",
  INVALID_CUSTOM_VALUE: "The value does not fit the custom field's type or options.",
  INVALID_CURRENCY: "The text is not an ISO 4217 currency code.",
  INVALID_FILTER: "The filter cannot be read; the message says where and why.",
  CIRCULAR_LIST: "The smart list would lead back to itself.",
  TOO_MANY_ITEMS: "A list has more items than it may.",
  FORBIDDEN: "The caller's role or data scope does not allow it.",
  IN_TRASH: "The record is in the trash: restore it first.",
  EXPIRED: "Too much time has passed: the data that this needs are no longer kept.",
  ALREADY_MERGED: "The contact has been merged into another one.",
  MERGE_SELF: "A contact cannot be merged with itself.",
  MERGE_UNDONE: "The merge has been undone already.",
  AMBIGUOUS_MATCH: "More than one contact matches.",
  INVALID_STATE: "The record is not in a state that allows it.",
  NAME_TAKEN: "The name is already in use.",
  RESERVED_KEY: "The slug is a built-in field's name.",
  LIMIT_REACHED: "There are already as many as the limit allows.",
  FIELD_IN_USE: "Smart lists use the custom field, the option or the list that would be removed.",
  FIELD_CONVERSION_FAILS: "Some records have values that would not fit.",
  CONFIRM_ALL_REQUIRED:
    "The filter excludes nothing, and `all: true` was not given to confirm that all records are meant.",
  INVALID_PLAN: "The plan token is missing, has expired, or is not one of this change by this caller.",
  PLAN_CHANGED: "The filter matches other records than when the plan was made.",
  IDEMPOTENCY_MISMATCH: "The idempotency key was used before for something else.",
} as const;

export type RefusalCode = keyof typeof refusalCodes;

/** What a top-level error means. */
interface RequestMeaning {
  /** HTTP status of the whole answer; "200" if only one field fails and the others are answered. */
  readonly status: string;
  readonly description: string;
}

const meaning = (status: string, description: string): RequestMeaning => ({ status, description });

/** Why a request, or one of its fields, has no answer: codes of the top-level `errors`. */
export const requestCodes = {
  // The request as HTTP.
  BAD_REQUEST: meaning("400", "The request is not well-formed: its HTTP, its JSON, or a header."),
  CSRF: meaning(
    "403",
    "A GET or a multipart request needs a header that no HTML form can send; the message names it.",
  ),
  NOT_FOUND: meaning(
    "404 or 410",
    "There is nothing at this address, or no such file for this caller; 410 for a file that is no longer kept.",
  ),
  METHOD_NOT_ALLOWED: meaning("405", "The address does not take this method; `Allow` lists those it takes."),
  NOT_ACCEPTABLE: meaning("406", "The `Accept` header allows no JSON."),
  REQUEST_TIMEOUT: meaning("408", "The request took too long to arrive."),
  PAYLOAD_TOO_LARGE: meaning("413", "The body or the file is larger than the server's limit."),
  UNSUPPORTED_MEDIA_TYPE: meaning("415", "The body is not JSON in UTF-8, or is compressed."),
  EXPECTATION_FAILED: meaning("417", "The `Expect` header asks for something other than `100-continue`."),
  HEADERS_TOO_LARGE: meaning("431", "The headers are too large or too many."),
  CLIENT_CLOSED_REQUEST: meaning(
    "499",
    "The client closed the connection before the answer; only logs show it.",
  ),
  // Who calls.
  UNAUTHENTICATED: meaning(
    "401",
    "There is no credential, or it is not valid. The reason is in the server's log only.",
  ),
  KEY_EXPIRED: meaning("401", "The API key has expired."),
  AMBIGUOUS_CREDENTIALS: meaning("400", "A header that identifies the caller was sent more than once."),
  ORG_REQUIRED: meaning(
    "400",
    "The user is a member of several organizations: choose one with `X-Org-Id`. The message lists them.",
  ),
  ORG_FORBIDDEN: meaning("403", "The caller is not a member of this organization."),
  INSUFFICIENT_SCOPE: meaning("403", "The key or token lacks the scope that this needs."),
  RATE_LIMITED: meaning(
    "429",
    "Too many requests, or too many wrong credentials: wait for `Retry-After` seconds.",
  ),
  // The document.
  GRAPHQL_PARSE_FAILED: meaning("400", "The document is not GraphQL, or is too long."),
  GRAPHQL_VALIDATION_FAILED: meaning("400", "The document does not fit the schema."),
  OPERATION_RESOLUTION_FAILURE: meaning(
    "400",
    "`operationName` is missing, or names no operation of the document.",
  ),
  INTROSPECTION_DISABLED: meaning("400", "This server does not show its schema (`INTROSPECTION=false`)."),
  QUERY_TOO_COMPLEX: meaning(
    "400",
    "The operation costs more than `COST_LIMIT`; `field` says what costs most.",
  ),
  QUERY_TOO_DEEP: meaning("400", "Fields, arguments or variables are nested too deeply."),
  QUERY_TOO_EXPENSIVE: meaning(
    "400",
    "A list cannot be sorted by this field: it has several values, or no index serves it.",
  ),
  TOO_MANY_ALIASES: meaning("400", "The document has too many aliases."),
  TOO_MANY_DIRECTIVES: meaning("400", "The document has too many directives."),
  TOO_MANY_MUTATIONS: meaning("400", "The operation has too many mutations."),
  // Values.
  BAD_USER_INPUT: meaning("200 or 400", "A value has the wrong form; `field` or the message says which."),
  BAD_ID: meaning("200", "The text is not an id, or not one of this type."),
  BAD_CURSOR: meaning(
    "200",
    "The cursor is not one of this list in this order. Start again from the first page.",
  ),
  TOO_MANY_ITEMS: meaning("200 or 400", "A list or an object has too many items."),
  INVALID_CURRENCY: meaning("200 or 400", "Not an ISO 4217 currency code, such as `EUR`."),
  INVALID_TIME_ZONE: meaning("200 or 400", "Not a time zone of the IANA database, such as `Europe/Paris`."),
  // Filters. `problems` has each mistake with its path and suggestions.
  UNKNOWN_FILTER_FIELD: meaning("200", "There is no field of this name to filter by."),
  UNKNOWN_FILTER_OPERATOR: meaning("200", "The field does not have this operator."),
  INVALID_FILTER_VALUE: meaning("200", "The value does not fit the field and operator."),
  UNKNOWN_REFERENCE: meaning(
    "200",
    "The filter names a tag, member, custom field or smart list that does not exist.",
  ),
  CIRCULAR_LIST: meaning("200", "The smart list refers back to itself."),
  NEEDS_ALL_DATA: meaning(
    "200",
    "Members who see only what is assigned to them cannot use this field in a filter.",
  ),
  FILTER_TOO_LARGE: meaning("200 or 400", "The filter has more conditions or values than the limits allow."),
  // The answer.
  ANSWER_TOO_LARGE: meaning("400", "The answer would be larger than 64 MB: ask for less at a time."),
  CONFLICT: meaning(
    "409",
    "Other requests changed the same records at the same moment, and nothing was written: send it again. Or an export's file is not ready.",
  ),
  SERVICE_UNAVAILABLE: meaning(
    "503",
    "The database or the server cannot answer at present: wait for `Retry-After` seconds and send it again; a mutation under " +
      "the same `idempotencyKey`.",
  ),
  TIMEOUT: meaning("504", "The database took too long to answer: ask for less."),
  INTERNAL_SERVER_ERROR: meaning(
    "200 or 500",
    "A fault of the server. Quote the `requestId` to its operator.",
  ),
} as const satisfies Readonly<Record<string, RequestMeaning>>;

export type RequestCode = keyof typeof requestCodes;
