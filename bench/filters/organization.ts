import { randomBytes } from "node:crypto";
import pg from "pg";
import { createKey } from "../../src/auth/key.ts";
import type { Database } from "../../src/db/database.ts";
import type { Definition } from "../../src/db/read/catalogue.ts";
import { deriveContact } from "../../src/entities/contact/contact.row.ts";
import { tagKey } from "../../src/lib/accents.ts";
import { newId } from "../../src/lib/typeid.ts";
import { makeDefinitions, makePerson, tagNames } from "./people.ts";

/** An organization of the benchmark: made, and read again. The tests of the plans make theirs by it too. */

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

/** Names of properties, and values by them. */
export type Row = Readonly<Record<string, unknown>>;

/** Stores rows in a table: by COPY, or by whatever is at hand. */
export type PutRows = (
  client: pg.Client,
  table: string,
  names: readonly string[],
  rows: Iterable<Row>,
) => Promise<void>;

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
    let said = Date.now();
    for (const [at, { definition }] of indexes.entries()) {
      await client.query(definition);
      if (Date.now() - said < 5000 && at + 1 < indexes.length) continue;
      done(`${at + 1} of ${indexes.length} indexes`);
      said = Date.now();
    }
    await client.query("VACUUM ANALYZE");
    done("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}

export interface ContactsOptions {
  readonly name: string;
  readonly size: number;
  readonly put: PutRows;
  /** Told what has been done. */
  readonly done: (what: string) => void;
}

/** One organization with its members, tags, custom fields and contacts, and the tags that these carry. */
export async function loadContacts(
  { prisma }: Database,
  client: pg.Client,
  { name, size, put, done }: ContactsOptions,
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
    data: [...tags].map(([tag, id]) => ({ orgId, id, name: tag, nameKey: tagKey(tag) })),
  });
  const rowOf = (at: number): Record<string, unknown> => {
    const { columns, tags: carried, ...rest } = makePerson(at, size, owners);
    const tagIds = carried.map((tag) => tags.get(tag));
    const derived = deriveContact(columns, definitions);
    return { ...columns, ...derived, ...rest, tagIds, orgId, id: newId(), updatedAt: rest.createdAt };
  };
  const names = Object.keys(rowOf(0));
  const rows = function* () {
    for (let at = 0; at < size; at += 1) {
      yield rowOf(at);
      if ((at + 1) % 100_000 === 0 || at + 1 === size) done(`${at + 1} of ${size} contacts`);
    }
  };
  await put(client, "contact", names, rows());
  await client.query(
    `INSERT INTO contact_tag (org_id, contact_id, tag_id, added_by_id, created_at)
     SELECT org_id, id, unnest(tag_ids), $2::uuid, created_at FROM contact WHERE org_id = $1::uuid`,
    [orgId, memberId],
  );
  return { orgId, memberId };
}
