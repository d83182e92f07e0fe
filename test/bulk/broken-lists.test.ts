import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { type BulkMutation, bulk } from "../support/bulk.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** 83: a stored list that cannot be read any more is never taken for all contacts, least of all by a change. */

let organization: Awaited<ReturnType<typeof Organization.make>>;
let broken: string;

beforeAll(async () => {
  organization = await Organization.make();
  await organization.contact({ name: "Ann" });
  const { prisma } = await testDatabase();
  const id = newId();
  // What an import of another system's lists, or a field that went before lists were looked at, leaves behind.
  const query = { groups: [{ conditions: [{ field: "custom.gone", op: "EQ", value: "x" }] }] };
  await prisma.smartList.create({ data: { orgId: organization.id, id, name: "Broken", query } });
  broken = encodeId("SmartList", id);
});

const changes: [BulkMutation, object][] = [
  ["contactsBulkUpdate", { input: { company: "Acme" } }],
  ["contactsBulkTag", { add: ["vip"], createMissingTags: true }],
  ["contactsBulkDelete", {}],
];
const filters: [string, object][] = [
  ["of the list", { inSmartList: { eq: "" } }],
  ["of whom is not in it", { inSmartList: { ne: "" } }],
  ["of whom is not in it, said otherwise", { not: { inSmartList: { in: [""] } } }],
];
const naming = (filter: object) => JSON.parse(JSON.stringify(filter).replace('""', `"${broken}"`));

test.each(
  changes.flatMap(([mutation, args]) =>
    filters.map(([what, filter]) => [mutation, what, args, filter] as const),
  ),
)("83: %s %s is refused with its name, and changes nobody", async (mutation, _what, args, filter) => {
  for (const more of [{ dryRun: true }, { all: true }, {}]) {
    const { errors, count, planToken, changed, job } = await bulk(organization.key, mutation, {
      ...args,
      ...more,
      filter: naming(filter),
    });
    expect([count, planToken, changed, job]).toEqual([null, null, null, null]);
    expect(errors).toContainEqual(
      expect.objectContaining({ code: "INVALID_FILTER", message: expect.stringContaining('"Broken"') }),
    );
  }
  const { prisma } = await testDatabase();
  const rows = await prisma.contact.findMany({ where: { orgId: organization.id } });
  expect(rows).toMatchObject([{ name: "Ann", company: null, tagIds: [], deletedAt: null }]);
});
