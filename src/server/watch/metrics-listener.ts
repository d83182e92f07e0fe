import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MetricsPortError } from "./metrics-port.ts";

/** What is told under `/metrics`. */
export interface Exposed {
  readonly contentType: string;
  /** Prometheus' text. */
  metrics(): Promise<string>;
}

/** Milliseconds for the head of a request, which is all that there is of one. */
const TIMEOUT = 5_000;

/** Where Prometheus asks: a port of its own, with one address. */
export class MetricsListener {
  readonly #http: Server;
  #running: Promise<string> | null = null;

  constructor(exposed: Exposed) {
    this.#http = createServer(
      { headersTimeout: TIMEOUT, requestTimeout: TIMEOUT, keepAliveTimeout: TIMEOUT },
      async (incoming, outgoing) => {
        incoming.resume();
        const refuse = (status: number, headers: Record<string, string> = {}) =>
          void outgoing.writeHead(status, headers).end();
        if (incoming.url?.split("?", 1)[0] !== "/metrics") return refuse(404);
        if (incoming.method !== "GET") return refuse(405, { allow: "GET" });
        try {
          // Who asks while an answer is being made gets the same one.
          this.#running ??= exposed.metrics().finally(() => {
            this.#running = null;
          });
          const text = await this.#running;
          outgoing.writeHead(200, { "content-type": exposed.contentType }).end(text);
        } catch {
          refuse(500);
        }
      },
    );
    // A connection that is reset while it is answered must not end the process.
    this.#http.on("clientError", (_error, socket) => socket.destroy());
  }

  /**
   * @returns the port
   * @throws MetricsPortError where the port cannot be had
   */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http
        .once("error", (cause: NodeJS.ErrnoException) => reject(new MetricsPortError(cause)))
        .listen(port, host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  stop(): void {
    this.#http.close();
    this.#http.closeAllConnections();
  }
}
