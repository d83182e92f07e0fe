import { get } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BoundedNames } from "../../src/server/watch/bounded-names.ts";
import { startMetrics } from "../../src/server/watch/metrics.ts";
import { MetricsListener } from "../../src/server/watch/metrics-listener.ts";
import { testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { keptLog } from "../support/log.ts";
import { Organization } from "../support/makers.ts";

/** What Prometheus is told, through its own port. */

let metrics: ReturnType<typeof startMetrics>;
let listener: MetricsListener;
let server: Awaited<ReturnType<typeof listening>>;
let organization: Organization;
let port = 0;

beforeAll(async () => {
  metrics = startMetrics(await testDatabase(), keptLog().logger, "1.2.3");
  const { contentType } = metrics.registry;
  listener = new MetricsListener({ contentType, metrics: () => metrics.registry.metrics() });
  port = await listener.listen(0, "127.0.0.1");
  server = await listening({ observer: metrics, rates: { perCaller: 0, perOrganization: 0 } });
  organization = await Organization.make();
});
afterAll(async () => {
  await server.stop();
  listener.stop();
  metrics.stop();
});

const address = () => `http://127.0.0.1:${port}/metrics`;

/** Values by series, as Prometheus reads them, once all requests have ended. */
const scrape = (): Promise<Map<string, number>> =>
  vi.waitFor(async () => {
    const series = await read();
    expect(series.get("rolograph_http_requests_in_flight")).toBe(0);
    return series;
  });

async function read(): Promise<Map<string, number>> {
  const text = await (await fetch(address())).text();
  const series = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) series.set(name, Number(value));
  }
  return series;
}

/** How the series changed over some work. */
async function changes(work: () => Promise<unknown>) {
  const before = await scrape();
  await work();
  const after = await scrape();
  return (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
}

async function ask(query: string, key = organization.key, headers = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ query }),
  });
  await response.text();
  return response;
}

test("operations are counted by name, type and code, with their statements and their time", async () => {
  const query = "query Counted { contacts(first: 2) { totalCount nodes { name } } }";
  await ask(query);
  const by = await changes(async () => {
    await ask(query);
    await ask(query);
    await ask("query Counted { nothing }");
  });
  expect(by('rolograph_operations_total{operation="Counted",type="query",code="OK"}')).toBe(2);
  expect(
    by('rolograph_operations_total{operation="Counted",type="query",code="GRAPHQL_VALIDATION_FAILED"}'),
  ).toBe(1);
  expect(by('rolograph_operation_duration_seconds_count{operation="Counted"}')).toBe(3);
  // The key's each time, and the page's with its number twice.
  expect(by('rolograph_operation_sql_statements_sum{operation="Counted"}')).toBe(5);
  expect(by('rolograph_operation_sql_seconds_sum{operation="Counted"}')).toBeGreaterThan(0);
  expect(by('rolograph_http_requests_total{route="graphql",status="200"}')).toBe(3);
  expect(by('rolograph_sql_statement_duration_seconds_count{for="request"}')).toBeGreaterThanOrEqual(5);
  expect(by("rolograph_operation_cost_requested_count")).toBe(2);
  expect(
    by('rolograph_reads_total{how="replayed"}') + by('rolograph_reads_total{how="first"}'),
  ).toBeGreaterThan(0);
  expect(by("rolograph_pool_wait_seconds_count")).toBeGreaterThanOrEqual(5);
});

test("the actual cost is counted where it was asked for", async () => {
  const by = await changes(() => ask("{ viewer { permissions } }", organization.key, { "x-cost": "true" }));
  expect(by("rolograph_operation_cost_actual_count")).toBe(1);
  expect(by('rolograph_operations_total{operation="anonymous",type="query",code="OK"}')).toBe(1);
});

test("refused credentials are counted by their reason", async () => {
  const { key } = await organization.member({ revokedAt: new Date() });
  const by = await changes(() => ask("{ viewer { permissions } }", key));
  expect(by('rolograph_credentials_refused_total{reason="revoked_key"}')).toBe(1);
  expect(by('rolograph_http_requests_total{route="graphql",status="401"}')).toBe(1);
});

