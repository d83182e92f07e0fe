import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { expect, onTestFinished, vi } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { createServer } from "../../src/server/server.ts";

/** A server for one request, which shows when its caller has left and when its work has ended. */
export async function lonely(database: Database) {
  const gateway = createServer({
    database,
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 2_097_152,
    graphiql: null,
  });
  let url = "";
  let left = Promise.resolve();
  const ended = new Promise<void>((resolve) => {
    const http = createHttpServer((incoming, outgoing) => {
      left = new Promise((gone) => outgoing.once("close", gone));
      void gateway(incoming, outgoing).finally(resolve);
    });
    onTestFinished(() => void http.close());
    http.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
    });
  });
  await vi.waitFor(() => expect(url).not.toBe(""));
  const ask = (key: string, query: string, signal: AbortSignal) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
      signal,
    });
  return { ask, ended, left: () => left };
}
