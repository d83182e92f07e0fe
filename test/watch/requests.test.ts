import { connect } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import { encodeId } from "../../src/db/ids.ts";
import { testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { keptLog } from "../support/log.ts";
import { Organization } from "../support/makers.ts";

/** One line a request: what it was, how it ended, what it cost, and whose it was. */

const log = keptLog();
let server: Awaited<ReturnType<typeof listening>>;
let organization: Organization;

beforeAll(async () => {
  server = await listening({ logger: log.logger, authFailures: 1000 });
  organization = await Organization.make();
});
afterAll(() => server.stop());

const headers = (key: string) => ({ "content-type": "application/json", authorization: `Bearer ${key}` });

/** Sends a request and gives its answer and the one line that the log has of it. */
async function lineOf(send: () => Promise<Response>) {
  log.clear();
  const response = await send();
  const text = await response.text();
  const line = await vi.waitFor(() => {
    const [only, ...others] = log.requests();
    expect(others).toEqual([]);
    expect(only).toBeDefined();
    return only as NonNullable<typeof only>;
  });
  return { response, text, line };
}

const ask = (body: object, key = organization.key, more = {}) =>
  lineOf(() =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { ...headers(key), ...more },
      body: JSON.stringify(body),
    }),
  );

test("an operation has one line with its name, its code, its time, its statements, its cost and its key", async () => {
  const { prisma } = await testDatabase();
  const [{ id: keyId } = { id: "" }] = await prisma.apiKey.findMany({ where: { orgId: organization.id } });
  const query = "query Names { contacts(first: 5) { totalCount nodes { name } } }";
  await ask({ query });
  const { line, response, text } = await ask({ query });
  expect(line).toMatchObject({
    level: 30,
    msg: "request",
    requestId: response.headers.get("x-request-id"),
    method: "POST",
    route: "graphql",
    operation: "Names",
    type: "query",
    code: "OK",
    status: 200,
    cost: { requested: expect.any(Number) },
    keyId: encodeId("ApiKey", keyId),
    orgId: encodeId("Organization", organization.id),
  });
  // The key's, and the page with its number.
  expect(line.statements).toBe(2);
  expect(line.ms).toBeGreaterThan(line.sqlMs as number);
  expect(line.bytes).toBeGreaterThan(text.length);
  expect(line).not.toHaveProperty("gone");
  expect(line).not.toHaveProperty("address");
});

test("the actual cost is in it where the caller asked for it", async () => {
  const { line, text } = await ask({ query: "{ viewer { permissions } }" }, organization.key, {
    "x-cost": "true",
  });
  const { requested, actual } = JSON.parse(text).extensions.cost;
  expect(line).toMatchObject({ operation: "anonymous", cost: { requested, actual } });
});

test("what stands in the document, in variables and in the address is in no line", async () => {
  const canary = "canary-in-request";
  await organization.contact({ name: canary, email: `${canary}@example.com` });
  log.clear();
  const query = `query Find($value: String!) { contacts(filter: { name: { eq: $value }, notes: { ne: "${canary}" } }) { nodes { name email } } }`;
  const { text } = await ask({ query, variables: { value: canary } });
  expect(text).toContain(`${canary}@example.com`);
  const address = `/graphql?query=${encodeURIComponent(`{ contacts(filter: { name: { eq: "${canary}" } }) { totalCount } }`)}&canary=${canary}`;
  const seen = log.text();
  await lineOf(() =>
    fetch(server.url + address, { headers: { ...headers(organization.key), "x-graphql-yoga-csrf": "1" } }),
  );
  expect(seen + log.text()).not.toContain(canary);
  await lineOf(() => fetch(`${server.url}/${canary}`));
  expect(log.text()).not.toContain(canary);
});

test.each([
  ["a body that is no JSON", 400, "BAD_REQUEST", { method: "POST", body: "{" }],
  [
    "a document that cannot be parsed",
    200,
    "GRAPHQL_PARSE_FAILED",
    { method: "POST", body: '{"query":"{"}' },
  ],
  [
    "a field that is not there",
    200,
    "GRAPHQL_VALIDATION_FAILED",
    { method: "POST", body: '{"query":"{ nothing }"}' },
  ],
  ["a method that is not taken", 405, "METHOD_NOT_ALLOWED", { method: "PUT", body: "{}" }],
])("%s has its line with the code and the id that its caller is told", async (_, status, code, init) => {
  const { line, text } = await lineOf(() =>
    fetch(`${server.url}/graphql`, { headers: headers(organization.key), ...init }),
  );
  const [{ extensions }] = JSON.parse(text).errors;
  expect(line).toMatchObject({ status, code, requestId: extensions.requestId });
  expect(extensions.code).toBe(code);
});

