import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKey, parseKey } from "../auth/key.ts";
import type { Database } from "../db/database.ts";
import { withTransaction } from "../db/open/connections.ts";
import { type DemoOrganization, demoOrganizations, insertDemo } from "./organizations.ts";

/** The demo: organizations to explore, and a key to them. */

/**
 * Writes the demo organizations that do not exist yet, in one transaction: if it is interrupted, nothing is left and
 * the next start begins again.
 *
 * @returns the organizations
 */
export async function seedDemo(
  database: Database,
  say: (text: string) => void,
): Promise<readonly DemoOrganization[]> {
  const demos = demoOrganizations;
  const ids = demos.map((demo) => demo.id);
  const { rowCount } = await database.pool.query("SELECT FROM organization WHERE id = ANY ($1::uuid[])", [
    ids,
  ]);
  if (rowCount === demos.length) return demos;
  await withTransaction(database.pool, async (client) => {
    for (const demo of demos) {
      let shown = -1;
      await insertDemo(client, demo, (done, total) => {
        const tenth = Math.floor((done / total) * 10);
        if (tenth > shown) say(`Seeding ${demo.name}: ${tenth * 10} % of ${total} rows`);
        shown = Math.max(shown, tenth);
      });
    }
  });
  // Flushes the pending entries of the GIN indexes and updates the planner's statistics.
  await database.pool.query("VACUUM ANALYZE");
  return demos;
}

/** Makes a key for a demo organization's owner, with every scope. */
export async function createDemoKey(database: Database, demo: DemoOrganization): Promise<string> {
  const { id: memberId } = await database.prisma.member.findFirstOrThrow({
    where: { orgId: demo.id, role: "OWNER" },
  });
  const { key, ...row } = createKey("TEST");
  await database.prisma.apiKey.create({
    data: { ...row, orgId: demo.id, memberId, name: "Demo", scopes: ["ADMIN"] },
  });
  return key;
}

/** Whether a key exists and was not revoked. In SQL: Prisma's engine would take a tenth of the time of a start. */
async function isValid({ pool }: Database, id: string): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM api_key WHERE id = $1 AND revoked_at IS NULL", [id]);
  return rowCount === 1;
}

/**
 * Prepares the embedded database: seeds it on the first start, and finds or makes the demo key. The key is stored as
 * plain text beside the database, in a directory that belongs to the user, so that each start can show it.
 */
export async function prepareDemo(
  database: Database,
  directory: string,
  say: (text: string) => void,
): Promise<string> {
  const [demo] = await seedDemo(database, say);
  if (!demo) throw new Error("there is no demo organization");
  const path = join(directory, "demo-key");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  const parsed = parseKey(kept);
  if (parsed && (await isValid(database, parsed.id))) return kept;
  const key = await createDemoKey(database, demo);
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  return key;
}
