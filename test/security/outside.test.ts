import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/db/open/database.ts";
import { listening, type Told } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";

/** Whatever goes wrong before or outside of GraphQL is told as what goes wrong within it. */

let key: string;
let server: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  ({ key } = await Organization.make());
  server = await listening();
});
afterAll(() => server.stop());

function checkProblem({ status, head, text }: Told, expected: number, code: string) {
  expect({ status, text }).toMatchObject({ status: expected });
  expect(head).toContain("content-type: application/json; charset=utf-8");
  const { errors } = JSON.parse(text.replace(/^[\da-f]+\r\n|\r\n0\r\n\r\n$/g, ""));
  expect(errors).toEqual([
    { message: expect.any(String), extensions: { code, requestId: expect.stringMatching(/^[\da-f-]{36}$/) } },
  ]);
  expect(head).toContain(`x-request-id: ${errors[0].extensions.requestId}`);
  expect(text).not.toMatch(/\bat .*:\d+|\.ts|\.js|node_modules|\/src\/|invalid url|hpe_|econn|select /i);
}

const query = '{"query":"{ __typename }"}';
const id = "import_job_01h455vb4pex5vsknk084sn02q";
/** A request with the caller's key, after which the connection ends. */
const request = (line: string, headers: readonly string[] = ["host: test"], body = "") =>
  [
    `${line} HTTP/1.1`,
    ...headers,
    `authorization: Bearer ${key}`,
    "connection: close",
    ...(body && ["content-type: application/json", `content-length: ${body.length}`]),
    "",
    body,
  ].join("\r\n");
const get = (search: string) => () =>
  request(`GET /graphql?${search}`, ["host: test", "x-graphql-yoga-csrf: 1"]);
const asked = "query=%7B__typename%7D";