test.each([
  ["/nothing", 404, "NOT_FOUND", "other"],
  ["/exports/export_job_01h455vb4pex5vsknk084sn02q", 404, "NOT_FOUND", "download"],
])("%s has its line", async (path, status, code, route) => {
  const { line } = await lineOf(() => fetch(server.url + path, { headers: headers(organization.key) }));
  expect(line).toMatchObject({ method: "GET", route, status, code });
});

test("probes have theirs for those who look for it alone", async () => {
  const { line } = await lineOf(() => fetch(`${server.url}/health`));
  expect(line).toMatchObject({ level: 20, route: "probe", status: 200 });
});

test("what never becomes a request has its line too, with the id that is answered", async () => {
  for (const [text, status] of [
    ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["nonsense\r\n\r\n", 400],
    ["CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405],
  ] as const) {
    log.clear();
    const told = await server.talk(text);
    expect(told.status).toBe(status);
    const [{ extensions }] = JSON.parse(told.text).errors;
    expect(log.requests()).toEqual([
      expect.objectContaining({ status, code: extensions.code, requestId: extensions.requestId }),
    ]);
  }
});

test("why a credential is refused is in the log, with its key and address, and not in the answer", async () => {
  const now = Date.now();
  const revoked = await organization.member({ revokedAt: new Date(now - 1000) });
  const expired = await organization.member({ expiresAt: new Date(now - 1000) });
  const unknown = createKey("TEST");
  const valid = await organization.member();
  const guessed = createKey("TEST").key;
  const answers = new Set<string>();
  for (const [credential, reason, keyId] of [
    [revoked.key, "revoked_key", revoked.keyId],
    [unknown.key, "unknown_key", unknown.id],
    [`${guessed.slice(0, -1)}x`, "malformed_key", undefined],
    [expired.key, "expired_key", expired.keyId],
  ] as const) {
    const { line, text, response } = await ask({ query: "{ viewer { permissions } }" }, credential);
    expect(response.status).toBe(401);
    expect(line).toMatchObject({ status: 401, reason, address: "127.0.0.1" });
    expect(line.keyId).toBe(keyId && encodeId("ApiKey", keyId));
    expect(text).not.toContain(reason);
    if (reason !== "expired_key") answers.add(text.replace(/"requestId":"[^"]*"/, ""));
    expect(log.text()).not.toContain(credential);
  }
  expect(answers.size).toBe(1);
  const { line } = await lineOf(() =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    }),
  );
  expect(line).toMatchObject({ code: "UNAUTHENTICATED", reason: "no_credential" });
  const elsewhere = await Organization.make();
  const { line: other } = await ask({ query: "{ viewer { permissions } }" }, valid.key, {
    "x-org-id": elsewhere.globalId,
  });
  expect(other).toMatchObject({ status: 403, code: "ORG_FORBIDDEN", reason: "wrong_organization" });
});

test("a caller who hangs up has a line that says so", async () => {
  log.clear();
  const body = JSON.stringify({ query: "query Left { contacts(first: 50) { nodes { name } } }" });
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  const lines = [
    "POST /graphql HTTP/1.1",
    "Host: a",
    "Content-Type: application/json",
    `Authorization: Bearer ${organization.key}`,
    `Content-Length: ${body.length + 10}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`, () => setTimeout(() => socket.destroy(), 50));
  await vi.waitFor(() => expect(log.requests()).toHaveLength(1));
  expect(log.requests()).toEqual([
    expect.objectContaining({
      gone: true,
      orgId: encodeId("Organization", organization.id),
      code: "BAD_REQUEST",
    }),
  ]);
});

test("requests that run side by side have their own statements each", async () => {
  const other = await Organization.make();
  await other.contact({});
  const cheap = "query Cheap { viewer { permissions } }";
  const dear =
    "query Dear { contacts(first: 5) { nodes { name deals(first: 1) { nodes { name } } tags { name } } } }";
  const send = (query: string, key: string) =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: headers(key),
      body: JSON.stringify({ query }),
    });
  for (let warm = 0; warm < 3; warm += 1)
    await Promise.all([send(cheap, organization.key), send(dear, other.key)]);
  log.clear();
  await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      at % 2 ? send(cheap, organization.key) : send(dear, other.key),
    ).map(async (sent) => (await sent).text()),
  );
  await vi.waitFor(() => expect(log.requests()).toHaveLength(40));
  expect(log.requests().filter(({ code }) => code !== "OK")).toEqual([]);
  const counts = (name: string) =>
    new Set(
      log
        .requests()
        .filter((line) => line.operation === name)
        .map(({ statements }) => statements),
    );
  expect([...counts("Cheap")]).toEqual([1]);
  expect(counts("Dear").size).toBe(1);
  expect(Math.min(...([...counts("Dear")] as number[]))).toBeGreaterThan(1);
});
