import type { IncomingMessage } from "node:http";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { type BodyLimits, readBody, refuse } from "../body.ts";
import { MultipartError, type MultipartLimits, placeUpload, readMultipart } from "../multipart.ts";
import { problemOf } from "../problem.ts";

/**
 * Which requests are accepted: JSON by POST, a file by multipart POST, or a query by GET. The last two need a header
 * that an HTML form cannot send (CSRF).
 */

const CSRF_HEADER = "x-graphql-yoga-csrf";
/** Content types of answers, one of which an Accept header must allow. */
const ACCEPTABLE =
  /(?:^|[\s,])(?:\*\/\*|application\/(?:\*|json|graphql-response\+json)|multipart\/(?:\*|mixed)|text\/(?:\*|event-stream))(?=$|[\s,;])/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;
const KEYS = new Set(["query", "variables", "operationName", "extensions"]);

/** @param fileLimit most bytes of a file in a multipart request */
export function useStrictRequests(bodyLimits: BodyLimits, fileLimit: number): Plugin {
  const discards = new WeakMap<Request, () => void>();
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      // Before the operation runs: afterwards the answer could not be sent.
      const accept = request.headers.get("accept");
      if (accept !== null && !ACCEPTABLE.test(accept)) {
        const { status, code, message } = problemOf(406);
        refuse(status, code, message);
      }
      if (request.method === "GET") {
        if (!request.headers.has(CSRF_HEADER)) {
          refuse(403, "CSRF", `A query by GET needs the header ${CSRF_HEADER}; or send it by POST.`);
        }
        setRequestParser(({ url }) => paramsOfUrl(url));
        return;
      }
      if (request.method !== "POST") {
        refuse(405, "METHOD_NOT_ALLOWED", "Send a POST.", { allow: "GET, POST" });
      }
      const encoding = request.headers.get("content-encoding");
      if (encoding !== null && encoding !== "identity") {
        refuse(415, "UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.");
      }
      const contentType = request.headers.get("content-type") ?? "";
      const type = contentType.split(";")[0]?.trim().toLowerCase();
      if (type === "multipart/form-data") {
        if (!request.headers.has(CSRF_HEADER)) {
          refuse(403, "CSRF", `A multipart request needs the header ${CSRF_HEADER}, which no form can send.`);
        }
        setRequestParser(async (incoming) => {
          const { params, discard } = await readUpload(incoming, {
            fields: bodyLimits.bytes,
            file: fileLimit,
          });
          discards.set(incoming, discard);
          return params;
        });
        return;
      }
      if (type !== "application/json" && type !== "application/graphql+json") {
        refuse(
          415,
          "UNSUPPORTED_MEDIA_TYPE",
          "The body must be JSON, with the header content-type: application/json.",
        );
      }
      const [, charset] = CHARSET.exec(contentType) ?? [];
      if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
        refuse(415, "UNSUPPORTED_MEDIA_TYPE", "JSON is written in UTF-8: send charset=utf-8, or no charset.");
      }
      const { req } = serverContext as { readonly req?: IncomingMessage };
      setRequestParser(async (incoming) => readParams(await readBody(incoming, req, bodyLimits)));
    },
    onResponse({ request }) {
      // Without this, an unread file would keep the connection open.
      discards.get(request)?.();
    },
  };
}

async function readUpload(
  request: Request,
  limits: MultipartLimits,
): Promise<{ params: GraphQLParams; discard: () => void }> {
  let discard = () => {};
  try {
    const { operations, path, upload, ...rest } = await readMultipart(request, limits);
    discard = rest.discard;
    // The parser replaces invalid UTF-8 with this character.
    if (operations.includes("\ufffd")) throw new MultipartError("the field operations is not valid UTF-8");
    const params = readParams(Buffer.from(operations));
    placeUpload(params, path, upload);
    return { params, discard };
  } catch (error) {
    discard();
    if (error instanceof MultipartError) return refuse(400, "BAD_REQUEST", `${error.message}.`);
    throw error;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

const bad = (message: string) => refuse(400, "BAD_REQUEST", message);

/** If an object repeats a key, JSON.parse uses the last one. */
function readParams(body: Uint8Array): GraphQLParams {
  let params: unknown;
  try {
    params = JSON.parse(utf8.decode(body));
  } catch {
    return bad("The body is not valid JSON in UTF-8.");
  }
  if (Array.isArray(params)) return bad("Batching is not supported: send one operation a request.");
  if (typeof params !== "object" || params === null)
    return bad("The body must be a JSON object with a query.");
  const unknown = Object.keys(params).find((key) => !KEYS.has(key));
  if (unknown !== undefined) return bad(`The body must not have other keys than ${[...KEYS].join(", ")}.`);
  return checkParams(params);
}

function checkParams(params: object): GraphQLParams {
  const { query, variables, operationName, extensions } = params as Record<string, unknown>;
  if (typeof query !== "string" || query.trim() === "") return bad("query must be a non-empty string.");
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value != null && (typeof value !== "object" || Array.isArray(value)))
      return bad(`${name} must be an object.`);
  }
  if (operationName != null && typeof operationName !== "string")
    return bad("operationName must be a string.");
  return params as GraphQLParams;
}

/** Other keys of the query string are ignored: caches and logs add theirs. */
function paramsOfUrl(url: string): GraphQLParams {
  const [, search = ""] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  const params: Record<string, unknown> = {};
  for (const part of search.split("&")) {
    const [key = "", ...value] = part.split("=");
    if (!KEYS.has(key)) continue;
    if (Object.hasOwn(params, key)) return bad(`${key} must be sent once.`);
    params[key] = decode(key, value.join("="));
  }
  return checkParams(params);
}

/** Decodes one value of the query string; an empty value counts as missing. */
function decode(key: string, value: string): unknown {
  let text: string;
  try {
    text = decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return bad(`${key} is not percent-encoded UTF-8.`);
  }
  if (text === "") return undefined;
  if (key === "query" || key === "operationName") return text;
  try {
    return JSON.parse(text);
  } catch {
    return bad(`${key} is not valid JSON.`);
  }
}
