import type { IncomingMessage } from "node:http";
import { createGraphQLError } from "graphql-yoga";
import type { RequestCode } from "../lib/error-codes.ts";

/** The bytes of a JSON request. */

/** Answers a request as it must not be, with a status of HTTP. */
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

/** How large a JSON body may be, and how long it may take. */
export interface BodyLimits {
  /** A larger body is refused while it arrives, whether or not it says its length. */
  readonly bytes: number;
  /** Milliseconds for it to arrive, besides those that its size gives it. */
  readonly milliseconds: number;
}

/** Bytes for which a body has one more millisecond, once they are there: a large one over a slow line is no attack. */
const BYTES_A_MILLISECOND = 64;

/** Counts the pieces of a body while they arrive. */
class Body {
  readonly #chunks: Uint8Array[] = [];
  readonly #limits: BodyLimits;
  /** Not by the clock of the day, which may be set meanwhile. */
  readonly #began = performance.now();
  #size = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** @returns why the body is refused from here on; undefined as long as it is not */
  add(chunk: Uint8Array): Error | undefined {
    this.#size += chunk.length;
    if (this.#size > this.#limits.bytes) return tooLarge(this.#limits.bytes);
    this.#chunks.push(chunk);
    return undefined;
  }

  /** Milliseconds that are left for the rest of it. */
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
 * Reads a body whole.
 *
 * @param incoming the request as Node.js has it, where it came through its server: its events cost less than the
 *   stream that the adapter makes of it, and a refusal leaves the connection open for the answer
 * @throws GraphQLError 413, 408, or 400 for one that breaks off
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
      // What else arrives is left in the connection, which ends with the answer.
      clearTimeout(timer);
      incoming.off("data", onData).pause();
      reject(error);
    };
    const fail = () => end(refusal(400, "BAD_REQUEST", "The request broke off within its body."));
    // A body that stops arriving says nothing more by itself.
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
