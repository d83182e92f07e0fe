import type { RequestCode } from "../lib/error-codes.ts";

/**
 * An error outside of GraphQL: an unknown path, wrong headers, a request that Node.js cannot parse, or an internal
 * error. It is sent as JSON in the form of GraphQL errors, with a stable code and the request id.
 */
export interface Problem {
  /** HTTP status. */
  readonly status: number;
  readonly code: RequestCode;
  /** Says how to correct the request. It repeats nothing of the request and reveals nothing of the implementation. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds in Retry-After, if nothing more exact is known. */
export const RETRY_AFTER = 1;

const problem = (
  status: number,
  code: RequestCode,
  message: string,
  headers?: Problem["headers"],
): Problem => ({
  status,
  code,
  message,
  ...(headers && { headers }),
});

/** Messages for parts of the server that answer with a status alone. */
const byStatus = new Map(
  [
    problem(400, "BAD_REQUEST", "The request is not well-formed HTTP/1.1."),
    problem(404, "NOT_FOUND", "There is nothing at this path; GraphQL is at /graphql."),
    problem(405, "METHOD_NOT_ALLOWED", "This path does not accept this method."),
    problem(406, "NOT_ACCEPTABLE", "Answers are JSON: send accept: application/json, or no accept header."),
    problem(408, "REQUEST_TIMEOUT", "The request took too long to arrive."),
    problem(413, "PAYLOAD_TOO_LARGE", "The request is too large."),
    problem(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be JSON, with content-type: application/json."),
    problem(417, "EXPECTATION_FAILED", "The only supported Expect header is expect: 100-continue."),
    problem(431, "HEADERS_TOO_LARGE", "The request has too many headers, or they are too large."),
    problem(500, "INTERNAL_SERVER_ERROR", "Internal error. Quote the requestId to whoever runs this server."),
    problem(503, "SERVICE_UNAVAILABLE", "The server cannot answer at the moment: try again.", {
      "retry-after": String(RETRY_AFTER),
    }),
  ].map((each) => [each.status, each]),
);

/** @param status HTTP status, 400 or above */
export function problemOf(status: number): Problem {
  const known = byStatus.get(status);
  if (known) return known;
  const kind = problemOf(status < 500 ? 400 : 500);
  return { ...kind, status };
}

/** Serializes a problem. The headers are those of the body and those of the problem. */
export function written({ code, message, headers }: Problem, requestId: string) {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  return {
    body,
    headers: {
      ...headers,
      "content-type": "application/json; charset=utf-8",
      "x-request-id": requestId,
    },
  };
}
