import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type Problem, problemOf, written } from "./problem.ts";

/** HTTP checks before Yoga: what Node.js' parser rejects, and the headers of each request. */

/** Most headers of one request. */
const MAX_HEADERS = 100;
/** Most characters of one header's value. Node.js limits all headers together to 16 KiB. */
const MAX_VALUE = 4096;
/** Headers that may be longer: tokens that list groups, and cookies of other applications on the same host. */
const LONG_HEADERS = new Set(["authorization", "cookie"]);

/** A name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** @returns the reason to refuse a request because of its headers; null if there is none */
export function headProblem({ headers, rawHeaders, httpVersion }: IncomingMessage): Problem | null {
  const { host } = headers;
  if (host === undefined ? httpVersion !== "1.0" : !HOST.test(host)) {
    const message = "Send one Host header: a name or an address, with or without a port.";
    return { ...problemOf(400), message };
  }
  // Names and values alternate.
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return { ...problemOf(431), message: `The request has more than ${MAX_HEADERS} headers.` };
  }
  for (let at = 1; at < rawHeaders.length; at += 2) {
    if ((rawHeaders[at]?.length ?? 0) <= MAX_VALUE) continue;
    if (!LONG_HEADERS.has(rawHeaders[at - 1]?.toLowerCase() ?? "")) {
      return { ...problemOf(431), message: `A header is longer than ${MAX_VALUE} characters.` };
    }
  }
  return null;
}

/**
 * The request target without scheme and host. Clients may send the absolute form, and servers must accept it (RFC
 * 9112, section 3.2.2).
 */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const [whole, path] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? [];
  if (whole === undefined) return target;
  return path?.startsWith("/") ? path : `/${path}`;
}

/** Called for each refusal; returns the request id for the answer. */
export type OnRefused = (
  problem: Problem,
  request?: Pick<IncomingMessage, "method" | "url">,
  outgoing?: ServerResponse | null,
) => string;

/** Answers with a problem and closes the connection, since it is unclear where the next request on it would begin. */
export function refuseRequest(outgoing: ServerResponse, problem: Problem, onRefused: OnRefused): void {
  const { body, headers } = written(problem, onRefused(problem, outgoing.req));
  outgoing.shouldKeepAlive = false;
  outgoing
    .writeHead(problem.status, { ...headers, "content-length": Buffer.byteLength(body) })
    .end(outgoing.req.method === "HEAD" ? undefined : body);
}

/** Answers requests that Node.js cannot parse or does not pass on, for which it would send an empty answer or none. */
export function answerUnreadable(http: Server, onRefused: OnRefused): void {
  http
    .on("checkExpectation", (_request, outgoing) => refuseRequest(outgoing, problemOf(417), onRefused))
    .on("connect", ({ method }, socket) =>
      refuseSocket(socket, problemOf(405), (problem) => onRefused(problem, { method })),
    )
    .on("clientError", (error: NodeJS.ErrnoException, socket) => {
      const silent = (socket as { readonly bytesRead?: number }).bytesRead === 0;
      // A connection that was opened in advance and never used is closed without an answer.
      if (!socket.writable || error.code === "ECONNRESET" || silent || answering(socket)?.headersSent) {
        return socket.destroy();
      }
      return refuseSocket(socket, problemOf(statuses.get(error.code) ?? 400), (problem) =>
        onRefused(problem, undefined, answering(socket)),
      );
    });
}

const statuses = new Map<string | undefined, number>([
  ["HPE_HEADER_OVERFLOW", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
]);

/**
 * The answer in progress on a connection. `_httpMessage` is private to Node.js, which has no public way to ask this.
 */
export const answering = (socket: Duplex): ServerResponse | null | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage;

function refuseSocket(socket: Duplex, problem: Problem, onRefused: (problem: Problem) => string): void {
  if (!socket.writable) return;
  const { body, headers } = written(problem, onRefused(problem));
  const lines = Object.entries({
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`,
    () => socket.destroy(),
  );
}
