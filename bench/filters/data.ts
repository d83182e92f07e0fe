import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Definition } from "../../src/db/catalogue.ts";
import { columnOf } from "../../src/db/columns.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { applyMigrations } from "../../src/db/migrate.ts";
import { fold } from "../../src/lib/fold.ts";
import { newId } from "../../src/lib/typeid.ts";
import { createKey } from "../../src/modules/api-key/key.ts";
import { deriveContact } from "../../src/modules/contact/contact.columns.ts";
import { makeDefinitions, makePerson, tagNames } from "./people.ts";

/** Makes the benchmark's database, or takes the one that an earlier run has kept. */

/** Goes up when the data change, so that a database that was kept is made anew. */
const DATA_VERSION = 1;

/** One organization of the benchmark. */
export interface Org {
  readonly id: string;
  readonly size: number;
  /** How many times smaller it is than the large one. */
  readonly scale: number;
  readonly key: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly definitions: readonly Definition[];
}

export interface World {
  readonly database: Database;
  readonly url: string;
  readonly large: Org;
  readonly small: Org;
  /** Closes it, and drops the database unless it is to be kept. */
  close(): Promise<void>;
}

/**
 * @param server a server on which a superuser may make databases: foreign keys are not checked row by row
 * @param size contacts of the large organization
 */
