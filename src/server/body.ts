import type { IncomingMessage } from "node:http";
import { createGraphQLError } from "graphql-yoga";
import type { RequestCode } from "../lib/error-codes.ts";

/** Reads the body of a JSON request within its limits of size and time. */

/**
 * Refuses the request.
 *
 * @throws GraphQLError with this code and HTTP status, always
 */
export const refuse = (
  status: number,
  code: RequestCode,
  message: string,
  headers: Record<string, string> = {},
): never => {
  throw refusal(status, code, message, headers);
};

const refusal = (status: number, code: RequestCode, message: string, headers: Record<string, string> = {}) =>
  createGraphQLError(message, { extensions: { code, http: { status, headers } } });

/** Limits of a JSON body. */
export interface BodyLimits {
  /** Most bytes. A larger body is refused while it arrives, also without a Content-Length. */
  readonly bytes: number;
  /** Milliseconds for the body to arrive; a large body has more, see BYTES_A_MILLISECOND. */
  readonly milliseconds: number;
}

/**
 * Each 64 bytes that arrive extend the time limit by one millisecond, so that a large body over a slow line is
 * accepted.
 */
const BYTES_A_MILLISECOND = 64;

/** Collects the chunks of a body and checks its limits. */
class Body {
  readonly #chunks: Uint8Array[] = [];
  readonly #limits: BodyLimits;
  /** A monotonic clock, which a change of the system time does not move. */
  readonly #began = performance.now();
  #size = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** @returns the refusal, once the body is too large */
  add(chunk: Uint8Array): Error | undefined {
    this.#size += chunk.length;
    if (this.#size > this.#limits.bytes) return tooLarge(this.#limits.bytes);
    this.#chunks.push(chunk);
    return undefined;
  }

  /** Milliseconds until the time limit. */
  get left(): number {
    return this.#began + this.#limits.milliseconds + this.#size / BYTES_A_MILLISECOND - performance.now();
  }

  bytes(): Uint8Array {
    const [only] = this.#chunks;
    return only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
  }
}

const tooSlow = () =>
  refusal(408, "REQUEST_TIMEOUT", "The body took too long to arrive.", { connection: "close" });

const tooLarge = (limit: number) =>
  refusal(413, "PAYLOAD_TOO_LARGE", `The body is larger than ${limit} bytes.`, { connection: "close" });

/**
 * Reads the whole body.
 *
 * @param incoming the request of Node.js' HTTP server, if it came from there: its events cost less CPU than the
 *   stream that Yoga's adapter makes of it, and the connection stays open for the refusal
 * @throws GraphQLError 413 for too many bytes, 408 for too slow, 400 when the connection ends within the body
 */
export async function readBody(
  request: Request,
  incoming: IncomingMessage | undefined,
  limits: BodyLimits,
): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limits.bytes) throw tooLarge(limits.bytes);
  const body = new Body(limits);
  if (incoming) return receive(incoming, body);
  for await (const chunk of request.body ?? []) {
    const wrong = body.add(chunk);
    if (wrong) throw wrong;
  }
  return body.bytes();
}

function receive(incoming: IncomingMessage, body: Body): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const end = (error: Error) => {
      // The rest of the body stays unread: the connection is closed after the answer.
      clearTimeout(timer);
      incoming.off("data", onData).pause();
      reject(error);
    };
    const fail = () => end(refusal(400, "BAD_REQUEST", "The connection ended before the end of the body."));
    // A client that stops sending causes no event, so a timer checks the limit.
    const look = () => {
      if (body.left <= 0) end(tooSlow());
      else timer = setTimeout(look, body.left);
    };
    const onData = (chunk: Buffer) => {
      const wrong = body.add(chunk);
      if (wrong) end(wrong);
    };
    let timer = setTimeout(look, body.left);
    if (incoming.destroyed) return fail();
    incoming
      .on("data", onData)
      .on("error", fail)
      .once("end", () => {
        clearTimeout(timer);
        incoming.off("close", fail);
        resolve(body.bytes());
      })
      .once("close", fail);
  });
}
