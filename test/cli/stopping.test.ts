import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killInstances, seen, startInstance } from "../support/instance.ts";

/** Stopping, as a balancer, a caller and an operator see it. */

const server = process.env.TEST_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";
const admin = new pg.Pool({ connectionString: server, connectionTimeoutMillis: 1000 });
const answers = await admin.query("SELECT 1").then(
  () => true,
  () => false,
);

const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
const DATABASE_URL = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
/** The machine is busy with other tests: nobody is refused for that. */
const env = { DATABASE_URL, DATABASE_POOL: "8", DATABASE_WAIT_MS: "30000" };
let key: string;

async function start(more: Record<string, string>) {
  const instance = startInstance({ ...env, PORT: "0", ...more });
  if (more.WORKERS !== "1") await instance.workers(Number(more.WORKERS));
  return { ...instance, port: Number(new URL(await instance.url()).port) };
}

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
  readonly text: string;
}

function ask(port: number, agent: Agent, query: string, path = "/graphql"): Promise<Answer> {
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const method = path === "/graphql" ? "POST" : "GET";
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${key}`,
      ...(method === "POST" && { "content-length": Buffer.byteLength(body) }),
    };
    request({ port, host: "127.0.0.1", agent, method, path, headers }, (answer: IncomingMessage) => {
      let text = "";
      answer
        .on("data", (chunk) => {
          text += chunk;
        })
        .on("end", () =>
          resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection, text }),
        );
    })
      .on("error", reject)
      .end(method === "POST" ? body : undefined);
  });
}

const list = "{ contacts(first: 1) { totalCount } }";

/** Holds all contacts back until it is let go, so that what asks for them runs for as long as a test wants. */
async function lockContacts() {
  const holder = new pg.Client(DATABASE_URL);
  await holder.connect();
  await holder.query("BEGIN; LOCK TABLE contact IN ACCESS EXCLUSIVE MODE");
  const waiting = async (count: number) =>
    seen(async () => {
      const { rows } = await admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
        [name],
      );
      return rows.length >= count;
    });
  return { waiting, letGo: () => holder.query("COMMIT").then(() => holder.end()) };
}

describe.skipIf(!answers).each([{ WORKERS: "1" }, { WORKERS: "2" }])("with WORKERS=$WORKERS", (workers) => {
  beforeAll(async () => {
    if (key) return;
    await admin.query(`CREATE DATABASE ${name}`);
    const made = ["dist/main.js", "key", "--org", "Stopping", "--email", "me@example.com", "--mode", "test"];
    const { stdout } = await promisify(execFile)(process.execPath, made, { env: { ...process.env, ...env } });
    key = /^API key: (\S+)$/m.exec(stdout)?.[1] ?? "";
  });

  test("from the signal on the server is not ready, each answer ends its connection, and what has arrived is answered", async () => {
    const { child, exited, port, output } = await start(workers);
    const agent = new Agent({ keepAlive: true });
    const idle = await ask(port, agent, list);
    expect(idle).toMatchObject({ status: 200, connection: "keep-alive" });
    const { waiting, letGo } = await lockContacts();
    const running = Array.from({ length: 3 }, () => ask(port, new Agent({ keepAlive: true }), list));
    await waiting(3);
    child.kill("SIGTERM");
    await seen(() => output().includes('"msg":"stopping"'));
    // A balancer that asks now has its answer, on a new connection as on the one that it kept.
    await seen(async () => (await ask(port, new Agent(), "", "/ready")).status === 503);
    expect(await ask(port, agent, "", "/ready")).toMatchObject({ status: 503, connection: "close" });
    await letGo();
    for (const answer of await Promise.all(running)) {
      expect(answer).toMatchObject({ status: 200, connection: "close" });
      expect(answer.text).toContain('"totalCount":0');
    }
    expect(await exited).toBe(0);
    expect(output()).not.toMatch(/"level":[56]0|after calling end/);
  }, 240_000);

  test("what does not end within SHUTDOWN_TIMEOUT_MS is cut off, and the log says nothing else of it", async () => {
    const { child, exited, port, output } = await start({ ...workers, SHUTDOWN_TIMEOUT_MS: "300" });
    const { waiting, letGo } = await lockContacts();
    const create =
      'mutation { contactCreate(input: { name: "C", email: "c@example.com" }) { contact { id } } }';
    const cut = expect(ask(port, new Agent(), create)).rejects.toThrow();
    await waiting(1);
    child.kill("SIGTERM");
    // The contacts are still held: nothing but the time ends the request.
    expect(await exited).toBe(0);
    await cut;
    await letGo();
    expect(output()).toContain('"msg":"requests that still ran after SHUTDOWN_TIMEOUT_MS were cut off"');
    expect(output()).not.toMatch(/"level":[56]0|after calling end/);
  }, 240_000);

  test("a second signal ends at once", async () => {
    const { child, exited, port } = await start(workers);
    const { waiting, letGo } = await lockContacts();
    const cut = expect(ask(port, new Agent(), list)).rejects.toThrow();
    await waiting(1);
    child.kill("SIGTERM");
    await sleep(300);
    child.kill("SIGINT");
    expect(await exited).toBe(130);
    await cut;
    await letGo();
  }, 240_000);

  test("a signal and its echo are one", async () => {
    const { child, exited } = await start(workers);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  }, 240_000);

  test("a rolling restart of two instances behind a small proxy loses no request", async () => {
    const total = Number(process.env.ROLLING_REQUESTS ?? 200);
    // Several workers start slowly: one of the two is replaced.
    const wanted = workers.WORKERS === "1" ? 2 : 1;
    const proxy = await balancer(await Promise.all([start(workers), start(workers)]));
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const statuses = new Map<number | string, number>();
    let sent = 0;
    let restarts = 0;
    const client = async () => {
      while (sent < total || restarts < wanted) {
        sent += 1;
        const status = await ask(proxy.port, agent, list).then(
          (answer) => answer.status,
          (error: NodeJS.ErrnoException) => error.code ?? error.message,
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 16 }, client);
    while (restarts < wanted || sent < total) {
      const old = proxy.instances[0];
      const next = await start(workers);
      proxy.instances.push(next);
      old?.child.kill("SIGTERM");
      expect(await old?.exited).toBe(0);
      proxy.instances.shift();
      restarts += 1;
    }
    await Promise.all(clients);
    expect(Object.fromEntries(statuses)).toEqual({ 200: sent });
    agent.destroy();
    proxy.close();
    for (const { child } of proxy.instances) child.kill("SIGKILL");
  }, 300_000);

  afterAll(killInstances);
});

afterAll(async () => {
  if (answers) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
});

type Instance = Awaited<ReturnType<typeof start>>;

/**
 * Hands requests by turns to the instances that say that they are ready, over connections that it keeps, and asks them
 * so seldom that a stop is nearly over when it hears of it. A request that fails is not sent again.
 */
async function balancer(instances: Instance[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const unready = new Set<Instance>();
  let turn = 0;
  const looking = setInterval(() => {
    for (const instance of instances) {
      ask(instance.port, new Agent(), "", "/ready").then(
        ({ status }) => (status === 200 ? unready.delete(instance) : unready.add(instance)),
        () => unready.add(instance),
      );
    }
  }, 1_500);
  const http: Server = createServer((incoming, outgoing) => {
    const ready = instances.filter((instance) => !unready.has(instance));
    turn += 1;
    const instance = ready[turn % ready.length];
    if (!instance) return outgoing.writeHead(502).end();
    const { method, url: path, headers } = incoming;
    return incoming.pipe(
      request({ port: instance.port, host: "127.0.0.1", agent, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, { "content-type": "application/json" });
        answer.pipe(outgoing);
      }).on("error", () => outgoing.headersSent || outgoing.writeHead(502).end()),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const close = () => {
    clearInterval(looking);
    agent.destroy();
    http.close();
    http.closeAllConnections();
  };
  return { port, instances, close };
}
