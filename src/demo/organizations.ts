import { createHash } from "node:crypto";
import type { ClientBase } from "pg";
import { type DemoSize, demoRows, organizationId } from "./rows.ts";

/**
 * The demo organizations: made up, believable, and the same every time, so that two people who talk about them see the
 * same rows.
 */

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  /** Country of phone numbers that are written without one. */
  readonly defaultCountry: string;
  readonly seed: number;
  readonly size: DemoSize;
}

export const demoOrganizations: readonly DemoOrganization[] = [
  {
    id: organizationId(1),
    name: "Northwind Robotics",
    timeZone: "America/New_York",
    defaultCountry: "US",
    seed: 1,
    size: { contacts: 5_000, leads: 1_000, deals: 3_000, activities: 15_000, conversations: 2_000 },
  },
  {
    id: organizationId(2),
    name: "Harbour & Vale",
    timeZone: "Europe/London",
    defaultCountry: "GB",
    seed: 2,
    size: { contacts: 400, leads: 80, deals: 240, activities: 1_200, conversations: 160 },
  },
];

const BATCH = 1_000;

/**
 * Inserts a demo organization through a connection that has a transaction open.
 *
 * @param progress called after each batch with the number of rows written and of all rows
 */
export async function insertDemo(
  client: ClientBase,
  demo: DemoOrganization,
  progress: (done: number, total: number) => void,
): Promise<void> {
  // Demo data are public, so their cursor secret may be too.
  const secret = createHash("sha256").update(demo.id).digest();
  await client.query(
    `INSERT INTO organization (id, name, time_zone, default_country, mode, cursor_secret, updated_at)
     VALUES ($1, $2, $3, $4, 'TEST', $5, now())`,
    [demo.id, demo.name, demo.timeZone, demo.defaultCountry, secret],
  );
  const tables = demoRows(demo.name, demo.seed, demo.size);
  const total = Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
  let done = 0;
  for (const [table, rows] of Object.entries(tables)) {
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
      .map((column) => `"${column}"`)
      .join(", ");
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      await client.query(
        `INSERT INTO "${table}" (${names}) SELECT ${names} FROM jsonb_populate_recordset(NULL::"${table}", $1)`,
        [JSON.stringify(batch)],
      );
      done += batch.length;
      progress(done, total);
    }
  }
}
