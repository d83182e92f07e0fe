import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "../../src/db/open/database.ts";
import { testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";

/** Callers who hang up while PostgreSQL works for them. The embedded database cannot be asked to stop. */

const url = inject("databaseUrl");
const patient = { timeout: 15_000, interval: 20 };

/** A server over a database whose one connection serves everybody, with what it logs. */
async function serverOfOneConnection(prepareAfter: number) {
  const database = await openDatabase(
    // Nobody waits so long here: what ends earlier was cancelled.
    { kind: "postgres", url: url ?? "", poolSize: 1, wait: 20_000, statementTimeout: 85_000 },
    { prepareAfter },
  );
  let logged = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const server = await listening({ database, logger: pino({ level: "warn" }, stream) });
  onTestFinished(async () => {
    await server.stop();
    await database.close();
  });
  return {
    server,
    database,
    logged: () => logged,
    ask: (key: string, query: string, signal?: AbortSignal) =>
      fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
        ...(signal && { signal }),
      }),
    pid: async () => (await database.pool.query("SELECT pg_backend_pid() AS pid")).rows[0]?.pid as number,
  };
}

/** Keeps every reader of a table waiting until it is let go, and tells who waits. */
async function locked(table: string) {
  const { pool } = await testDatabase();
  const holder = await pool.connect();
  await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  let held = true;
  const letGo = async () => {
    if (held) await holder.query("ROLLBACK");
    if (held) holder.release();
    held = false;
  };
  onTestFinished(letGo);
  const isWaiting = async (pid: number) => {
    const text = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
    return (await pool.query(text, [pid])).rows.length === 1;
  };
  return { letGo, isWaiting };
}

const always = 0;
const never = 1_000;

test.skipIf(url === null).each([
  ["a page", "contact", "{ contacts { nodes { name } } }", always],
  ["a page that Prisma reads", "contact", "{ contacts { nodes { name } } }", never],
  ["a count", "contact", "{ contacts { totalCount } }", always],
  [
    "a filter's fields",
    "custom_field",
    '{ contacts(query: { groups: [{ conditions: [{ field: "custom.x", op: EQ, value: "a" }] }] }) { nodes { name } } }',
    always,
  ],
  ["the use of tags", "lead", "{ tags { name contactCount } }", always],
  ["children of a page", "deal", "{ contacts { nodes { name deals { nodes { name } } } } }", always],
])(
  "when a caller hangs up, the statement for %s is cancelled, and its connection serves the next one",
  async (_what, table, query, prepareAfter) => {
    const organization = await Organization.make();
    const contact = await organization.contact();
    await organization.deal({ contactId: contact.id });
    await organization.tag("Red");
    await organization.customField({ slug: "x", type: "TEXT" });
    const { ask, pid, logged, database } = await serverOfOneConnection(prepareAfter);
    // Who calls is known from then on.
    const answer = await (await ask(organization.key, query)).json();
    expect(answer).not.toHaveProperty("errors");
    const connection = await pid();
    const { isWaiting, letGo } = await locked(table);
    const caller = new AbortController();
    const asked = ask(organization.key, query, caller.signal);
    asked.catch(() => undefined);
    await vi.waitFor(async () => expect(await isWaiting(connection)).toBe(true), patient);
    caller.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(async () => expect(await isWaiting(connection)).toBe(false), patient);
    await vi.waitFor(() => expect(database.pool.idleCount).toBe(1), patient);
    await letGo();
    expect(await (await ask(organization.key, query)).json()).toEqual(answer);
    expect(await pid()).toBe(connection);
    expect(logged()).toBe("");
  },
);

test.skipIf(url === null)(
  "when a caller hangs up, the statement of a mutation goes on to its end",
  async () => {
    const organization = await Organization.make();
    const { ask, pid, logged, server, database } = await serverOfOneConnection(always);
    const connection = await pid();
    const { isWaiting, letGo } = await locked("contact");
    const caller = new AbortController();
    const mutation =
      'mutation { contactCreate(input: { name: "L", email: "left@example.com" }) { contact { id } } }';
    const asked = ask(organization.key, mutation, caller.signal);
    asked.catch(() => undefined);
    await vi.waitFor(async () => expect(await isWaiting(connection)).toBe(true), patient);
    caller.abort();
    await expect(asked).rejects.toThrow();
    // What the server answers next, it answers after it has heard of it.
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await isWaiting(connection)).toBe(true);
    await letGo();
    await vi.waitFor(() => expect(database.pool.idleCount).toBe(1), patient);
    const left = await ask(organization.key, "{ contacts { nodes { email } } }");
    expect(await left.json()).toEqual({ data: { contacts: { nodes: [{ email: "left@example.com" }] } } });
    expect(logged()).toBe("");
  },
);
