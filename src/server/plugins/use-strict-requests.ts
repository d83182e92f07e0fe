import type { IncomingMessage } from "node:http";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { readBody, refuse } from "../body.ts";
import { MultipartError, type MultipartLimits, placeUpload, readMultipart } from "../multipart.ts";

/** What may reach the parser, and how: JSON by POST, a file by multipart POST, or a query by GET with a header that no form can send. */

const CSRF_HEADER = "x-graphql-yoga-csrf";
const KEYS = new Set(["query", "variables", "operationName", "extensions"]);

/**
 * @param bodyLimit bytes; a larger body is refused while it arrives, whether or not it says its length
 * @param fileLimit bytes of a file in a multipart request
 */
export function useStrictRequests(bodyLimit: number, fileLimit: number): Plugin {
  const discards = new WeakMap<Request, () => void>();
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method === "GET") {
        if (!request.headers.has(CSRF_HEADER)) {
          refuse(403, "CSRF", `A query by GET needs the header ${CSRF_HEADER}; or send it by POST.`);
        }
        return;
      }
      if (request.method !== "POST") {
        refuse(405, "METHOD_NOT_ALLOWED", "Send a POST.", { allow: "GET, POST" });
      }
      const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
      if (type === "multipart/form-data") {
        if (!request.headers.has(CSRF_HEADER)) {
          refuse(403, "CSRF", `A multipart request needs the header ${CSRF_HEADER}, which no form can send.`);
        }
        setRequestParser(async (incoming) => {
          const { params, discard } = await readUpload(incoming, { fields: bodyLimit, file: fileLimit });
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
      const encoding = request.headers.get("content-encoding");
      if (encoding !== null && encoding !== "identity") {
        refuse(415, "UNSUPPORTED_MEDIA_TYPE", "The body must not be compressed.");
      }
      const { req } = serverContext as { readonly req?: IncomingMessage };
      setRequestParser(async (incoming) => readParams(await readBody(incoming, req, bodyLimit)));
    },
    onResponse({ request }) {
      // A file that nobody has read would keep the connection waiting.
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

function readParams(body: Uint8Array): GraphQLParams {
  const bad = (message: string) => refuse(400, "BAD_REQUEST", message);
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
  const { query, variables, operationName, extensions } = params as Record<string, unknown>;
  if (typeof query !== "string" || query.trim() === "") return bad("query must be a text.");
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value != null && (typeof value !== "object" || Array.isArray(value)))
      return bad(`${name} must be an object.`);
  }
  if (operationName != null && typeof operationName !== "string") return bad("operationName must be a text.");
  return params as GraphQLParams;
}