test.each<[string, () => string, number, string]>([
  ["a Host that is none", () => request("GET /health", ["host: a b"]), 400, "BAD_REQUEST"],
  ["a Host with an impossible port", () => request("GET /x", ["host: a:99999"]), 400, "BAD_REQUEST"],
  ["two Hosts", () => request("GET /health", ["host: a", "host: b"]), 400, "BAD_REQUEST"],
  [
    "a query under a Host that is none",
    () => request("POST /graphql", ["host: a b"], query),
    400,
    "BAD_REQUEST",
  ],
  ["no Host", () => request("GET /health", []), 400, "BAD_REQUEST"],
  ["an address with nothing at it", () => request("GET /nowhere"), 404, "NOT_FOUND"],
  ["OPTIONS of everything", () => request("OPTIONS *"), 404, "NOT_FOUND"],
  ["the errors of an import that is none", () => request(`GET /imports/${id}/errors.csv`), 404, "NOT_FOUND"],
  [
    "the file of an export that is none",
    () => request("GET /exports/export_job_01h455vb4pex5vsknk084sn02q"),
    404,
    "NOT_FOUND",
  ],
  [
    "a POST for a file",
    () => request("POST /exports/export_job_01h455vb4pex5vsknk084sn02q"),
    405,
    "METHOD_NOT_ALLOWED",
  ],
  ["a POST for errors", () => request(`POST /imports/${id}/errors.csv`), 405, "METHOD_NOT_ALLOWED"],
  ["CONNECT", () => request("CONNECT test:80"), 405, "METHOD_NOT_ALLOWED"],
  ["an expectation", () => request("GET /health", ["host: test", "expect: tea"]), 417, "EXPECTATION_FAILED"],
  ["what is no HTTP", () => "hello\r\n\r\n", 400, "BAD_REQUEST"],
  ["HTTP/2 without TLS", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_REQUEST"],
  ["TLS at a port without", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "BAD_REQUEST"],
  ["HTTP/3", () => "GET /health HTTP/3.0\r\nhost: test\r\n\r\n", 400, "BAD_REQUEST"],
  [
    "an upgrade to a WebSocket",
    () =>
      request("GET /graphql", ["host: test", "upgrade: websocket", "sec-websocket-version: 13"]).replace(
        "connection: close",
        "connection: upgrade, close",
      ),
    403,
    "CSRF",
  ],
  ["a method that does not exist", () => request("BREW /graphql"), 400, "BAD_REQUEST"],
  [
    "two lengths",
    () => request("POST /graphql", ["host: test", "transfer-encoding: chunked"], query),
    400,
    "BAD_REQUEST",
  ],
  [
    "a chunk without a length",
    () => `${request("POST /graphql", ["host: test", "transfer-encoding: chunked"])}zz\r\n`,
    400,
    "BAD_REQUEST",
  ],
  [
    "headers of 20 KB",
    () => request("GET /health", ["host: test", `x: ${"y".repeat(20_000)}`]),
    431,
    "HEADERS_TOO_LARGE",
  ],
  [
    "an answer that cannot be had",
    () => request("POST /graphql", ["host: test", "accept: application/pdf"], query),
    406,
    "NOT_ACCEPTABLE",
  ],
  ["variables that are no JSON", get(`${asked}&variables=%7B`), 400, "BAD_REQUEST"],
  ["extensions that are no JSON", get(`${asked}&extensions=%7B`), 400, "BAD_REQUEST"],
  ["variables that are no object", get(`${asked}&variables=%5B%5D`), 400, "BAD_REQUEST"],
  ["two queries", get(`${asked}&${asked}`), 400, "BAD_REQUEST"],
  ["no query", get("variables=%7B%7D"), 400, "BAD_REQUEST"],
])("%s gets an answer in JSON with a code and the request's id", async (_case, text, status, code) => {
  checkProblem(await server.talk(text()), status, code);
});

test.each([
  ["in UTF-16", ["content-type: application/json; charset=utf-16"], 415, "UNSUPPORTED_MEDIA_TYPE"],
  [
    "of two types",
    ["content-type: application/json", "content-type: text/plain"],
    415,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
  [
    "with a compressed file",
    ["content-type: multipart/form-data; boundary=x", "content-encoding: gzip", "x-graphql-yoga-csrf: 1"],
    415,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
])("a body %s is refused in JSON", async (_case, headers, status, code) => {
  const head = request("POST /graphql", ["host: test", ...headers, `content-length: ${query.length}`]);
  checkProblem(await server.talk(head + query), status, code);
});

test("an address with its scheme and host, as proxies send it, is the one behind them", async () => {
  expect(await server.talk(request("GET http://test/health"))).toMatchObject({ status: 200 });
  expect(await server.talk(request("POST HTTP://test:80/graphql", ["host: test"], query))).toMatchObject({
    status: 200,
    text: '{"data":{"__typename":"Query"}}',
  });
  for (const target of ["http://test", "http://test?x", "http://test/x/health"])
    checkProblem(await server.talk(request(`GET ${target}`)), 404, "NOT_FOUND");
});

test("bytes that are no UTF-8 are refused also beside a file", async () => {
  const operations = Buffer.from(
    '{"query":"{ __typename }","variables":{"file":null,"name":"\u00ff"}}',
    "latin1",
  );
  const part = (name: string) => `--x\r\ncontent-disposition: form-data; name="${name}"`;
  const body = Buffer.concat([
    Buffer.from(`${part("operations")}\r\n\r\n`),
    operations,
    Buffer.from(
      `\r\n${part("map")}\r\n\r\n{"0":["variables.file"]}\r\n${part("0")}; filename="a.csv"\r\n\r\na\r\n--x--\r\n`,
    ),
  ]);
  const type = "content-type: multipart/form-data; boundary=x";
  const head = request("POST /graphql", [
    "host: test",
    type,
    "x-graphql-yoga-csrf: 1",
    `content-length: ${body.length}`,
  ]);
  checkProblem(await server.talk(Buffer.concat([Buffer.from(head), body])), 400, "BAD_REQUEST");
});

test("a mutation whose answer could not be sent is not executed", async () => {
  const organization = await Organization.make();
  const create = JSON.stringify({
    query: 'mutation { contactCreate(input: { name: "P", email: "p@example.com" }) { contact { id } } }',
  });
  const send = (more: readonly string[]) =>
    server.talk(request("POST /graphql", ["host: test", ...more], create).replace(key, organization.key));
  expect(await send(["accept: application/pdf"])).toMatchObject({ status: 406 });
  expect((await send(["accept: text/html, application/json;q=0.9"])).text).toContain(
    '{"contact":{"id":"contact_',
  );
});

/** A database that takes connections and ends them, as one that is shut down does. */
async function goneDatabase() {
  const listener = createServer((socket: Socket) => socket.destroy());
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { port: number };
  const url = `postgresql://nobody@127.0.0.1:${port}/nothing`;
  const database = await openDatabase({ kind: "postgres", url, poolSize: 2, statementTimeout: 1_000 });
  onTestFinished(async () => {
    await database.close();
    listener.close();
  });
  return database;
}

test("while the database is unavailable, every path answers 503 with Retry-After", async () => {
  const { talk, stop } = await listening({ database: await goneDatabase() });
  onTestFinished(stop);
  for (const text of [
    request("POST /graphql", ["host: test"], query),
    request(`GET /imports/${id}/errors.csv`),
    request("GET /exports/export_job_01h455vb4pex5vsknk084sn02q"),
    request("GET /ready"),
  ]) {
    const told = await talk(text);
    checkProblem(told, 503, "SERVICE_UNAVAILABLE");
    expect(told.head).toContain("retry-after: 1");
  }
  expect(await talk(request("GET /health"))).toMatchObject({ status: 200 });
});
