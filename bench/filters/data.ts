import pg from "pg";
import type { Database } from "../../src/db/database.ts";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { copyRows } from "./copy.ts";
import { inBulk, loadContacts, type Org, readOrg } from "./organization.ts";

/** Makes the benchmark's database, or takes the one that an earlier run has kept. */

/** Goes up when the data change, so that a database that was kept is made anew. */
const DATA_VERSION = 1;

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

async function load(
  database: Database,
  url: string,
  sizes: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  await inBulk(url, ["contact", "contact_tag", "deal", "activity"], say, async (client, done) => {
    for (const [at, size] of sizes.entries()) {
      const { orgId, memberId } = await loadContacts(database, client, {
        name: `Organization ${at + 1}`,
        size,
        put: copyRows,
        done,
      });
      await loadChildren(client, orgId, memberId);
    }
  });
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
