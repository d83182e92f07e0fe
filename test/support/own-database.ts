import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { inject } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import type { Database } from "../../src/db/database.ts";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { type DatabaseHooks, openDatabase } from "../../src/db/open/database.ts";
import { newId } from "../../src/lib/typeid.ts";

/** A migrated database for one test only, which may change its tables. */
export interface OwnDatabase {
  readonly database: Database;
  /** Its organization. */
  readonly orgId: string;
  /** The key of its owner. */
  readonly key: string;
  close(): Promise<void>;
}

/** @param wait maximum milliseconds to wait for a connection, on PostgreSQL */
export async function ownDatabase(
  hooks: DatabaseHooks = {},
  { poolSize = 4, wait = 20_000 } = {},
): Promise<OwnDatabase> {
  const server = inject("postgresUrl");
  const { database, drop } =
    server === null ? await embedded(hooks) : await onPostgres(server, hooks, poolSize, wait);
  return {
    database,
    ...(await organizationIn(database)),
    async close() {
      await database.close();
      await drop();
    },
  };
}

async function embedded(hooks: DatabaseHooks) {
  const dump = new Blob([await readFile(inject("dumpPath") ?? "")]);
  return { database: await openDatabase({ kind: "memory", dump }, hooks), drop: async () => {} };
}

async function onPostgres(server: string, hooks: DatabaseHooks, poolSize: number, wait: number) {
  const name = `rolograph_test_own_${newId().replaceAll("-", "")}`;
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  const database = await openDatabase(
    { kind: "postgres", url, poolSize, statementTimeout: 20_000, wait },
    hooks,
  );
  await applyMigrations(database.pool, false);
  return {
    database,
    drop: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

async function organizationIn({ prisma }: Database) {
  const [orgId, userId, memberId] = [newId(), newId(), newId()];
  const email = `user-${userId}@example.com`;
  await prisma.organization.create({
    data: { id: orgId, name: "Own", mode: "TEST", cursorSecret: new Uint8Array(randomBytes(32)) },
  });
  await prisma.user.create({ data: { id: userId, name: "Owner", email, emailKey: email } });
  await prisma.member.create({ data: { orgId, id: memberId, userId, role: "OWNER", dataScope: "ALL" } });
  const { key, ...row } = createKey("TEST");
  await prisma.apiKey.create({
    data: { ...row, orgId, memberId, name: "Test", scopes: ["ADMIN"], lastUsedAt: new Date() },
  });
  return { orgId, key };
}
