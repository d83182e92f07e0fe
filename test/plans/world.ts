import pg from "pg";
import { pino } from "pino";
import { inject } from "vitest";
import type { PutRows } from "../../bench/filters/organization.ts";
import { type Explainer, openExplainer } from "../../bench/servers/explain.ts";
import { tapStatements } from "../../bench/servers/proxy.ts";
import { rolograph } from "../../bench/servers/rolograph.ts";
import type { Letter, Sending } from "../../bench/servers/types.ts";
import type { Sent } from "../../bench/servers/wire.ts";
import { loadWorld, readWorld } from "../../bench/servers/world-data.ts";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { columnOf } from "../../src/db/prisma/columns.ts";
import type { Db } from "../../src/db/scope/db.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import { createServer } from "../../src/server/server.ts";

/** The benchmark's data in small, in a database of its own, and the statements that its requests lead to. */

export interface PlannedWorld {
  readonly explainer: Explainer;
  /** Each request of a workload, with the statements that the product sends for it. */
  record(letter: Letter): Promise<readonly (readonly Sent[])[]>;
  /** The statements that the product sends for a query, when it comes again. */
  recordQuery(query: string, variables?: object): Promise<readonly Sent[]>;
  /** The statements that reads of an organization's rows lead to. */
  readBy(work: (db: Db) => Promise<unknown>): Promise<readonly Sent[]>;
  /** The statements that a client of its own sends. */
  sentBy(work: (client: pg.Client) => Promise<unknown>): Promise<readonly Sent[]>;
  close(): Promise<void>;
}

/**
 * Contacts of both organizations, and activities of those that have many: five times what it takes for an index to be
 * worth it in every plan.
 */
const SIZE = 10_000;
const MANY = 1000;

/** Requests of a workload beyond which no new statement is to be expected. */
const REQUESTS = 16;

/** Rows in one statement for a few thousand, so that the tests need nothing that only the benchmark has. */
const insertRows: PutRows = async (client, table, names, rows) => {
  const columns = names.map(columnOf).join(", ");
  const store = (batch: readonly object[]) =>
    client.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
      [JSON.stringify(batch)],
    );
  let batch: object[] = [];
  for (const row of rows) {
    batch.push(Object.fromEntries(names.map((name) => [columnOf(name), row[name]])));
    if (batch.length < 2000) continue;
    await store(batch);
    batch = [];
  }
  if (batch.length > 0) await store(batch);
};

export async function openPlannedWorld(): Promise<PlannedWorld> {
  const server = inject("postgresUrl") ?? "";
  const name = `rolograph_plans_${process.pid}_${Date.now()}`;
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const close = async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  };
  try {
    return await fill(Object.assign(new URL(server), { pathname: `/${name}` }).toString(), close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param drop removes the database */
async function fill(url: string, drop: () => Promise<void>): Promise<PlannedWorld> {
  const tap = await tapStatements(url);
  const database = await openDatabase({
    kind: "postgres",
    url: tap.url,
    poolSize: 3,
    wait: 30_000,
    statementTimeout: 60_000,
  });
  await applyMigrations(database.pool, false);
  await loadWorld(database, url, { size: SIZE, many: MANY, put: insertRows, say: () => undefined });
  const world = await readWorld(database, url, SIZE);
  const yoga = createServer({
    database,
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
  });
  const ask = async ({ path, headers, body }: Sending): Promise<unknown> => {
    const response = await yoga.fetch(`http://test${path}`, { method: "POST", headers, body });
    const answer = (await response.json()) as { errors?: unknown };
    if (answer.errors) throw new Error(`${body}\nanswered\n${JSON.stringify(answer.errors)}`);
    return answer;
  };
  const explainer = await openExplainer(url, tap.options());
  const recordOne = async (sending: Sending): Promise<readonly Sent[]> => {
    // Statements are kept, compiled for and named when they come again.
    for (let time = 0; time < 3; time += 1) await ask(sending);
    tap.take();
    await ask(sending);
    return tap.take();
  };
  return {
    explainer,
    async record(letter) {
      const sendings = (await rolograph.sendings(letter, world, ask)).slice(0, REQUESTS);
      const recorded: (readonly Sent[])[] = [];
      for (const sending of sendings) recorded.push(await recordOne(sending));
      return recorded;
    },
    recordQuery(query, variables = {}) {
      const headers = { "content-type": "application/json", authorization: `Bearer ${world.org.key}` };
      return recordOne({ path: "/graphql", headers, body: JSON.stringify({ query, variables }) });
    },
    async readBy(work) {
      const { id: memberId } = await database.prisma.member.findFirstOrThrow({
        where: { orgId: world.org.id },
      });
      const db = scopedDb(database, { orgId: world.org.id, memberId, dataScope: "ALL" });
      tap.take();
      await work(db);
      return tap.take().filter(({ text }) => !text.includes("public.member"));
    },
    async sentBy(work) {
      const client = new pg.Client(tap.url);
      await client.connect();
      tap.take();
      await work(client);
      const sent = tap.take();
      await client.end();
      return sent;
    },
    async close() {
      await explainer.close();
      await database.close();
      tap.close();
      await drop();
    },
  };
}
