import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Gateway } from "./gateway.ts";
import { answering, answerUnreadable, headProblem, originForm, refuseRequest } from "./protocol.ts";

/** Milliseconds for the head of a request to arrive. */
const HEADERS_TIMEOUT = 15_000;
/** Milliseconds for a whole request: a large file may take a quarter of an hour. */
const REQUEST_TIMEOUT = 900_000;
/** Milliseconds after which a connection on which nothing moves is closed, also within a request. */
const SILENCE_TIMEOUT = 120_000;
/** Milliseconds between two looks for requests that take too long to arrive. */
const CHECK_EVERY = 1_000;

/** Milliseconds without a request after which nobody is taken to send any more to a server that nobody watches. */
const QUIET = 200;
/** Milliseconds for which who has asked whether the server is ready is taken to ask again. */
const WATCHED_FOR = 60_000;
/** Milliseconds between two looks at what a stop waits for. */
const LOOK_EVERY = 20;
/** Milliseconds for a head that has begun to arrive when the port is closed. */
const LAST_HEADS = 1_000;

/** Paths of health checks, which keep coming for as long as the server answers. */
const READY = "/ready";
const HEALTH = "/health";

export interface ListenerOptions {
  /** Milliseconds for which a connection without a request is kept open. */
  readonly keepAliveTimeout: number;
  /** Milliseconds for which a stop goes on taking connections, as long as requests come or a balancer has to notice. */
  readonly shutdownDelay: number;
  /** Milliseconds for the head of a request to arrive; 15 seconds when left out. */
  readonly headersTimeout?: number;
}

/** Takes connections for a gateway, and stops without losing a request. */
export class Listener {
  readonly #http: Server;
  readonly #shutdownDelay: number;
  readonly #sockets = new Set<Socket>();
  #running = 0;
  #stopping = false;
  /** When the last request came that somebody means, by a clock that nobody sets. Kept only while stopping. */
  #lastRequest = 0;
  /** When it was last asked whether the server is ready, by the same clock. */
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(
    gateway: Gateway,
    { keepAliveTimeout, shutdownDelay, headersTimeout = HEADERS_TIMEOUT }: ListenerOptions,
  ) {
    this.#shutdownDelay = shutdownDelay;
    this.#http = createServer(
      {
        // Two Authorization headers arrive as one text with a comma, and are refused as such.
        joinDuplicateHeaders: true,
        headersTimeout,
        requestTimeout: REQUEST_TIMEOUT,
        connectionsCheckingInterval: CHECK_EVERY,
        keepAliveTimeout,
        // Looked for here, where the refusal is JSON.
        requireHostHeader: false,
      },
      async (incoming, outgoing) => {
        const problem = headProblem(incoming);
        if (problem) return refuseRequest(outgoing, problem, gateway.refused);
        incoming.url = originForm(incoming.url ?? "");
        const [path] = incoming.url.split("?", 1);
        if (path === READY) this.#lastLook = performance.now();
        else if (this.#stopping && path !== HEALTH) this.#lastRequest = performance.now();
        this.#running += 1;
        try {
          await gateway(incoming, outgoing);
        } finally {
          this.#running -= 1;
        }
      },
    );
    this.#http.timeout = SILENCE_TIMEOUT;
    answerUnreadable(this.#http, gateway.refused);
    this.#http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Requests without an answer, also of callers who have gone. */
  get running(): number {
    return this.#running;
  }

  /** @returns the port */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", reject).listen(port, host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /**
   * Ends when all that has arrived is answered. At first connections are still taken, each for one answer, so that
   * nothing is lost that was on its way: for the whole delay where a balancer watches the server, since how often it
   * looks, and how often it must see the server unready, is its own; else until it is quiet.
   */
  async stop(): Promise<void> {
    if (!this.#http.listening) return;
    this.#stopping = true;
    const began = performance.now();
    this.#lastRequest = began;
    while (this.#isExpected(performance.now()) && performance.now() - began < this.#shutdownDelay)
      await sleep(LOOK_EVERY);
    // Right after Node.js has taken what waited at the port.
    await setImmediate();
    let open = true;
    this.#http.close(() => {
      open = false;
    });
    const closed = performance.now();
    while (open || this.#running > 0) {
      this.#http.closeIdleConnections();
      this.#closeUnused(performance.now() - closed > LAST_HEADS);
      await sleep(LOOK_EVERY);
    }
  }

  #isExpected(now: number): boolean {
    return now - this.#lastRequest < QUIET || now - this.#lastLook < WATCHED_FOR;
  }

  /** Node.js takes a connection for busy from its beginning on, though nothing may ever come. */
  #closeUnused(late: boolean): void {
    for (const socket of this.#sockets) {
      if (!answering(socket) && (late || socket.bytesRead === 0)) socket.destroy();
    }
  }
}
