import { afterAll, beforeAll, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { startTracing, type Tracing } from "../../src/server/watch/tracing.ts";
import { type CollectedSpan, startCollector } from "../support/collector.ts";
import { listening } from "../support/listener.ts";
import { keptLog } from "../support/log.ts";
import { Organization } from "../support/makers.ts";

/** Traces, as a collector gets them from the exporter. */

let collector: Awaited<ReturnType<typeof startCollector>>;
let tracing: Tracing;
let server: Awaited<ReturnType<typeof listening>>;
let organization: Organization;
const log = keptLog();

beforeAll(async () => {
  collector = await startCollector();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  process.env.OTEL_BSP_SCHEDULE_DELAY = "50";
  process.env.OTEL_RESOURCE_ATTRIBUTES = "deployment.environment.name=tests";
  tracing = startTracing(log.logger, "1.2.3");
  server = await listening({ tracer: tracing, logger: log.logger, compileAfter: 1 });
  organization = await Organization.make();
});
afterAll(async () => {
  await server.stop();
  await tracing.stop();
  collector.stop();
  for (const name of ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_RESOURCE_ATTRIBUTES"])
    delete process.env[name];
});

/** Sends an operation as part of a trace of its own, and gives the spans. */
async function traced(query: string, variables = {}, flags = "01") {
  const traceId = crypto.randomUUID().replaceAll("-", "");
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${organization.key}`,
      traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}`,
    },
    body: JSON.stringify({ query, variables }),
  });
  const requestId = response.headers.get("x-request-id");
  await response.text();
  return { traceId, requestId, spans: flags === "01" ? await collector.trace(traceId) : [] };
}

const childrenOf = (spans: readonly CollectedSpan[], parent: CollectedSpan | undefined) =>
  spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId);

const query = `query Traced($name: String!) {
  contacts(first: 5, filter: { name: { ne: $name }, notes: { ne: "canary-trace" } }) {
    nodes { name email deals(first: 2) { nodes { name } } }
  }
  viewer { permissions }
}`;

test("a trace goes from HTTP through the operation and its fields to SQL, also when it is compiled", async () => {
  await organization.contact({ name: "canary-trace", email: "canary-trace@example.com" });
  for (let time = 0; time < 3; time += 1) {
    const { spans, requestId, traceId } = await traced(query, { name: "canary-trace-variable" });
    const request = spans.find(({ kind }) => kind === 2);
    expect(request).toMatchObject({
      name: "POST graphql",
      // The caller's own span.
      parentSpanId: "00f067aa0ba902b7",
      attributes: { "http.response.status_code": 200, "rolograph.request_id": requestId },
    });
    const operation = childrenOf(spans, request).find(({ name }) => name === "query Traced");
    expect(operation?.attributes["graphql.operation.name"]).toBe("Traced");
    // Who calls is asked before there is an operation.
    const [credential] = childrenOf(spans, request).filter(({ kind }) => kind === 3);
    expect(credential?.attributes["db.query.text"]).toContain("FROM api_key");
    const fields = childrenOf(spans, operation).filter(({ kind }) => kind !== 3);
    expect(fields.map(({ name }) => name).sort()).toEqual(["Query.contacts", "Query.viewer"]);
    const list = childrenOf(
      spans,
      fields.find(({ name }) => name === "Query.contacts"),
    );
    expect(list.length).toBeGreaterThan(0);
    expect(list.every(({ name, kind }) => name === "SELECT" && kind === 3)).toBe(true);
    expect(list[0]?.attributes).toMatchObject({
      "db.system.name": "postgresql",
      "db.query.text": expect.stringContaining("$1"),
    });
    // The deals are read for all contacts at once.
    const texts = spans.map(({ attributes }) => String(attributes["db.query.text"] ?? ""));
    expect(texts.filter((text) => text.includes("deal")).length).toBe(1);
    expect(log.requests().find((line) => line.requestId === requestId)).toMatchObject({ traceId });
  }
  expect(collector.text()).not.toContain("canary-trace");
});

test("a failure is told by its code, and never in its own words", async () => {
  const { spans } = await traced('query Failing { contact(id: "canary-trace-id") { name } }');
  const operation = spans.find(({ name }) => name === "query Failing");
  expect(operation).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "BAD_ID" } });
  expect(operation?.status.message).toBeUndefined();
  expect(collector.text()).not.toContain("canary-trace");
});

test("requests beside each other have traces of their own", async () => {
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      traced(`query Beside${at} { contacts(first: 1) { nodes { name } } }`),
    ),
  );
  for (const [at, { spans }] of all.entries()) {
    expect(spans.filter(({ name }) => name.startsWith("query "))).toMatchObject([
      { name: `query Beside${at}` },
    ]);
    expect(
      spans.filter(({ attributes }) => String(attributes["db.query.text"]).includes("FROM api_key")),
    ).toHaveLength(1);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    for (const { parentSpanId = "" } of spans)
      expect(ids.has(parentSpanId) || parentSpanId === "00f067aa0ba902b7").toBe(true);
  }
});

test("what the caller does not sample is not traced", async () => {
  const { traceId, requestId } = await traced("query Unsampled { viewer { permissions } }", {}, "00");
  const { spans } = await traced("query Sampled { viewer { permissions } }");
  expect(spans.length).toBeGreaterThan(0);
  expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  expect(log.requests().find((line) => line.requestId === requestId)).not.toHaveProperty("traceId");
});

test("the service has its name and what OTEL_RESOURCE_ATTRIBUTES says", () => {
  expect(collector.resource()).toMatchObject({
    "service.name": "rolograph",
    "service.version": "1.2.3",
    "deployment.environment.name": "tests",
  });
});

test("fields of records are not wrapped, which thousands of them in an answer would feel", () => {
  const contact = schema.getType("Contact") as unknown as {
    getFields(): Record<string, { resolve?: unknown }>;
  };
  const { contacts } = schema.getQueryType()?.getFields() ?? {};
  expect(String(contacts?.resolve)).toContain("traced");
  for (const [name, { resolve }] of Object.entries(contact.getFields()))
    expect([name, String(resolve).includes("traced")]).toEqual([name, false]);
});
