import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MetricsPortError } from "./metrics-port.ts";

/** The metrics that `/metrics` returns. */
export interface Exposed {
  readonly contentType: string;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
}

/** Milliseconds for the headers of a request to arrive; requests have no body. */
const TIMEOUT = 5_000;

/** A separate port for Prometheus, with one path. */
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
          // Scrapes at the same time share one answer.
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
    // Without a listener, a connection that is reset during its answer would end the process.
    this.#http.on("clientError", (_error, socket) => socket.destroy());
  }

  /**
   * @returns the port
   * @throws MetricsPortError if the port cannot be opened
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
