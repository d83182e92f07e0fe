import { afterEach, expect, test } from "vitest";
import { startMetrics } from "../../src/server/watch/metrics.ts";
import { oneConnection } from "../support/database.ts";
import { keptLog } from "../support/log.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";

/** Metrics are there when the database is not: that is when they are needed. */

let own: OwnDatabase | undefined;
let metrics: ReturnType<typeof startMetrics> | undefined;
afterEach(async () => {
  metrics?.stop();
  await own?.close();
});

const lines = async () => (await metrics?.registry.metrics())?.split("\n") ?? [];

test("while the database does not answer, they say so, and the numbers of jobs are left out", async () => {
  const { database, close } = await ownDatabase();
  metrics = startMetrics(database, keptLog().logger, "1.2.3");
  const up = await lines();
  expect(up).toContain("rolograph_database_up 1");
  expect(up.filter((line) => line.startsWith("rolograph_jobs{"))).not.toEqual([]);
  metrics.stop();
  metrics = startMetrics(database, keptLog().logger, "1.2.3");
  await close();
  own = undefined;
  const down = await lines();
  expect(down).toContain("rolograph_database_up 0");
  expect(down.filter((line) => line.startsWith("rolograph_jobs{"))).toEqual([]);
  expect(down.some((line) => line.startsWith("nodejs_") || line.startsWith("process_"))).toBe(true);
});

test.skipIf(oneConnection)(
  "a database that keeps them waiting holds up no scrape, and is known again when it answers",
  async () => {
    own = await ownDatabase();
    metrics = startMetrics(own.database, keptLog().logger, "1.2.3");
    const holder = await own.database.pool.connect();
    await holder.query("BEGIN; LOCK TABLE import_job IN ACCESS EXCLUSIVE MODE");
    expect(await lines()).toContain("rolograph_database_up 0");
    await holder.query("COMMIT");
    holder.release();
    await expect.poll(lines, { timeout: 20_000 }).toContain("rolograph_database_up 1");
  },
);
