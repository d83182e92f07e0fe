import { connect } from "node:net";
import { pino } from "pino";
import { Listener, type ListenerOptions } from "../../src/server/listener.ts";
import { createServer, type ServerOptions } from "../../src/server/server.ts";
import { testDatabase } from "./database.ts";

/** The server at a separate port until it is stopped, for requests and answers that `fetch` cannot send or see. */
export async function listening({
  headersTimeout,
  shutdownDelay = 0,
  ...options
}: Partial<ServerOptions> & Partial<Pick<ListenerOptions, "headersTimeout" | "shutdownDelay">> = {}) {
  const gateway = createServer({
    database: options.database ?? (await testDatabase()),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 2_097_152,
    graphiql: null,
    ...options,
  });
  const listener = new Listener(gateway, {
    keepAliveTimeout: 75_000,
    shutdownDelay,
    ...(headersTimeout !== undefined && { headersTimeout }),
  });
  const port = await listener.listen(0, "127.0.0.1");
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    talk: (text: string | Uint8Array) => talk(port, text),
    stop: () => listener.stop(),
  };
}

export interface Told {
  readonly status: number;
  /** The status line and the headers, in lower case. */
  readonly head: string;
  readonly text: string;
}

/** Sends a text unchanged on a new connection, and returns everything received until the server closes it. */
function talk(port: number, text: string | Uint8Array): Promise<Told> {
  const socket = connect({ port, host: "127.0.0.1" });
  let received = "";
  return new Promise((resolve) => {
    socket
      .on("connect", () => socket.write(text))
      .on("data", (bytes) => {
        received += bytes;
      })
      .on("error", () => socket.destroy())
      .on("close", () => {
        const end = received.indexOf("\r\n\r\n");
        const head = received.slice(0, end).toLowerCase();
        const [, status] = /^http\/1\.1 (\d{3})/.exec(head) ?? [];
        resolve({ status: Number(status), head, text: received.slice(end + 4) });
      });
  });
}
