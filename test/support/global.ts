import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { makePool } from "../../src/db/open/connections.ts";
import { startEmbedded } from "../../src/db/open/embedded.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A PostgreSQL server, or null for the embedded database. */
    postgresUrl: string | null;
    /** The migrated database on that server. */
    databaseUrl: string | null;
    /** File with a dump of a migrated embedded database. */
    dumpPath: string | null;
  }
}

/** Migrates once: a new database on PostgreSQL, or a dump of PGlite. Every worker starts from it. */
export default async function setup(project: TestProject) {
  const url = project.getProvidedContext().postgresUrl ?? null;
  return url === null ? setupEmbedded(project) : setupPostgres(project, url);
}

async function setupEmbedded(project: TestProject) {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-test-"));
  const embedded = await startEmbedded({});
  const pool = makePool(embedded.connection);
  await applyMigrations(pool, true);
  await pool.end();
  const dumpPath = join(directory, "migrated.tar");
  await writeFile(dumpPath, Buffer.from(await (await embedded.dump()).arrayBuffer()));
  await embedded.close();
  project.provide("dumpPath", dumpPath);
  project.provide("databaseUrl", null);
  return () => rm(directory, { recursive: true, force: true });
}

async function setupPostgres(project: TestProject, url: string) {
  const name = `rolograph_test_${process.pid}_${Date.now()}`;
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const databaseUrl = Object.assign(new URL(url), { pathname: `/${name}` }).toString();
  const pool = makePool({ connectionString: databaseUrl });
  await applyMigrations(pool, false);
  await pool.end();
  project.provide("databaseUrl", databaseUrl);
  project.provide("dumpPath", null);
  return async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  };
}
