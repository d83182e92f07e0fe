import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killInstances, startInstance } from "../support/instance.ts";
import { admin, databaseUrl, postgresAnswers, program } from "../support/program.ts";

/** Two instances that share one limit per minute in PostgreSQL, as their operator starts them. */

const answers = await postgresAnswers();
const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
/** Costs 802 of 1,000: more than half a minute must pass until it fits again. */
const dear = "{ contacts(first: 100) { nodes { id name email company title source createdAt updatedAt } } }";

describe.skipIf(!answers)("RATE_STORE=postgres", () => {
  let key: string;
  beforeAll(async () => {
    await admin(`CREATE DATABASE ${name}`);
    const { out } = await program(["key", "--org", "Rates", "--email", "me@example.com"], {
      DATABASE_URL: databaseUrl(name),
    });
    key = /^API key: (\S+)$/m.exec(out)?.[1] ?? "";
  });
  afterAll(async () => {
    killInstances();
    await admin(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  const ask = async (url: string) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}`, "x-cost": "true" },
      body: JSON.stringify({ query: dear }),
    });
    const { extensions } = (await response.json()) as { extensions?: { cost: { requested: number } } };
    return { status: response.status, requested: extensions?.cost.requested };
  };

  test("two instances share one limit, and requests are answered though the table is locked", async () => {
    const env = {
      DATABASE_URL: databaseUrl(name),
      PORT: "0",
      RATE_STORE: "postgres",
      COST_LIMIT: "1000",
      COST_PER_MINUTE: "1000",
    };
    const [first, second] = [startInstance(env), startInstance(env)];
    const [here, there] = [await first.url(), await second.url()];
    expect(await ask(here)).toEqual({ status: 200, requested: 802 });
    expect((await ask(there)).status).toBe(429);
    expect((await ask(here)).status).toBe(429);

    const holder = new pg.Client(databaseUrl(name));
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE rate_bucket IN ACCESS EXCLUSIVE MODE");
    // Each counts for itself now.
    expect((await ask(here)).status).toBe(200);
    expect((await ask(there)).status).toBe(200);
    expect((await ask(there)).status).toBe(429);
    await holder.end();
    await expect.poll(async () => (await ask(there)).status).toBe(429);
    expect(second.output()).toContain("this process counts costs for itself for now");
    for (const { child, exited } of [first, second]) {
      child.kill("SIGTERM");
      expect(await exited).toBe(0);
    }
  });
});
