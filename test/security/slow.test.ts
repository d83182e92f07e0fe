import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";

/** Requests that arrive a byte at a time are closed, whether or not another byte comes, and hurt nobody. */

const query = '{"query":"{ __typename }"}';
let key: string;
let server: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  ({ key } = await Organization.make());
  server = await listening({ bodyTimeout: 300, headersTimeout: 300 });
});
afterAll(() => server.stop());

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\nauthorization: Bearer ${key}\r\ncontent-length: ${length}\r\n`;

/** Sends a text at once and then the bytes of another one by one, and gives what came until the connection closed. */
function trickle(begin: string, rest: string): Promise<string> {
  const socket: Socket = connect(server.port, "127.0.0.1");
  let received = "";
  return new Promise((resolve) => {
    socket
      .on("connect", async () => {
        socket.write(begin);
        for (const byte of rest) {
          await sleep(50);
          if (!socket.writable) return;
          socket.write(byte);
        }
      })
      .on("data", (bytes) => {
        received += bytes;
      })
      .on("error", () => socket.destroy())
      .on("close", () => resolve(received));
  });
}

test.each([
  ["a head that stops", "POST /graphql HTTP/1.1\r\n", ""],
  ["a head that trickles", "POST /graphql HTTP/1.1\r\n", "x".repeat(100)],
])("%s gets 408 and is closed", async (_case, begin, rest) => {
  const answer = await trickle(begin, rest);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
});

test.each([
  ["a body that stops", () => `${head(1000)}\r\n{`, ""],
  ["a body that trickles", () => `${head(1000)}\r\n{`, "x".repeat(100)],
])("%s gets 408 and is closed", async (_case, begin, rest) => {
  const answer = await trickle(begin(), rest);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
});

test("a clock that is set back gives a slow body no more time", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const slow = trickle(`${head(1000)}\r\n{`, "");
  await sleep(100);
  vi.setSystemTime(new Date("2000-01-01"));
  try {
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    vi.useRealTimers();
  }
});

test("a connection that never says anything is closed without a word", async () => {
  expect(await trickle("", "")).toBe("");
});

test("500 slow connections do not delay other requests", async () => {
  const slow = Array.from({ length: 500 }, (_, at) =>
    trickle(at % 2 ? "POST /graphql HTTP/1.1\r\nx" : `${head(1000)}\r\n{`, ""),
  );
  for (let at = 0; at < 20; at += 1) {
    const { status } = await server.talk(`${head(query.length)}connection: close\r\n\r\n${query}`);
    expect(status).toBe(200);
  }
  // All are closed. One of which nothing was read in time is closed without a word.
  const answers = await Promise.all(slow);
  expect(answers.filter((answer) => answer !== "" && !answer.startsWith("HTTP/1.1 408 "))).toEqual([]);
});
