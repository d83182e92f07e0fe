import { GraphQLError, type GraphQLErrorExtensions } from "graphql";
import type { Plugin, YogaMaskedErrorOpts } from "graphql-yoga";
import type { Logger } from "pino";
import { meaningOf } from "../../db/faults.ts";
import type { RequestCode } from "../../lib/error-codes.ts";
import { RequestError } from "../../lib/errors.ts";
import { problemOf, RETRY_AFTER, written } from "../problem.ts";
import type { RequestContext } from "../request.ts";

/** Errors in responses: each has a stable code and the request id, and no internal details. */

type MaskError = YogaMaskedErrorOpts["maskError"];

/** Turns a thrown error into the error that the caller gets. Yoga logs an error when the two differ. */
export const maskError: MaskError = (thrown, message) => {
  const original = rootOf(thrown);
  const { nodes, source, positions, path } = (thrown instanceof GraphQLError ? thrown : {}) as GraphQLError;
  const place = { nodes, source, positions, path };
  const errorOf = (text: string, extensions: Record<string, unknown>, http?: Http) =>
    new GraphQLError(text, { ...place, extensions: { ...extensions, ...(http && { http }) } } as object);
  if (original instanceof RequestError) {
    const { status, retryAfter: _, resetAfter: __, allow: ___, ...details } = original.details;
    const http = status === undefined ? undefined : httpOf(status, original.details);
    return errorOf(original.message, { code: original.code, ...details }, http);
  }
  // graphql-js wraps the error of a variable's value in one that names the variable: keep the outer one.
  if (original instanceof GraphQLError) return thrown as GraphQLError;
  const answer = meaningOf(original)?.answer;
  return answer
    ? errorOf(
        answer.message,
        { code: answer.code },
        answer.status === undefined ? undefined : httpOf(answer.status),
      )
    : // A fault in a field leaves the other fields their answers.
      errorOf(message, { code: "INTERNAL_SERVER_ERROR" }, path === undefined ? httpOf(500) : undefined);
};

interface Http {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The HTTP status and headers, with Retry-After if the request may succeed later. */
const httpOf = (
  status: number,
  {
    retryAfter = RETRY_AFTER,
    resetAfter = retryAfter,
    allow,
    limit,
    remaining,
  }: RequestError["details"] = {},
): Http => ({
  status,
  headers: {
    ...((status === 429 || status === 503) && { "retry-after": String(retryAfter) }),
    ...(remaining !== undefined && {
      "ratelimit-limit": String(limit),
      "ratelimit-remaining": String(remaining),
      "ratelimit-reset": String(resetAfter),
    }),
    ...(allow !== undefined && { allow }),
  },
});

/** Whether an error is a fault of the server, which is logged, and not a mistake of the caller. */
export const isFault = (error: unknown): boolean => !(rootOf(error) instanceof RequestError);

function rootOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootOf(error.originalError) : error;
}

const MAX_MESSAGE = 300;
/** Most characters of a message that are searched for values to shorten. */
const MAX_READ = 10_000;

/** Gives every error its code and the request id. */
export function useErrors(logger: Logger): Plugin<object, RequestContext> {
  return {
    onResultProcess({ result, setResult, serverContext: { requestId } }) {
      if (Symbol.asyncIterator in result || Array.isArray(result) || !result.errors) return;
      const errors = (result.errors as readonly GraphQLError[]).map((error) => withCode(error, requestId));
      for (const { message, extensions } of errors) {
        if (extensions.code === "INTERNAL_SERVER_ERROR")
          logger.error({ requestId, message }, "request failed");
      }
      // Errors come before the data, whatever executed the operation: JSON keeps the order of keys.
      const { errors: _, ...rest } = result;
      setResult({ errors, ...rest });
    },
    onResponse({ response, setResponse, fetchAPI, serverContext: { requestId, account } }) {
      if (response.status >= 400 && !response.headers.has("content-type")) {
        const problem = problemOf(response.status);
        account.code = problem.code;
        const { body, headers } = written(problem, requestId);
        const all = { ...Object.fromEntries(response.headers), ...headers };
        setResponse(new fetchAPI.Response(body, { status: response.status, headers: all }));
      } else {
        response.headers.set("x-request-id", requestId);
      }
    },
  };
}

function withCode(error: GraphQLError, requestId: string): GraphQLError {
  const original = rootOf(error);
  const { message, extensions } =
    original instanceof RequestError ? (maskError(error, "") as GraphQLError) : error;
  return new GraphQLError(shorten(message), {
    ...(error.nodes && { nodes: error.nodes }),
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
    ...(error.path && { path: error.path }),
    extensions: { code: codeOf(error), ...extensions, ...codeByStatus(extensions), requestId },
  });
}

/** Yoga uses BAD_REQUEST for everything that it refuses: the code is derived from the status instead. */
function codeByStatus({ code, http }: GraphQLErrorExtensions): { readonly code?: RequestCode } {
  const { status } = (http ?? {}) as Partial<Http>;
  return code === "BAD_REQUEST" && status !== undefined ? { code: problemOf(status).code } : {};
}

/**
 * graphql-js gives its errors no codes: an error with a path, or about a variable, is a wrong value; others are
 * errors of the document.
 */
function codeOf({ message, path }: GraphQLError): RequestCode {
  if (message.startsWith("Syntax Error")) return "GRAPHQL_PARSE_FAILED";
  if (/^Variable "\$|has invalid value/.test(message) || path !== undefined) return "BAD_USER_INPUT";
  return /operation/i.test(message) && /(unknown|must provide|could not determine)/i.test(message)
    ? "OPERATION_RESOLUTION_FAILURE"
    : "GRAPHQL_VALIDATION_FAILED";
}

/** Shortens values that are repeated in a message. */
const shorten = (message: string): string => {
  const cut = message.slice(0, MAX_READ).replace(/"((?:[^"\\]|\\.){60})(?:[^"\\]|\\.)+"/g, '"$1…"');
  return cut.length > MAX_MESSAGE ? `${cut.slice(0, MAX_MESSAGE)}…` : cut;
};
