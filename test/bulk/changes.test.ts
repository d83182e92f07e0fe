import { beforeEach, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { bulk, bystander, done, planned } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Bulk changes: fields, tags and the trash. */

let organization: Organization;
let key: string;
let untouched: () => Promise<boolean>;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  untouched = await bystander();
});

const acme = { filter: { company: { eq: "Acme" } } };

const row = async (id: string) => (await testDatabase()).prisma.contact.findFirstOrThrow({ where: { id } });

/** How many contacts a filter finds. */
const found = async (filter: string, as = key): Promise<number> => {
  const { data } = await sendText(as, `{ contacts(filter: { ${filter} }) { totalCount } }`);
  return (data as unknown as { contacts: { totalCount: number } }).contacts.totalCount;
};

describe("contactsBulkUpdate", () => {
  test("sets every field it is given, clears those that are null, and leaves the others", async () => {
    const owner = await organization.member();
    const before = { company: "Acme", title: "Old", notes: "Keep", source: "Web", doNotContact: true };
    const made = await organization.contact({ name: "A", email: "a@example.com", ...before });
    const input = {
      ownerId: owner.globalId,
      company: "Umbrella",
      title: null,
      source: " ",
      doNotContact: false,
      allowPhoneCalls: false,
    };
    expect(await done(key, "contactsBulkUpdate", { ...acme, input })).toMatchObject({
      changed: 1,
      errors: [],
    });
    expect(await row(made.id)).toMatchObject({
      name: "A",
      email: "a@example.com",
      ownerId: owner.id,
      company: "Umbrella",
      title: null,
      source: null,
      notes: "Keep",
      doNotContact: false,
      allowPhoneCalls: false,
      version: 2,
      lastModificationSource: "API",
    });
    expect(await untouched()).toBe(true);
  });

  test("a change is recorded with the caller's source; contacts that already have the new values stay unchanged", async () => {
    const longAgo = new Date("2020-01-01");
    const as = await organization.contact({ company: "Acme", source: "Fair", createdAt: longAgo });
    const other = await organization.contact({ company: "Acme", source: "Web", createdAt: longAgo });
    const { prisma } = await testDatabase();
    const member = await organization.member();
    await prisma.apiKey.updateMany({ where: { id: member.keyId }, data: { sources: ["HUBSPOT"] } });
    const args = { ...acme, input: { source: "Fair" } };
    const { planToken } = await planned(member.key, "contactsBulkUpdate", args);
    const { data } = await sendText(
      member.key,
      `mutation { contactsBulkUpdate(filter: { company: { eq: "Acme" } }, input: { source: "Fair" }, planToken: "${planToken}")
         { count changed sample { id version } errors { code } } }`,
      {},
      { "x-modification-source": "HUBSPOT" },
    );
    expect(data).toMatchObject({ contactsBulkUpdate: { count: 2, changed: 1, errors: [] } });
    expect(await row(as.id)).toMatchObject({ version: 1, updatedAt: longAgo, lastModificationSource: "API" });
    const changed = await row(other.id);
    expect(changed).toMatchObject({ version: 2, createdAt: longAgo, lastModificationSource: "HUBSPOT" });
    expect(changed.updatedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test("filters, searches and custom fields find the new values, and no longer the old ones", async () => {
    await organization.customField({
      slug: "industry",
      type: "SELECT",
      options: ["Technology", "Retail"],
      slot: "text1",
    });
    await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
    await organization.customField({ slug: "nickname", type: "TEXT", slot: null });
    await organization.customField({ slug: "met", type: "DATE", slot: "date1" });
    const custom = { industry: "Retail", score: 1, nickname: "Bob", met: "2020-01-01" };
    for (const name of ["A", "B"]) await organization.contact({ name, company: "Acme", custom });
    await organization.contact({ name: "Elsewhere", company: "Other", custom });
    const input = {
      company: "Ölmühle",
      title: "CTO",
      notes: "Seen at the fair",
      customFields: [
        { slug: "industry", value: "Technology" },
        { slug: "score", value: 42.5 },
        { slug: "met", value: null },
      ],
    };
    expect(await done(key, "contactsBulkUpdate", { ...acme, input })).toMatchObject({
      changed: 2,
      errors: [],
    });
    const finding = {
      'company: { eq: "ölmühle" }': 2,
      'company: { eq: "Acme" }': 0,
      'title: { eq: "cto" }': 2,
      'notes: { contains: "FAIR" }': 2,
      'customFields: [{ slug: "industry", select: { eq: "Technology" } }]': 2,
      'customFields: [{ slug: "industry", select: { eq: "Retail" } }]': 1,
      'customFields: [{ slug: "score", number: { gt: 42 } }]': 2,
      'customFields: [{ slug: "score", number: { lt: 2 } }]': 1,
      'customFields: [{ slug: "met", date: { isEmpty: true } }]': 2,
      'customFields: [{ slug: "nickname", text: { eq: "bob" } }]': 3,
    };
    for (const [filter, count] of Object.entries(finding)) expect(await found(filter), filter).toBe(count);
    const { data } = await sendText(key, '{ contacts(search: { text: "ölmühle" }) { totalCount } }');
    expect(data).toEqual({ contacts: { totalCount: 2 } });
  });

  test("a field named by its name is taken for its slug, with one warning in the dry run and one in the change", async () => {
    await organization.customField({ slug: "team_size", name: "Team size", type: "NUMBER", slot: "number1" });
    await organization.contact({ company: "Acme" });
    const ask = async (handshake: string) => {
      const { text } = await sendText(
        key,
        `mutation { contactsBulkUpdate(filter: { company: { eq: "Acme" } },
           input: { customFields: [{ slug: "team size", value: 3 }] }, ${handshake}) { planToken changed errors { code } } }`,
      );
      const { data, extensions } = JSON.parse(text);
      expect(extensions?.warnings).toMatchObject([{ code: "DEPRECATED_CUSTOM_FIELD_NAME" }]);
      return data.contactsBulkUpdate;
    };
    const { planToken } = await ask("dryRun: true");
    expect(await ask(`planToken: "${planToken}"`)).toEqual({ planToken: null, changed: 1, errors: [] });
    expect(await found('customFields: [{ slug: "team_size", number: { eq: 3 } }]')).toBe(1);
  });

  test("values that do not fit are refused in the dry run already, another organization's member among them", async () => {
    await organization.customField({ slug: "industry", type: "SELECT", options: ["Retail"], slot: "text1" });
    await organization.contact({ company: "Acme" });
    const stranger = await (await Organization.make()).member();
    const input = {
      ownerId: stranger.globalId,
      customFields: [{ slug: "industry", value: "Retial" }, { slug: "industri" }],
    };
    const { errors, planToken } = await bulk(key, "contactsBulkUpdate", { ...acme, input, dryRun: true });
    expect(planToken).toBeNull();
    expect(errors.map(({ code, path }) => [code, path.join(".")])).toEqual([
      ["INVALID_CUSTOM_VALUE", "input.customFields.0.value"],
      ["UNKNOWN_CUSTOM_FIELD", "input.customFields.1.slug"],
      ["UNKNOWN_REFERENCE", "input.ownerId"],
    ]);
    const tooLong = { company: "x".repeat(201), allowPhoneCalls: null };
    expect(
      (await bulk(key, "contactsBulkUpdate", { ...acme, input: tooLong, dryRun: true })).errors,
    ).toMatchObject([
      { code: "TOO_LONG", path: ["input", "company"] },
      { code: "INVALID_VALUE", path: ["input", "allowPhoneCalls"] },
    ]);
  });
});

describe("contactsBulkTag", () => {
  const carried = async (id: string) => {
    const { prisma } = await testDatabase();
    const tags = new Map(
      (await prisma.tag.findMany({ where: { orgId: organization.id } })).map((tag) => [tag.id, tag.name]),
    );
    const links = await prisma.contactTag.findMany({ where: { contactId: id } });
    const { tagIds } = await row(id);
    const names = tagIds.map((tag) => tags.get(tag) ?? tag).sort();
    // The table of tags carried and the column beside it say the same.
    expect(links.map(({ tagId }) => tags.get(tagId) ?? tagId).sort()).toEqual(names);
    return { names, addedBy: new Set(links.map(({ addedById }) => addedById)) };
  };

  test("puts tags on and takes others off, by name or id, and leaves the rest", async () => {
    const vip = encodeId("Tag", await organization.tag("VIP"));
    const a = await organization.contact({ company: "Acme", tags: ["old", "kept"] });
    const b = await organization.contact({ company: "Acme", tags: ["other"] });
    const as = await organization.contact({ company: "Acme", tags: ["VIP", "hot"] });
    await organization.tag("hot");
    const elsewhere = await organization.contact({ company: "Other", tags: ["old"] });
    const args = { ...acme, add: [vip, "HOT "], remove: ["Old", "other", "never was"] };
    expect(await done(key, "contactsBulkTag", args)).toMatchObject({ count: 3, changed: 2, errors: [] });
    expect((await carried(a.id)).names).toEqual(["VIP", "hot", "kept"]);
    expect((await carried(b.id)).names).toEqual(["VIP", "hot"]);
    expect((await carried(as.id)).names).toEqual(["VIP", "hot"]);
    expect((await carried(elsewhere.id)).names).toEqual(["old"]);
    expect((await row(a.id)).version).toBe(2);
    expect((await row(as.id)).version).toBe(1);
    expect((await carried(b.id)).addedBy.size).toBe(1);
    expect([...(await carried(b.id)).addedBy][0]).not.toBeNull();
    expect(await found('tags: { hasAll: ["VIP", "hot"] }')).toBe(3);
    expect(await found('tags: { hasAny: ["old"] }')).toBe(1);
    expect(await untouched()).toBe(true);
  });

  test("makes tags that are missing when told to, in the change and not in its dry run", async () => {
    const a = await organization.contact({ company: "Acme" });
    const { prisma } = await testDatabase();
    const count = () => prisma.tag.count({ where: { orgId: organization.id } });
    const { errors } = await bulk(key, "contactsBulkTag", { ...acme, add: ["New"], dryRun: true });
    expect(errors).toMatchObject([{ code: "UNKNOWN_REFERENCE", path: ["add"] }]);
    const args = { ...acme, add: ["New"], createMissingTags: true };
    const { planToken } = await planned(key, "contactsBulkTag", args);
    expect(await count()).toBe(0);
    expect(await bulk(key, "contactsBulkTag", { ...args, planToken })).toMatchObject({
      changed: 1,
      errors: [],
    });
    expect((await carried(a.id)).names).toEqual(["New"]);
    // Where nothing matches, nothing is made.
    const none = { filter: { company: { eq: "Nobody" } }, add: ["Unused"], createMissingTags: true };
    expect(await done(key, "contactsBulkTag", none)).toMatchObject({ changed: 0, errors: [] });
    expect(await count()).toBe(1);
  });

  test("another organization's tag is unknown, by its id too", async () => {
    await organization.contact({ company: "Acme" });
    const theirs = encodeId("Tag", await (await Organization.make()).tag("theirs"));
    const { errors } = await bulk(key, "contactsBulkTag", {
      ...acme,
      add: [theirs, "theirs"],
      createMissingTags: false,
      dryRun: true,
    });
    expect(errors.map(({ code }) => code)).toEqual(["UNKNOWN_REFERENCE", "UNKNOWN_REFERENCE"]);
  });
});

describe("contactsBulkDelete", () => {
  test("moves them to the trash, from which each can be restored; their deals stay", async () => {
    const a = await organization.contact({ name: "A", email: "a@example.com", company: "Acme" });
    await organization.contact({ name: "B", company: "Acme" });
    const deal = await organization.deal({ contactId: a.id });
    const result = await done(key, "contactsBulkDelete", acme);
    expect(result).toMatchObject({ count: 2, changed: 2, errors: [] });
    expect(result.sample.map(({ name }) => name)).toEqual(["A", "B"]);
    expect(await found("")).toBe(0);
    expect(await row(a.id)).toMatchObject({ version: 2, purgedAt: null });
    const { data } = await sendText(key, `{ deal(id: "${deal.globalId}") { contact { removed } } }`);
    expect(data).toEqual({ deal: { contact: { removed: true } } });
    const restored = await mutate(
      key,
      `contactRestore(id: "${a.globalId}")`,
      "contact { id deletedAt version }",
    );
    expect(restored).toEqual({ contact: { id: a.globalId, deletedAt: null, version: 3 }, errors: [] });
    expect(await found('email: { eq: "a@example.com" }')).toBe(1);
    expect(await untouched()).toBe(true);
    // What is in the trash already is no matter of a second one.
    expect(await done(key, "contactsBulkDelete", acme)).toMatchObject({ count: 1, changed: 1 });
  });
});
