import type pg from "pg";
import { copyRows } from "../filters/copy.ts";
import { inBulk, loadContacts, readOrg } from "../filters/organization.ts";
import type { Asked } from "./growth.ts";
import { openKept } from "./world.ts";
import { loadChildren, tables } from "./world-data.ts";

/** A database of very many small organizations: what one of them pays for the rows of the others. */

const SIZE = 200;

const nameOf = (organizations: number) => `rolograph_bench_crowd_${organizations}`;
const MARK = "growth 1";
const FIRST = "First";

/** Opens the database, or makes it. */
export const openCrowd = (
  admin: pg.Client,
  server: string,
  organizations: number,
  say: (text: string) => void,
): Promise<Asked> =>
  openKept(
    admin,
    server,
    {
      name: nameOf(organizations),
      mark: MARK,
      load: (database, url) =>
        inBulk(url, tables, say, async (client, done) => {
          const first = { name: FIRST, size: SIZE, put: copyRows, done };
          const { orgId, memberId } = await loadContacts(database, client, first);
          await loadChildren(client, orgId, memberId, null);
          await multiply(client, orgId, organizations - 1);
          done(`${organizations} organizations like it`);
        }),
    },
    async (database, url) => {
      const first = await database.prisma.organization.findFirstOrThrow({ where: { name: FIRST } });
      return { url, key: (await readOrg(database, first.id, SIZE, SIZE)).key };
    },
  );

export const dropCrowd = (admin: pg.Client, organizations: number) =>
  admin.query(`DROP DATABASE IF EXISTS ${nameOf(organizations)} WITH (FORCE)`);

/** Further organizations with the rows of one: the same ids in another organization, without their members. */
async function multiply(client: pg.Client, orgId: string, times: number): Promise<void> {
  await client.query(
    `INSERT INTO organization (id, name, mode, cursor_secret)
     SELECT gen_random_uuid(), 'Further ' || n, 'TEST', decode(repeat('00', 32), 'hex') FROM generate_series(1, $1) AS n`,
    [times],
  );
  for (const table of ["contact", "deal", "activity", "conversation"]) {
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(attname) AS name FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'org_id'`,
      [table],
    );
    const names = rows.map(({ name }) => name);
    const values = names.map((name) =>
      name === "owner_id" || name === "author_id" ? "NULL" : name === "tag_ids" ? "'{}'" : `r.${name}`,
    );
    await client.query(
      `INSERT INTO ${table} (org_id, ${names.join(", ")}) SELECT o.id, ${values.join(", ")}
       FROM ${table} AS r, organization AS o WHERE r.org_id = '${orgId}' AND o.id <> r.org_id`,
    );
  }
}
