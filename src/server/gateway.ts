import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { Response as NodeResponse, sendNodeResponse } from "@whatwg-node/server";
import type { GraphQLError } from "graphql";
import type { createYoga } from "graphql-yoga";
import type { Logger } from "pino";
import type { RequestCode } from "../lib/error-codes.ts";
import { maskError } from "./plugins/use-errors.ts";
import { type Problem, problemOf, written } from "./problem.ts";
import type { RequestContext } from "./request.ts";
import type { Account } from "./watch/account.ts";
import type { Watch } from "./watch/watch.ts";

/** The server as a function: a request listener for Node.js' HTTP server, and `fetch` for use without a port. */
export interface Gateway {
  (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  fetch(request: string | Request, init?: RequestInit): Promise<Response>;
  /**
   * Reports a request that is refused outside of the gateway: before it arrives here, or while its body is read.
   *
   * @param outgoing the answer in progress, if there is one
   * @returns the request id for the answer
   */
  refused(
    problem: Problem,
    request?: Pick<IncomingMessage, "method" | "url">,
    outgoing?: ServerResponse | null,
  ): string;
}

/** The status, as in nginx, of a request whose caller hung up before there was an answer. */
const GONE = 499;

/** Milliseconds for the rest of a request's body to arrive after its answer was sent. */
const LINGER = 15_000;

type Yoga = Pick<ReturnType<typeof createYoga>, "fetch" | "handleNodeRequestAndResponse" | "waitUntil">;

/**
 * Passes requests to Yoga. An error that Yoga throws is answered as JSON here: Yoga's adapter would send its stack.
 *
 * @param isStopping whether connections are to be closed after their next answer
 */
export function gatewayOf(yoga: Yoga, watch: Watch, logger: Logger, isStopping: () => boolean): Gateway {
  const answerTo = (thrown: unknown, account: Account): Response => {
    const { status, ...problem } = problemFrom(thrown);
    const { requestId } = account;
    account.code = problem.code;
    const { body, headers } = written({ status, ...problem }, requestId);
    if (status >= 500) logger.error({ err: thrown, requestId }, "fault");
    // The same Response class as Yoga's: with Node.js' own, the answer would be chunked and without a reason phrase.
    return new NodeResponse(body, { status, statusText: STATUS_CODES[status] ?? "", headers });
  };
  const answer = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    account: Account,
  ): Promise<void> => {
    const context = { req: incoming, res: outgoing, waitUntil: yoga.waitUntil, ...contextOf(account) };
    let response: Response;
    try {
      response = await yoga.handleNodeRequestAndResponse(incoming, outgoing, context);
    } catch (error) {
      response = answerTo(error, account);
    }
    // Node.js then sends `Connection: close` and closes the connection after the answer.
    if (isStopping()) outgoing.shouldKeepAlive = false;
    try {
      await sendNodeResponse(response, outgoing, incoming, true);
    } catch (error) {
      // Part of the answer was sent: closing the connection tells the client that the rest is missing.
      logger.error({ err: error, requestId: account.requestId }, "could not send the whole answer");
      outgoing.destroy();
    }
    // A request that was refused early may still be sending its body. Node.js would read it until REQUEST_TIMEOUT.
    if (!incoming.complete) setTimeout(() => incoming.complete || incoming.destroy(), LINGER).unref();
  };
  const running = new WeakMap<ServerResponse, Account>();
  const gateway = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const account = watch.begin(incoming.method ?? "", incoming.url ?? "");
    running.set(outgoing, account);
    const { socket } = incoming;
    const before = socket.bytesWritten;
    const end = () => {
      const status = outgoing.headersSent ? outgoing.statusCode : (account.refusedWith ?? GONE);
      const gone = !outgoing.writableFinished;
      watch.end(account, { status, gone, bytes: socket.bytesWritten - before });
    };
    try {
      await watch.run(account, incoming.headers, () => answer(incoming, outgoing, account));
    } finally {
      if (outgoing.closed) end();
      else outgoing.once("close", end);
    }
  };
  return Object.assign(gateway, {
    async fetch(request: string | Request, init: RequestInit = {}): Promise<Response> {
      const { method = "GET", url } = typeof request === "string" ? { ...init, url: request } : request;
      const account = watch.begin(method, url);
      const context = contextOf(account);
      const headers = typeof request === "string" ? new Headers(init.headers) : request.headers;
      try {
        const response = await watch.run(account, Object.fromEntries(headers), () =>
          typeof request === "string" ? yoga.fetch(request, init, context) : yoga.fetch(request, context),
        );
        watch.end(account, { status: response.status, gone: false, bytes: null });
        return response;
      } catch (error) {
        if (init.signal?.aborted) {
          watch.end(account, { status: GONE, gone: true, bytes: null });
          throw error;
        }
        const response = answerTo(error, account);
        watch.end(account, { status: response.status, gone: false, bytes: null });
        return response;
      }
    },
    refused(
      { status, code }: Problem,
      request?: Pick<IncomingMessage, "method" | "url">,
      outgoing?: ServerResponse | null,
    ): string {
      const begun = outgoing && running.get(outgoing);
      const account = begun ?? watch.begin(request?.method ?? "", request?.url ?? "");
      account.code = code;
      account.refusedWith = status;
      if (!begun) watch.end(account, { status, gone: false, bytes: null });
      return account.requestId;
    },
  });
}

const contextOf = (account: Account): RequestContext => ({ requestId: account.requestId, account });

function problemFrom(thrown: unknown): Problem {
  // Yoga parses the URL, which consists of the Host header and the path, only when it needs the URL.
  if ((thrown as { code?: unknown } | null)?.code === "ERR_INVALID_URL") {
    return { ...problemOf(400), message: "The Host header and the path make no valid address." };
  }
  const { message, extensions } = maskError(thrown, problemOf(500).message) as GraphQLError;
  const { code, http } = extensions as { code: RequestCode; http?: Pick<Problem, "status" | "headers"> };
  return { status: 400, code, message, ...http };
}
