import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Gateway } from "./gateway.ts";
import { answering, answerUnreadable, headProblem, originForm, refuseRequest } from "./protocol.ts";

/** Milliseconds for the headers of a request to arrive. */
const HEADERS_TIMEOUT = 15_000;
/** Milliseconds for a whole request to arrive, which is enough for a large file: 15 minutes. */
const REQUEST_TIMEOUT = 900_000;
/** Milliseconds without data, in either direction, after which a connection is closed. */
const SILENCE_TIMEOUT = 120_000;
/** Milliseconds between two checks for requests that exceed the timeouts above. */
const CHECK_EVERY = 1_000;

/**
 * During a stop: milliseconds without a request after which no more requests are expected, if no load balancer checks
 * `/ready`.
 */
const QUIET = 200;
/** Milliseconds since the last request to `/ready` during which a load balancer is assumed to check it. */
const WATCHED_FOR = 60_000;
/** Milliseconds between two checks of what a stop waits for. */
const LOOK_EVERY = 20;
/** Milliseconds for the headers of a request that had begun to arrive when the port was closed. */
const LAST_HEADS = 1_000;

/** Paths of health checks. During a stop they do not count as requests, since they never end. */
const READY = "/ready";
const HEALTH = "/health";

export interface ListenerOptions {
  /** Milliseconds that an idle connection is kept open. */
  readonly keepAliveTimeout: number;
  /** Most milliseconds that the server accepts connections after a stop began. */
  readonly shutdownDelay: number;
  /** Milliseconds for the headers of a request to arrive; 15 seconds by default. */
  readonly headersTimeout?: number;
}

/** Accepts connections for a gateway, and stops without losing a request. */
export class Listener {
  readonly #http: Server;
  readonly #shutdownDelay: number;
  readonly #sockets = new Set<Socket>();
  #running = 0;
  #stopping = false;
  /** `performance.now()` of the last request that is not a health check; set only during a stop. */
  #lastRequest = 0;
  /** `performance.now()` of the last request to `/ready`. */
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(
    gateway: Gateway,
    { keepAliveTimeout, shutdownDelay, headersTimeout = HEADERS_TIMEOUT }: ListenerOptions,
  ) {
    this.#shutdownDelay = shutdownDelay;
    this.#http = createServer(
      {
        // Two Authorization headers become one value with a comma, which is refused.
        joinDuplicateHeaders: true,
        headersTimeout,
        requestTimeout: REQUEST_TIMEOUT,
        connectionsCheckingInterval: CHECK_EVERY,
        keepAliveTimeout,
        // Checked by `headProblem`, which refuses with JSON.
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

  /** Number of requests in progress, also of clients that have disconnected. */
  get running(): number {
    return this.#running;
  }

  /** @returns the port that the server listens on */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", reject).listen(port, host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /**
   * Stops the server, and resolves when every request was answered. At first connections are still accepted, each for
   * one request, so that requests under way are not lost: during the whole `shutdownDelay` if a load balancer checks
   * `/ready`, since it needs several checks to notice; otherwise until QUIET milliseconds pass without a request.
   */
  async stop(): Promise<void> {
    if (!this.#http.listening) return;
    this.#stopping = true;
    const began = performance.now();
    this.#lastRequest = began;
    while (this.#isExpected(performance.now()) && performance.now() - began < this.#shutdownDelay)
      await sleep(LOOK_EVERY);
    // Lets Node.js accept the connections that are waiting in the listen queue.
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

  /** `closeIdleConnections` skips connections on which no request has begun, so they are closed here. */
  #closeUnused(late: boolean): void {
    for (const socket of this.#sockets) {
      if (!answering(socket) && (late || socket.bytesRead === 0)) socket.destroy();
    }
  }
}
