import type { IncomingMessage } from "node:http";
import { createGraphQLError } from "graphql-yoga";

/** The bytes of a JSON request. */

/** Answers a request as it must not be, with a status of HTTP. */
export const refuse = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): never => {
  throw refusal(status, code, message, headers);
};

const refusal = (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
  createGraphQLError(message, { extensions: { code, http: { status, headers } } });

/** Milliseconds for a JSON body to arrive; a file may take longer. */
const BODY_TIMEOUT = 60_000;

/** Counts the pieces of a body while they arrive. */
class Body {
  readonly #chunks: Uint8Array[] = [];
  readonly #limit: number;
  readonly #deadline = Date.now() + BODY_TIMEOUT;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns why the body is refused from here on; undefined as long as it is not */
  add(chunk: Uint8Array): Error | undefined {
    this.#size += chunk.length;
    if (this.#size > this.#limit) return tooLarge(this.#limit);
    if (Date.now() > this.#deadline) {
      return refusal(408, "REQUEST_TIMEOUT", "The body took too long to arrive.", { connection: "close" });
    }
    this.#chunks.push(chunk);
    return undefined;
  }

  bytes(): Uint8Array {
    const [only] = this.#chunks;
    return only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
  }
}

const tooLarge = (limit: number) =>
  refusal(413, "PAYLOAD_TOO_LARGE", `The body is larger than ${limit} bytes.`, { connection: "close" });

/**
 * Reads a body whole.
 *
 * @param incoming the request as Node.js has it, where it came through its server: its events cost less than the
 *   stream that the adapter makes of it, and a refusal leaves the connection open for the answer
 * @param limit bytes; a larger body is refused while it arrives, whether or not it says its length
 * @throws GraphQLError 413, 408, or 400 for one that breaks off
 */
export async function readBody(
  request: Request,
  incoming: IncomingMessage | undefined,
  limit: number,
): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const body = new Body(limit);
  if (incoming) return receive(incoming, body);
  for await (const chunk of request.body ?? []) {
    const wrong = body.add(chunk);
    if (wrong) throw wrong;
  }
  return body.bytes();
}

function receive(incoming: IncomingMessage, body: Body): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(refusal(400, "BAD_REQUEST", "The request broke off within its body."));
    if (incoming.destroyed) return fail();
    const onData = (chunk: Buffer) => {
      const wrong = body.add(chunk);
      if (!wrong) return;
      // What else arrives is left in the connection, which ends with the answer.
      incoming.off("data", onData).pause();
      reject(wrong);
    };
    incoming
      .on("data", onData)
      .on("error", fail)
      .once("end", () => {
        incoming.off("close", fail);
        resolve(body.bytes());
      })
      .once("close", fail);
  });
}
