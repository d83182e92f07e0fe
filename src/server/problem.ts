import type { RequestCode } from "../lib/error-codes.ts";

/**
 * What goes wrong before or outside of GraphQL: addresses, headers, what node's parser refuses, faults. All of it
 * leaves as JSON in the form of GraphQL's errors, with a stable code and the request's id.
 */
export interface Problem {
  /** Of HTTP. */
  readonly status: number;
  readonly code: RequestCode;
  /** Says what would be right; nothing of what was sent, and nothing of how the server is built. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds after which it is worth while to ask again, when nobody knows better. */
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

/** The message for a part of the server that answers with a status alone. */
const byStatus = new Map(
  [
    problem(400, "BAD_REQUEST", "The request is not well-formed HTTP/1.1."),
    problem(404, "NOT_FOUND", "There is nothing at this address; GraphQL is at /graphql."),
    problem(405, "METHOD_NOT_ALLOWED", "The address does not take this method."),
    problem(406, "NOT_ACCEPTABLE", "Answers are JSON: send accept: application/json, or no accept header."),
    problem(408, "REQUEST_TIMEOUT", "The request took too long to arrive."),
    problem(413, "PAYLOAD_TOO_LARGE", "The request is too large."),
    problem(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be JSON, with content-type: application/json."),
    problem(417, "EXPECTATION_FAILED", "The only expectation that can be met is expect: 100-continue."),
    problem(431, "HEADERS_TOO_LARGE", "The request's headers are too large, or too many."),
    problem(500, "INTERNAL_SERVER_ERROR", "Internal error. Quote the requestId to whoever runs this server."),
    problem(503, "SERVICE_UNAVAILABLE", "The server cannot answer just now: try again.", {
      "retry-after": String(RETRY_AFTER),
    }),
  ].map((each) => [each.status, each]),
);

/** @param status of HTTP, 400 or above */
export function problemOf(status: number): Problem {
  const known = byStatus.get(status);
  if (known) return known;
  const kind = problemOf(status < 500 ? 400 : 500);
  return { ...kind, status };
}

/** A problem as it is sent. The headers are those of the body alone and the problem's own. */
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
