import type pg from "pg";
import type { Database } from "../../src/db/database.ts";
import { inBulk, loadContacts, type Org, type PutRows, readOrg } from "../filters/organization.ts";

/**
 * The data under the servers: two organizations with half of the contacts each. Every contact has two deals and five
 * activities on average, the newest ones more than five of each; in the second organization twenty of the newest
 * fifty have 10 000 activities each.
 */

/** Of the newest contacts, how many have more than five deals and activities. */
const BUSY = 2000;

/** A place in the list of contacts from the newest to the oldest. */
export interface Place {
  readonly row: number;
  readonly createdAt: string;
  readonly id: string;
}

/** What the requests name. */
export interface World {
  readonly url: string;
  readonly size: number;
  /** The organization that is asked about, and the one with the contacts of 10 000 activities. */
  readonly org: Org;
  readonly heavy: Org;
  /** Contacts to read one by one. */
  readonly cards: readonly string[];
  /** Contacts to change. */
  readonly targets: readonly string[];
  readonly deep: Place;
  readonly counts: Readonly<Record<"contacts" | "deals" | "activities" | "conversations", number>>;
}

/** What the requests name, and a key for each organization. */
export async function readWorld(database: Database, url: string, size: number): Promise<World> {
  const organizations = await database.prisma.organization.findMany({ orderBy: { name: "asc" } });
  const [org, heavy] = await Promise.all(
    organizations.map(({ id }) => readOrg(database, id, size / 2, size / 2)),
  );
  if (!org || !heavy) throw new Error("the benchmark's database has not two organizations");
  const idsFrom = async (row: number, count: number) => {
    const { rows } = await database.pool.query<{ id: string; createdAt: string }>(
      `SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "createdAt" FROM contact
       WHERE org_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT $3`,
      [org.id, row, count],
    );
    return rows;
  };
  const deepRow = Math.min(100_000, Math.floor(size / 5));
  const [place] = await idsFrom(deepRow - 1, 1);
  if (!place) throw new Error(`there is no row ${deepRow}`);
  const { rows } = await database.pool.query<{ name: string; rows: number }>(
    "SELECT relname AS name, reltuples::int AS rows FROM pg_class WHERE relname IN ('contact', 'deal', 'activity', 'conversation')",
  );
  const rowsOf = (name: string) => rows.find((row) => row.name === name)?.rows ?? 0;
  return {
    url,
    size,
    org,
    heavy,
    cards: (await idsFrom(100, 256)).map(({ id }) => id),
    targets: (await idsFrom(Math.floor(size / 4), 2000)).map(({ id }) => id),
    deep: { row: deepRow, ...place },
    counts: {
      contacts: rowsOf("contact"),
      deals: rowsOf("deal"),
      activities: rowsOf("activity"),
      conversations: rowsOf("conversation"),
    },
  };
}

/** The tables with many rows. */
export const tables = ["contact", "contact_tag", "deal", "activity", "conversation"];

export interface WorldOptions {
  /** Contacts of both organizations together. */
  readonly size: number;
  /** Activities of each of the twenty contacts that have many. */
  readonly many?: number;
  readonly put: PutRows;
  readonly say: (text: string) => void;
}

/** Fills a migrated database without rows. */
export async function loadWorld(
  database: Database,
  url: string,
  { size, many = 10_000, put, say }: WorldOptions,
): Promise<void> {
  await inBulk(url, tables, say, async (client, done) => {
    for (const name of ["Organization 1", "Organization 2"]) {
      const { orgId, memberId } = await loadContacts(database, client, { name, size: size / 2, put, done });
      await loadChildren(client, orgId, memberId, name === "Organization 2" ? many : null);
      done("their deals, activities and conversations");
    }
  });
}

/** Keys sort by time, as those that the product makes. */
const timedId = `
  CREATE OR REPLACE FUNCTION pg_temp.timed_id(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
      || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid $$`;

/**
 * The deals, activities and conversations of the contacts of one organization.
 *
 * @param many how many activities twenty of the newest fifty contacts have; null where they are like the others
 */
export async function loadChildren(client: pg.Client, orgId: string, memberId: string, many: number | null) {
  await client.query(timedId);
  await client.query(
    `CREATE TEMP TABLE ranked AS
     SELECT org_id, id, created_at, row_number() OVER (ORDER BY created_at DESC, id DESC)::int AS rank
     FROM contact WHERE org_id = '${orgId}' AND deleted_at IS NULL`,
  );
  await client.query(
    `INSERT INTO deal (org_id, id, name, name_key, value, currency, stage, stage_key, status, contact_id, owner_id,
       created_at, updated_at)
     SELECT org_id, pg_temp.timed_id(at), 'Renewal ' || n, 'renewal ' || n, 500 + (rank * 37 + n * 911) % 90000, 'EUR',
       'Proposal', 'proposal', (ARRAY['OPEN', 'WON', 'LOST'])[n % 3 + 1]::"DealStatus", id, '${memberId}', at, at
     FROM ranked, LATERAL (
       SELECT n, created_at + n * interval '1 hour' AS at
       FROM generate_series(1, CASE WHEN rank <= ${BUSY} THEN 6 ELSE rank % 5 END) AS n) AS each`,
  );
  await client.query(
    `INSERT INTO activity (org_id, id, kind, occurred_at, subject, body, contact_id, author_id, created_at, updated_at)
     SELECT org_id, pg_temp.timed_id(at),
       (ARRAY['CALL', 'EMAIL', 'SMS', 'MEETING', 'NOTE', 'TASK'])[n % 6 + 1]::"ActivityKind", at,
       'About the offer, part ' || n, 'They asked for the price of the large plan and will call again.',
       id, '${memberId}', at, at
     FROM ranked, LATERAL (
       SELECT n, created_at + n * interval '1 minute' AS at
       FROM generate_series(1, CASE WHEN ${many !== null} AND rank <= 50 AND rank % 5 < 2 THEN ${many ?? 0}
                                    WHEN rank <= ${BUSY} THEN 8 ELSE rank % 11 END) AS n) AS each`,
  );
  await client.query(
    `INSERT INTO conversation (org_id, id, contact_id, channel, subject, last_message_at, created_at, updated_at)
     SELECT org_id, pg_temp.timed_id(at), id, 'EMAIL', 'Thread ' || n, at, at, at
     FROM ranked, LATERAL (
       SELECT n, created_at + n * interval '1 day' AS at
       FROM generate_series(1, CASE WHEN rank <= ${BUSY} THEN 3 ELSE rank % 2 END) AS n) AS each`,
  );
  await client.query("DROP TABLE ranked");
}
