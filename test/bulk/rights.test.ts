import { beforeEach, describe, expect, test } from "vitest";
import { bulk, done, planned } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Which contacts a bulk change reaches, by the data scope, role and key scopes of its caller. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const acme = { filter: { company: { eq: "Acme" } } };

const row = async (id: string) => (await testDatabase()).prisma.contact.findFirstOrThrow({ where: { id } });

/** How many contacts a filter finds. */
const found = async (filter: string, as = key): Promise<number> => {
  const { data } = await sendText(as, `{ contacts(filter: { ${filter} }) { totalCount } }`);
  return (data as unknown as { contacts: { totalCount: number } }).contacts.totalCount;
};

describe("a member restricted to assigned data", () => {
  test("changes their own contacts alone, with all: true as well", async () => {
    const member = await organization.member({ dataScope: "ASSIGNED" });
    const mine = await organization.contact({
      name: "Mine",
      company: "Acme",
      ownerId: member.id,
      tags: ["old"],
    });
    const other = await organization.contact({ name: "Other", company: "Acme", tags: ["old"] });
    await organization.tag("VIP");
    const updated = await done(member.key, "contactsBulkUpdate", { ...acme, input: { title: "CTO" } });
    expect(updated).toMatchObject({ count: 1, changed: 1, sample: [{ id: mine.globalId }], errors: [] });
    const tagged = await done(member.key, "contactsBulkTag", { all: true, add: ["VIP"], remove: ["old"] });
    expect(tagged).toMatchObject({ count: 1, changed: 1, errors: [] });
    const deleted = await done(member.key, "contactsBulkDelete", { all: true });
    expect(deleted).toMatchObject({ count: 1, changed: 1, errors: [] });
    expect(await row(mine.id)).toMatchObject({ title: "CTO", version: 4 });
    expect(await row(other.id)).toMatchObject({ title: null, version: 1, deletedAt: null });
    expect(await found('tags: { hasAny: ["old"] }')).toBe(1);
  });

  test("assigns to themselves only, and cannot filter by what counts others' records", async () => {
    const member = await organization.member({ dataScope: "ASSIGNED" });
    const colleague = await organization.member();
    await organization.contact({ company: "Acme", ownerId: member.id });
    for (const ownerId of [colleague.globalId, null]) {
      const { errors } = await bulk(member.key, "contactsBulkUpdate", {
        ...acme,
        input: { ownerId },
        dryRun: true,
      });
      expect(errors).toMatchObject([{ code: "INVALID_VALUE", path: ["input", "ownerId"] }]);
    }
    const own = { ...acme, input: { ownerId: member.globalId } };
    expect(await done(member.key, "contactsBulkUpdate", own)).toMatchObject({ changed: 0, errors: [] });
    const counted = { filter: { leads: { count: { gt: 0 } } }, dryRun: true };
    expect((await bulk(member.key, "contactsBulkDelete", counted)).errors).toMatchObject([
      { code: "INVALID_FILTER", path: ["filter", "leads", "count", "gt"] },
    ]);
  });

  test("a member restricted after the dry run gets the smaller count", async () => {
    const member = await organization.member();
    await organization.contact({ company: "Acme", ownerId: member.id });
    await organization.contact({ company: "Acme" });
    const { planToken } = await planned(member.key, "contactsBulkDelete", acme);
    const { prisma } = await testDatabase();
    await prisma.member.updateMany({ where: { id: member.id }, data: { dataScope: "ASSIGNED" } });
    const { errors } = await bulk(member.key, "contactsBulkDelete", { ...acme, planToken });
    expect(errors).toMatchObject([{ code: "PLAN_CHANGED", count: 1 }]);
  });
});

test.each([{ role: "READ_ONLY" }, { scopes: ["READ"] }] as const)(
  "bulk changes need the scope WRITE: %o, in dry runs too",
  async (options) => {
    await organization.contact({ company: "Acme" });
    const member = await organization.member({ scopes: ["ADMIN"], ...options } as never);
    const said = 'filter: { company: { eq: "Acme" } }';
    for (const field of [
      `contactsBulkDelete(${said}, dryRun: true) { count }`,
      `contactsBulkUpdate(${said}, input: { title: "x" }) { count }`,
      `contactsBulkTag(${said}, add: ["x"], createMissingTags: true) { count }`,
      'bulkJobCancel(id: "bulk_job_01h455vb4pex5vsknk084sn02q") { errors { code } }',
    ]) {
      const { status, errors } = await sendText(member.key, `mutation { ${field} }`);
      expect(status).toBe(403);
      expect(errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
    }
  },
);
