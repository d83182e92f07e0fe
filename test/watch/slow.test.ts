import { expect, test } from "vitest";
import { createServer } from "../../src/server/server.ts";
import { testDatabase } from "../support/database.ts";
import { keptLog } from "../support/log.ts";
import { Organization } from "../support/makers.ts";

/** Operations that take long are logged with their statements. */

async function serverOf(slowOperation: number) {
  const log = keptLog();
  const server = createServer({
    database: await testDatabase(),
    logger: log.logger,
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 2_097_152,
    graphiql: null,
    slowOperation,
  });
  const { key } = await Organization.make();
  const ask = async (query: string, variables = {}) => {
    const response = await server.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    });
    await response.text();
    return response.headers.get("x-request-id");
  };
  return { ask, slow: () => log.lines().filter(({ msg }) => msg === "slow operation"), text: log.text };
}

const query = `query Slow($name: String!) {
  contacts(first: 7, filter: { and: [{ name: { eq: $name } }, { company: { in: ["canary", "canary"] } }] }) {
    totalCount nodes { name tags { name } }
  }
}`;

test("a slow operation is logged with its form and its statements, and with no value of either", async () => {
  const { ask, slow, text } = await serverOf(1);
  const requestId = await ask(query, { name: "canary" });
  const [line, ...others] = slow();
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    level: 40,
    requestId,
    operation: "Slow",
    type: "query",
    document: expect.stringContaining("contacts(first: 0, filter: {and: []})"),
    documentHash: expect.stringMatching(/^[\da-f]{16}$/),
  });
  const statements = line?.statements as { text: string; count: number; ms: number }[];
  expect(statements.length).toBeGreaterThan(1);
  expect(statements.every(({ text: sql, count, ms }) => sql.length > 10 && count > 0 && ms > 0)).toBe(true);
  expect(statements.map(({ text: sql }) => sql).join()).toMatch(/FROM "?(public"?\."?)?contact.*\$1/);
  expect(statements.map(({ ms }) => ms)).toEqual(statements.map(({ ms }) => ms).sort((a, b) => b - a));
  expect(text()).not.toContain("canary");
});

test("documents that differ in their values alone have the same hash", async () => {
  const { ask, slow } = await serverOf(1);
  await ask(query, { name: "a" });
  await ask(query.replace("first: 7", "first: 8").replaceAll("canary", "other"), { name: "a" });
  await ask(query.replace("name tags", "tags"), { name: "a" });
  const [one, other, third] = slow().map(({ documentHash }) => documentHash);
  expect(one).toBe(other);
  expect(third).not.toBe(one);
});

test("one that is fast enough is not logged, and none where nobody asks for it", async () => {
  for (const limit of [3_600_000, 0]) {
    const { ask, slow } = await serverOf(limit);
    await ask(query, { name: "a" });
    expect(slow()).toEqual([]);
  }
});

test("of many different statements the slowest are logged, cut to what a line can take", async () => {
  const { StatementTally } = await import("../../src/server/watch/statement-tally.ts");
  const tally = new StatementTally(true);
  for (let at = 0; at < 1000; at += 1) tally.add(`SELECT ${at} ${"x".repeat(10_000)}`, at % 50);
  const slowest = tally.slowest(20);
  expect(tally.count).toBe(1000);
  expect(slowest).toHaveLength(20);
  expect(slowest[0]).toMatchObject({ text: "others", count: 950 });
  expect(Math.max(...slowest.map(({ text }) => text.length))).toBeLessThanOrEqual(2001);
});