export async function openWorld(
  server: string,
  size: number,
  keep: boolean,
  say: (text: string) => void,
): Promise<World> {
  const name = `rolograph_bench_filters_${size}`;
  const admin = new pg.Client(server);
  await admin.connect();
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  const mark = `filters ${DATA_VERSION}`;
  const { rows } = await admin.query<{ mark: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = $1",
    [name],
  );
  const kept = rows[0]?.mark === mark;
  if (!kept) {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name}`);
  }
  const database = await openDatabase({ kind: "postgres", url, poolSize: 5, statementTimeout: 600_000 });
  await applyMigrations(database.pool, false);
  if (!kept) {
    await load(database, url, [size, Math.round(size / 10)], say);
    await admin.query(`COMMENT ON DATABASE ${name} IS '${mark}'`);
  }
  const organizations = await database.prisma.organization.findMany({ orderBy: { name: "asc" } });
  const [large, small] = await Promise.all(
    organizations.map(({ id }, at) => readOrg(database, id, at === 0 ? size : Math.round(size / 10), size)),
  );
  if (!large || !small) throw new Error(`${name} has not two organizations`);
  return {
    database,
    url,
    large,
    small,
    async close() {
      await database.close();
      if (!keep) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** An organization of the benchmark, with a new key of its own. */
export async function readOrg({ prisma }: Database, id: string, size: number, largest: number): Promise<Org> {
  const tags = await prisma.tag.findMany({ where: { orgId: id } });
  const definitions = await prisma.customField.findMany({ where: { orgId: id } });
  const { memberId } = await prisma.apiKey.findFirstOrThrow({ where: { orgId: id } });
  const { key, ...row } = createKey("TEST");
  // Used in a day, so that no use of it is noted in the middle of a measurement.
  const lastUsedAt = new Date(Date.now() + 86_400_000);
  await prisma.apiKey.create({
    data: { ...row, orgId: id, memberId, name: "Bench", scopes: ["ADMIN"], lastUsedAt },
  });
  return {
    id,
    size,
    scale: largest / size,
    key,
    tags: new Map(tags.map((tag) => [tag.name, tag.id])),
    definitions,
  };
}

async function load(
  database: Database,
  url: string,
  sizes: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  await inBulk(url, ["contact", "contact_tag", "deal", "activity"], say, async (client, done) => {
    for (const [at, size] of sizes.entries()) {
      const { orgId, memberId } = await loadContacts(database, client, `Organization ${at + 1}`, size);
      await loadChildren(client, orgId, memberId);
      done(`${size} contacts`);
    }
  });
}

/** Loads tables without their indexes and without the checks of foreign keys, and puts both back. */
export async function inBulk(
  url: string,
  tables: readonly string[],
  say: (text: string) => void,
  work: (client: pg.Client, done: (what: string) => void) => Promise<void>,
): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const started = Date.now();
  const done = (what: string) => say(`${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s  ${what}`);
  try {
    await client.query(
      "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off",
    );
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
       WHERE NOT i.indisprimary AND i.indrelid = ANY($1::regclass[])`,
      [tables],
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    await work(client, done);
    for (const { definition } of indexes) await client.query(definition);
    done(`${indexes.length} indexes`);
    await client.query("VACUUM ANALYZE");
    done("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}

/** One organization with its members, tags, custom fields and contacts, and the tags that these carry. */
export async function loadContacts(
  { prisma }: Database,
  client: pg.Client,
  name: string,
  size: number,
): Promise<{ orgId: string; memberId: string }> {
  const orgId = newId();
  await prisma.organization.create({
    data: { id: orgId, name, mode: "TEST", cursorSecret: new Uint8Array(randomBytes(32)) },
  });
  const owners = Array.from({ length: 10 }, newId);
  for (const [at, id] of owners.entries()) {
    const [userId, email] = [newId(), `${id}@example.com`];
    await prisma.user.create({ data: { id: userId, name: `Owner ${at}`, email, emailKey: email } });
    await prisma.member.create({ data: { orgId, id, userId, role: at === 0 ? "OWNER" : "MEMBER" } });
  }
  const { key: _, ...key } = createKey("TEST");
  const [memberId = ""] = owners;
  await prisma.apiKey.create({ data: { ...key, orgId, memberId, name: "First", scopes: ["ADMIN"] } });
  const definitions = makeDefinitions();
  for (const definition of definitions) {
    await prisma.customField.create({ data: { ...definition, options: [...definition.options], orgId } });
  }
  const tags = new Map(tagNames.map((tag) => [tag, newId()]));
  await prisma.tag.createMany({
    data: [...tags].map(([tag, id]) => ({ orgId, id, name: tag, nameKey: fold(tag) })),
  });
  const rowOf = (at: number): Record<string, unknown> => {
    const { columns, tags: carried, ...rest } = makePerson(at, size, owners);
    const tagIds = carried.map((tag) => tags.get(tag));
    const derived = deriveContact(columns, definitions);
    return { ...columns, ...derived, ...rest, tagIds, orgId, id: newId(), updatedAt: rest.createdAt };
  };
  const names = Object.keys(rowOf(0));
  const copy = client.query(copyFrom(`COPY contact (${names.map(columnOf).join(", ")}) FROM STDIN`));
  const lines = function* () {
    let batch = "";
    for (let at = 0; at < size; at += 1) {
      const row = rowOf(at);
      batch += `${names.map((column) => cell(row[column])).join("\t")}\n`;
      if (batch.length < 262_144) continue;
      yield batch;
      batch = "";
    }
    yield batch;
  };
  await pipeline(Readable.from(lines()), copy);
  await client.query(
    `INSERT INTO contact_tag (org_id, contact_id, tag_id, added_by_id, created_at)
     SELECT org_id, id, unnest(tag_ids), $2::uuid, created_at FROM contact WHERE org_id = $1::uuid`,
    [orgId, memberId],
  );
  return { orgId, memberId };
}

/** Two deals and one activity of each contact. No filter reads deals or activities: they only take room. */
async function loadChildren(client: pg.Client, orgId: string, memberId: string): Promise<void> {
  const of = [orgId, memberId];
  await client.query(
    `INSERT INTO deal (org_id, id, name, name_key, value, currency, stage, stage_key, contact_id, owner_id, created_at, updated_at)
     SELECT org_id, gen_random_uuid(), 'Deal', 'deal', 100, 'EUR', 'Demo', 'demo', id, $2::uuid, created_at, created_at
     FROM contact, generate_series(1, 2) WHERE org_id = $1::uuid`,
    of,
  );
  await client.query(
    `INSERT INTO activity (org_id, id, kind, occurred_at, contact_id, author_id, created_at, updated_at)
     SELECT org_id, gen_random_uuid(), 'NOTE', created_at, id, $2::uuid, created_at, created_at
     FROM contact WHERE org_id = $1::uuid`,
    of,
  );
}

/** A value as COPY reads it. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  return plain(value).replace(/[\\\n\r\t]/g, (letter) => escapes[letter] ?? letter);
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function plain(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    return `{${value.map((item) => `"${String(item).replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
