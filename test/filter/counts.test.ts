import { beforeAll, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/**
 * The number of a list under one condition, which is counted by less than its rows: of rare tags and of frequent ones.
 */

/** More than a rare tag has. */
const CARRIERS = 2_100;

let organization: Organization;

beforeAll(async () => {
  const { pool } = await testDatabase();
  organization = await Organization.make();
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    const tagId = await each.tag("frequent");
    // Every seventh is in the trash.
    await pool.query(
      `WITH made AS (
         INSERT INTO contact (org_id, id, name, name_key, search_text, phone_numbers, tag_ids, deleted_at)
         SELECT $1::uuid, gen_random_uuid(), 'x', 'x', 'x', '{}', ARRAY[$2::uuid], CASE WHEN n % 7 = 0 THEN now() END
         FROM generate_series(1, ${CARRIERS}) AS n RETURNING org_id, id)
       INSERT INTO contact_tag (org_id, contact_id, tag_id) SELECT org_id, id, $2::uuid FROM made`,
      [each.id, tagId],
    );
    await each.contact({ tags: ["rare"] });
    await each.contact({ tags: ["rare"], deletedAt: new Date() });
    await each.contact({ tags: ["rare", "frequent"] });
    await each.contact();
  }
});

const live = CARRIERS - CARRIERS / 7;

test.each([
  ['{ tags: { hasAny: ["frequent"] } }', live + 1],
  ['{ tags: { hasAll: ["FREQUENT"] } }', live + 1],
  ['{ tags: { hasNone: ["frequent"] } }', 2],
  ['{ tags: { hasAny: ["rare"] } }', 2],
  ['{ not: { tags: { hasAny: ["rare"] } } }', live + 1],
  ['{ tags: { hasAny: ["no such tag"] } }', 0],
  ["{ tags: { isEmpty: false } }", live + 2],
  ["{ email: { isEmpty: false } }", 0],
  ['{ name: { ne: "X" } }', 3],
])("%s matches %i live contacts", async (filter, expected) => {
  const { data, text } = await sendText(
    organization.key,
    `{ contacts(filter: ${filter}) { totalCount } contactFilterPreview(filter: ${filter}) { count } }`,
  );
  expect(data, text).toEqual({
    contacts: { totalCount: expected },
    contactFilterPreview: { count: expected },
  });
});