test("a mutation under the same idempotency key is counted as repeated, and a loader's batch by its keys", async () => {
  const { id: contactId } = await organization.contact();
  await organization.deal({ contactId });
  const create = `mutation { contactCreate(input: { name: "Twice", phoneNumbers: ["+33612345678"] }, idempotencyKey: "twice") { contact { id } } }`;
  const by = await changes(async () => {
    await ask(create);
    await ask(create);
    await ask("{ contacts(first: 5) { nodes { deals(first: 1) { nodes { contact { name } } } } } }");
  });
  expect(by('rolograph_writes_repeated_total{mutation="contactCreate"}')).toBe(1);
  expect(by('rolograph_loader_batch_keys_count{loader="Contact"}')).toBe(1);
});

test("jobs that wait are counted by kind, and the pool's connections told", async () => {
  const { prisma } = await testDatabase();
  const { id: memberId } = await organization.member();
  const { pool } = await testDatabase();
  await pool.query(
    `INSERT INTO duplicate_search (org_id, id, member_id, state) VALUES ($1, gen_random_uuid(), $2, 'QUEUED')`,
    [organization.id, memberId],
  );
  const waiting = 'rolograph_jobs{kind="duplicate_search",state="waiting"}';
  // The numbers are kept for some seconds.
  await vi.waitFor(async () => expect((await scrape()).get(waiting)).toBeGreaterThan(0), {
    timeout: 20_000,
    interval: 500,
  });
  await prisma.duplicateSearch.deleteMany({ where: { orgId: organization.id } });
  const series = await scrape();
  expect(series.get("rolograph_database_up")).toBe(1);
  expect(series.get("rolograph_pool_connections")).toBeGreaterThan(0);
  expect(series.get("rolograph_pool_connections_max")).toBeGreaterThanOrEqual(1);
  expect(series.get("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
  expect([...series.keys()].find((name) => name.startsWith("rolograph_build_info"))).toContain(
    'version="1.2.3"',
  );
});

test("no label tells of an organization, a key, an address or a value, and names of operations are bounded", async () => {
  const secret = await Organization.make();
  await secret.contact({ name: "canary-metrics", email: "canary-metrics@example.com" });
  await ask(
    'query Canary { contacts(filter: { name: { eq: "canary-metrics" } }) { nodes { email } } }',
    secret.key,
  );
  await ask("query { contacts { nodes { id } } }", secret.key, { "x-org-id": organization.globalId });
  for (let at = 0; at < 150; at += 1)
    await ask(`query Name${at} { viewer { permissions } }`, at % 2 ? secret.key : organization.key);
  await ask(`query ${"x".repeat(500)} { viewer { permissions } }`);
  const text = await (await fetch(address())).text();
  for (const told of ["canary-metrics", secret.id, secret.key.slice(0, 30), organization.id, "127.0.0.1"])
    expect(text).not.toContain(told);
  const names = new Set(
    [...text.matchAll(/^rolograph_operations_total\{operation="([^"]*)"/gm)].map(([, name]) => name),
  );
  expect(names.size).toBeLessThanOrEqual(101);
  expect(names).toContain("other");
  expect(Math.max(...[...names].map((name) => name?.length ?? 0))).toBeLessThan(101);
});

test("the first names that are answered are labels, and all others are one", () => {
  const names = new BoundedNames(2);
  expect(["x", "y", "z"].map((name) => names.labelOf(name, false))).toEqual(["other", "other", "other"]);
  expect(["a", "b", "c", "a", "d", "b"].map((name) => names.labelOf(name, true))).toEqual([
    "a",
    "b",
    "other",
    "a",
    "other",
    "b",
  ]);
});

test("only GET /metrics is answered there, in Prometheus' form, and several at once by one answer", async () => {
  expect((await fetch(address(), { method: "POST" })).status).toBe(405);
  expect((await fetch(address().replace("/metrics", "/graphql"))).status).toBe(404);
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(address())));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers[0]?.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  for (const line of texts[0]?.split("\n") ?? [])
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? \S+|)$/);
  // A scraper that goes away in the middle ends nothing.
  await new Promise<void>((resolve) => {
    const request = get(address(), (response) => {
      response.destroy();
      resolve();
    });
    request.on("error", () => resolve());
  });
  expect((await fetch(address())).status).toBe(200);
});

test("a port that is taken is refused by the setting's name", async () => {
  const other = new MetricsListener({ contentType: "text/plain", metrics: async () => "" });
  await expect(other.listen(port, "127.0.0.1")).rejects.toThrow(
    "METRICS_PORT is in use by another program: set METRICS_PORT to a free one, or leave it out.",
  );
});
