import { createServer as createHttpServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testServer } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Bodies as they come through a connection: in pieces, too large, and broken off. */

const query = '{"query":"{ __typename }"}';
const answer = '{"data":{"__typename":"Query"}}';

let http: Server;
let head: string;
beforeAll(async () => {
  const { key } = await Organization.make();
  head = `POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\nauthorization: Bearer ${key}\r\n`;
  http = createHttpServer(await testServer());
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => http.close(resolve)));

/** Sends pieces one by one, and gives all that comes back until the connection ends or has had its answers. */
function talk(pieces: readonly (string | Uint8Array)[], answers = 1): Promise<string> {
  const socket = connect({ port: (http.address() as AddressInfo).port, host: "127.0.0.1" });
  let received = "";
  return new Promise((resolve) => {
    const send = (at: number) => {
      const piece = pieces[at];
      if (piece !== undefined && !socket.destroyed) socket.write(piece, () => setImmediate(send, at + 1));
    };
    socket
      .on("connect", () => send(0))
      .on("data", (bytes) => {
        received += bytes;
        if (received.split(/\}\r?\n?(?=HTTP|$)/).length > answers) socket.end();
      })
      .on("error", () => socket.destroy())
      .on("close", () => resolve(received));
  });
}

const sized = (length: number) => `${head}content-length: ${length}\r\n\r\n`;
const chunked = () => `${head}transfer-encoding: chunked\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

test.each([
  ["whole", () => [sized(query.length) + query]],
  ["in pieces", () => [sized(query.length), ...query]],
  ["in chunks without a length", () => [chunked(), ...[...query].map(chunk), chunk("")]],
])("a body that comes %s is read", async (_how, pieces) => {
  const text = await talk(pieces());
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text.endsWith(answer)).toBe(true);
});

test("requests on one connection are answered in their order", async () => {
  const text = await talk([(sized(query.length) + query).repeat(3)], 3);
  expect(text.split(answer)).toHaveLength(4);
});

test("a character that is cut between two pieces is one character", async () => {
  const bytes = Buffer.from('{"query":"{ __typename }","variables":{"é":"é"}}');
  const cut = bytes.indexOf(0xc3) + 1;
  const text = await talk([sized(bytes.length), bytes.subarray(0, cut), bytes.subarray(cut)]);
  expect(text.endsWith(answer)).toBe(true);
});

test.each([
  ["says so", () => [sized(2_000_000)]],
  ["does not say so", () => [chunked(), chunk("x".repeat(1_048_576)), chunk("x")]],
])(
  "a body that is too large and %s gets 413 while it arrives, and the connection ends",
  async (_how, pieces) => {
    const text = await talk(pieces());
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(text).toContain("PAYLOAD_TOO_LARGE");
  },
);

test("a request that breaks off harms nobody else's", async () => {
  const socket = connect({ port: (http.address() as AddressInfo).port, host: "127.0.0.1" });
  await new Promise<void>((resolve) =>
    socket.write(sized(query.length) + query.slice(0, 5), () => resolve()),
  );
  socket.destroy();
  expect(await talk([sized(query.length) + query])).toContain(answer);
});

test("bytes that are no UTF-8 leave nothing behind for the next body", async () => {
  const cut = Buffer.concat([Buffer.from(sized(3)), Buffer.from([0x22, 0xe2, 0x82])]);
  expect(await talk([cut])).toMatch(/^HTTP\/1\.1 400 /);
  expect(await talk([sized(query.length) + query])).toContain(answer);
});
