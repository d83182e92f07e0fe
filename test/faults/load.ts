import { setTimeout as pause } from "node:timers/promises";
import { startPooler } from "../support/pooler.ts";
import { importRows } from "./ends.ts";
import { ask, type Instance } from "./instance.ts";
import { holds, Traffic } from "./traffic.ts";
import type { Scenario, World } from "./world.ts";

/** Many ask at once, through a pooler, or for much. */

const CHEAP = "{ viewer { permissions } tags { name } }";
const HEAVY =
  "{ contacts(first: 100) { totalCount nodes { id name email company title source createdAt updatedAt deals(first: 5) { nodes { id name } } activities(first: 5) { nodes { id subject } } } } }";

/** Milliseconds of one cheap client, one request after the other, and how many were refused. */
async function measure(url: string, key: string, count: number) {
  const times: number[] = [];
  let refused = 0;
  for (let at = 0; at < count; at += 1) {
    const from = performance.now();
    const { failed } = await ask(url, key, CHEAP);
    times.push(performance.now() - from);
    if (failed) refused += 1;
  }
  times.sort((a, b) => a - b);
  const quantile = (part: number) => times[Math.floor(part * (times.length - 1))] ?? 0;
  return { median: quantile(0.5), most: quantile(0.95), refused };
}

async function besideHeavy({ long, key }: World, server: Instance) {
  const count = long ? 200 : 15;
  await measure(server.url, key, 10);
  const alone = await measure(server.url, key, count);
  let over = false;
  const heavy = new Map<number, number>();
  let masked = 0;
  const clients = Array.from({ length: 200 }, async () => {
    while (!over) {
      const { status, failed } = await ask(server.url, key, HEAVY);
      heavy.set(status, (heavy.get(status) ?? 0) + 1);
      if (status === 200 && failed) masked += 1;
      if (failed) await pause(100);
    }
  });
  await pause(1_500);
  const beside = await measure(server.url, key, count);
  over = true;
  await Promise.all(clients);
  holds(masked === 0, `${masked} heavy answers had the status 200 and errors`);
  const words = `alone ${alone.median.toFixed(0)} ms, beside them ${beside.median.toFixed(0)} ms (95 %: ${beside.most.toFixed(0)} ms, ${(beside.median / alone.median).toFixed(0)} times), ${beside.refused} of ${count} refused; heavy ${[...heavy].map(([status, times]) => `${times} × ${status}`).join(", ")}`;
  return { refused: beside.refused, median: beside.median, words };
}

export const load: readonly Scenario[] = [
  {
    name: "one cheap client beside 200 heavy ones of its own organization",
    async run(world) {
      const any = { COST_PER_MINUTE: "0", ORGANIZATION_COST_PER_MINUTE: "0" };
      const importing = await world.serve(any);
      const id = await importRows(world, importing, 2_000);
      const state = async () =>
        JSON.stringify((await world.ask(importing, `{ importJob(id: "${id}") { state } }`)).data);
      while (!(await state()).includes("DONE")) await pause(100);
      await importing.stop();
      const inOrder = await world.serve({}, ["--import", "tsx", "test/faults/in-order.ts"]);
      const before = await besideHeavy(world, inOrder);
      await inOrder.kill();
      const after = await besideHeavy(world, await world.serve(any));
      holds(
        after.refused === 0,
        `the cheap one was refused: ${after.words}; in the order of asking: ${before.words}`,
      );
      return `in the order of asking: ${before.words}\n    by lanes: ${after.words}`;
    },
  },
  {
    name: "PgBouncer in transaction mode, started anew in the middle",
    short: true,
    async run(world) {
      const pooler = await startPooler(world.cluster.url);
      const env = { DATABASE_URL: pooler.url("app"), PREPARED_STATEMENTS: "false" };
      try {
        const server = await world.serve(env);
        const traffic = new Traffic(world.name, () => server.url, world.key);
        await traffic.until(40);
        await world.cluster.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'app' AND pid <> pg_backend_pid()",
        );
        await traffic.until(traffic.acknowledged.size + 40);
        await pooler.restart();
        await traffic.end();
        traffic.only(200, 409, 503, 504);
        await server.stop();
        return traffic.figures;
      } finally {
        await pooler.stop();
      }
    },
  },
  {
    name: "PgBouncer with two connections for the server's ten, all of which are locked for a while",
    async run(world) {
      const pooler = await startPooler(world.cluster.url, [
        "default_pool_size = 2",
        "query_wait_timeout = 5",
      ]);
      try {
        const server = await world.serve({
          DATABASE_URL: pooler.url("app"),
          PREPARED_STATEMENTS: "false",
          // Only the pooler ends a wait.
          DATABASE_WAIT_MS: "30000",
        });
        const traffic = new Traffic(world.name, () => server.url, world.key, { readers: 8, writers: 8 });
        await traffic.until(100);
        traffic.only(200);
        const before = traffic.figures;
        const letGo = await world.cluster.lock("contact");
        // Longer than those may wait who get none of the two.
        await pause(7_000);
        await letGo();
        await traffic.end();
        traffic.only(200, 409, 503, 504);
        await server.stop();
        return `before it was locked: ${before}\n    in all: ${traffic.figures}`;
      } finally {
        await pooler.stop();
      }
    },
  },
];
