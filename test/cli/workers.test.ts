import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killInstances, seen, startInstance } from "../support/instance.ts";
import { freePort } from "../support/pooler.ts";

/** WORKERS: several processes behind one port, as their operator starts them. */

const server = process.env.TEST_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";
const admin = new pg.Pool({ connectionString: server, connectionTimeoutMillis: 1000 });
const answers = await admin.query("SELECT 1").then(
  () => true,
  () => false,
);

const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: Object.assign(new URL(server), { pathname: `/${name}` }).toString(),
  DATABASE_POOL: "4",
  // More is asked at once than there are connections, on a machine that other tests keep busy.
  DATABASE_WAIT_MS: "60000",
  PORT: "0",
};
let directory: string;
let key: string;

const start = (more: Record<string, string> = {}) => startInstance({ ...env, WORKERS: "2", ...more });

/** Every request with a connection of its own, so that it may come to any worker. */
async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, connection: "close" },
    body: JSON.stringify({ query: "{ contacts(first: 1) { totalCount nodes { id } } }" }),
  });
  return response.json();
}
const askOften = (url: string) => Promise.all(Array.from({ length: 20 }, () => ask(url)));
const nothing = { data: { contacts: { totalCount: 0, nodes: [] } } };
const all = Array.from({ length: 20 }, () => nothing);

const lives = (pid: number | undefined): boolean => {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
};

describe.skipIf(!answers)("several workers", () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "rolograph-workers-"));
    await admin.query(`CREATE DATABASE ${name}`);
    const made = ["dist/main.js", "key", "--org", "Workers", "--email", "me@example.com", "--mode", "test"];
    const { stdout } = await promisify(execFile)(process.execPath, made, { env });
    key = /^API key: (\S+)$/m.exec(stdout)?.[1] ?? "";
  });
  afterAll(async () => {
    killInstances();
    await rm(directory, { recursive: true, force: true });
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });

  test("share one port and DATABASE_POOL, and each is replaced when it dies while the other answers", async () => {
    const { child, exited, url, workers, output } = start();
    const [first, second] = await workers(2);
    expect(new Set([child.pid, first, second]).size).toBe(3);
    const address = await url();

    let most = 0;
    let asking = true;
    const watch = (async () => {
      while (asking) {
        const { rows } = await admin.query<{ count: number }>(
          "SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1",
          [name],
        );
        most = Math.max(most, rows[0]?.count ?? 0);
      }
    })();
    for (let round = 0; round < 5; round += 1) expect(await askOften(address)).toEqual(all);
    asking = false;
    await watch;
    expect(most).toBeGreaterThan(2);
    // Four share the pool, and one of each worker listens.
    expect(most).toBeLessThanOrEqual(4 + 2);

    const dies = async (pid: number | undefined) => {
      process.kill(pid ?? 0, "SIGKILL");
      await seen(() => output().includes(`"worker":${pid},"code":null,"signal":"SIGKILL"`));
      expect(await askOften(address)).toEqual(all);
    };
    await dies(first);
    const [, , third] = await workers(3);
    await dies(second);
    const [, , , fourth] = await workers(4);
    expect((await fetch(address.replace("graphql", "health"))).status).toBe(200);
    await expect
      .poll(async () => (await fetch(address.replace("graphql", "ready"))).status, { timeout: 30_000 })
      .toBe(200);

    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect([child.pid, third, fourth].filter(lives)).toEqual([]);
  }, 240_000);

  test("have one address for the metrics of all, in which a worker that died keeps its share", async () => {
    const METRICS_PORT = String(await freePort());
    const { child, exited, url, workers } = start({ METRICS_PORT });
    const [first] = await workers(2);
    const address = await url();
    const counted = async () => {
      const text = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
      const series = [
        ...text.matchAll(/^rolograph_http_requests_total\{route="graphql",status="200"\} (\d+)$/gm),
      ];
      return series.map(([, count]) => Number(count));
    };
    expect(await askOften(address)).toEqual(all);
    await expect.poll(counted, { timeout: 20_000 }).toEqual([20]);
    process.kill(first ?? 0, "SIGKILL");
    await workers(3);
    expect(await askOften(address)).toEqual(all);
    await expect.poll(counted, { timeout: 20_000 }).toEqual([40]);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  }, 240_000);

  test("finish what they are at when they are told to stop", async () => {
    const { child, exited, url, workers, output } = start();
    await workers(2);
    const address = await url();
    const holder = new pg.Client(env.DATABASE_URL);
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE contact IN ACCESS EXCLUSIVE MODE");
    const waiting = askOften(address);
    await seen(async () => {
      const { rows } = await admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
        [name],
      );
      return rows.length >= 2;
    });
    child.kill("SIGTERM");
    await seen(() => output().split('"msg":"stopping"').length === 3);
    await holder.query("COMMIT");
    await holder.end();
    expect(await waiting).toEqual(all);
    expect(await exited).toBe(0);
  }, 240_000);

  test("are given up when none of them answers and one dies again and again as it starts", async () => {
    const broken = join(directory, "broken");
    const breaking = join(directory, "breaking.cjs");
    await writeFile(
      breaking,
      `if (require("node:cluster").isWorker && require("node:fs").existsSync(${JSON.stringify(broken)})) process.exit(7);`,
    );
    const { exited, workers, output } = start({ NODE_OPTIONS: `--require=${breaking}` });
    const pids = await workers(2);
    await writeFile(broken, "");
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect(await exited).toBe(1);
    expect(output()).toMatch(/^No worker answers, and \d+ in a row died as they started\. Giving up\.$/m);
    const pauses = [...output().matchAll(/"code":7,.*"pause":(\d+)/g)].map(([, pause]) => Number(pause));
    expect(Math.max(...pauses)).toBeGreaterThan(2 * Math.min(...pauses));
  }, 240_000);

  test("do not try again when the first one cannot start", async () => {
    const { child, exited, url } = start({ WORKERS: "1" });
    const { port } = new URL(await url());
    const late = start({ PORT: port });
    expect(await late.exited).toBe(1);
    expect(late.output()).toBe(
      "PORT is in use by another program: set PORT to a free one, or to 0 for any.\n",
    );
    child.kill("SIGTERM");
    await exited;
  }, 240_000);
});
