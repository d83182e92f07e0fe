import { randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { Response as NodeResponse, sendNodeResponse } from "@whatwg-node/server";
import type { GraphQLError } from "graphql";
import type { createYoga } from "graphql-yoga";
import type { Logger } from "pino";
import type { RequestCode } from "../lib/error-codes.ts";
import { maskError } from "./plugins/use-errors.ts";
import { type Problem, problemOf, written } from "./problem.ts";
import type { RequestContext } from "./request.ts";

/** The server as a value: a listener for Node.js' HTTP server, and a `fetch` that needs no port. */
export interface Gateway {
  (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  fetch(request: string | Request, init?: RequestInit): Promise<Response>;
}

/** Milliseconds for the rest of a request to arrive when its answer is out already. */
const LINGER = 15_000;

type Yoga = Pick<ReturnType<typeof createYoga>, "fetch" | "handleNodeRequestAndResponse" | "waitUntil">;

/**
 * What Yoga answers, and an answer of our own where it throws: its adapter would send the error's stack.
 *
 * @param isStopping whether connections are to end with their next answer
 */
export function gatewayOf(yoga: Yoga, logger: Logger, isStopping: () => boolean): Gateway {
  const begin = (): RequestContext => ({ requestId: randomUUID() });
  const answerTo = (thrown: unknown, { requestId }: RequestContext): Response => {
    const { status, ...problem } = problemFrom(thrown);
    const { body, headers } = written({ status, ...problem }, requestId);
    if (status >= 500) logger.error({ err: thrown, requestId }, "fault");
    // As all other answers are made: Node.js' own would be sent in chunks and without the status in words.
    return new NodeResponse(body, { status, statusText: STATUS_CODES[status] ?? "", headers });
  };
  const gateway = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = begin();
    const context = { req: incoming, res: outgoing, waitUntil: yoga.waitUntil, ...request };
    let response: Response;
    try {
      response = await yoga.handleNodeRequestAndResponse(incoming, outgoing, context);
    } catch (error) {
      response = answerTo(error, request);
    }
    // Node.js then says connection: close, and ends the connection with the answer.
    if (isStopping()) outgoing.shouldKeepAlive = false;
    try {
      await sendNodeResponse(response, outgoing, incoming, true);
    } catch (error) {
      // What was sent cannot be taken back: the connection that breaks off says that it is not whole.
      logger.error({ err: error, requestId: request.requestId }, "an answer broke off");
      outgoing.destroy();
    }
    // What was refused early is still arriving. Node.js would read it for as long as a request may take.
    if (!incoming.complete) setTimeout(() => incoming.complete || incoming.destroy(), LINGER).unref();
  };
  return Object.assign(gateway, {
    async fetch(request: string | Request, init?: RequestInit): Promise<Response> {
      const context = begin();
      try {
        return await (typeof request === "string"
          ? yoga.fetch(request, init ?? {}, context)
          : yoga.fetch(request, context));
      } catch (error) {
        if (init?.signal?.aborted) throw error;
        return answerTo(error, context);
      }
    },
  });
}

function problemFrom(thrown: unknown): Problem {
  // Host and path make one address. Yoga takes it apart when it has to, and not before.
  if ((thrown as { code?: unknown } | null)?.code === "ERR_INVALID_URL") {
    return { ...problemOf(400), message: "The Host header and the path make no valid address." };
  }
  const { message, extensions } = maskError(thrown, problemOf(500).message) as GraphQLError;
  const { code, http } = extensions as { code: RequestCode; http?: Pick<Problem, "status" | "headers"> };
  return { status: 400, code, message, ...http };
}
