import { beforeEach, describe, expect, test } from "vitest";
import { encodeId, newId } from "../../src/lib/typeid.ts";
import type { SmartListQueryInput } from "../generated/graphql.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** What a stored list names goes on being meant when it gets another name, and cannot go in silence. */

let organization: Organization & { key: string };
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    const fields = { options: ["Bronze", "Gold"], slot: null };
    await each.customField({ slug: "tier", type: "SELECT", ...fields });
    await each.customField({ slug: "several", type: "MULTI_SELECT", ...fields });
    await each.customField({ slug: "rank", type: "SELECT", entity: "LEAD", ...fields });
    await each.contact({ name: "Ann", tags: ["VIP"], custom: { tier: "Gold", several: ["Gold"] } });
    await each.contact({ name: "Bob", tags: ["Cold"], custom: { tier: "Bronze" } });
  }
});

type Conditions = SmartListQueryInput["groups"][number]["conditions"];
interface List {
  readonly id: string;
  readonly name: string;
  readonly isValid: boolean;
  readonly problems: { code: string; message: string; path: string }[];
  readonly sentence: string | null;
  readonly query: { groups: { conditions: Conditions }[] };
  readonly contacts: { nodes: { name: string }[] };
}
const all =
  "id name isValid problems { code message path } sentence query { groups { conditions { field op value } } } contacts(orderBy: [{ field: NAME }]) { nodes { name } }";

const save = (name: string, ...conditions: Conditions) =>
  mutate<{ smartList: List | null }>(
    key,
    `smartListCreate(input: { name: "${name}", query: $query })`,
    `smartList { ${all} }`,
    { query: { groups: [{ conditions }] } },
    "($query: SmartListQueryInput!)",
  );
const saved = async (name: string, ...conditions: Conditions): Promise<List> => {
  const { smartList, errors } = await save(name, ...conditions);
  if (!smartList) throw new Error(JSON.stringify(errors));
  return smartList;
};
async function read(id: string): Promise<List> {
  const { data, text } = await sendText(key, `{ smartList(id: "${id}") { ${all} } }`);
  const { smartList } = (data ?? {}) as unknown as { smartList?: List };
  if (!smartList) throw new Error(text);
  return smartList;
}
const saysIn = ({ query }: List) => query.groups[0]?.conditions[0]?.value;
const namesIn = ({ contacts }: List) => contacts.nodes.map(({ name }) => name);
const tagId = async (name: string) => encodeId("Tag", await organization.tag(name));
const rename = async (tag: string, name: string) =>
  expect(
    (await mutate(key, `tagUpdate(id: "${await tagId(tag)}", input: { name: "${name}" })`, "tag { id }"))
      .errors,
  ).toEqual([]);
const setVersion = async () =>
  ((await sendText(key, "{ smartListsVersion }")).data as unknown as { smartListsVersion: number })
    .smartListsVersion;

/** A list as servers of before stored it: by name. */
async function plant(...conditions: Conditions): Promise<string> {
  const { prisma } = await testDatabase();
  const id = newId();
  const query = { groups: [{ conditions }] };
  await prisma.smartList.create({ data: { orgId: organization.id, id, name: "Old", query: query as never } });
  return encodeId("SmartList", id);
}

describe("a tag that is renamed", () => {
  test.each([
    ["CONTAINS", "vip", "Key account", ["Ann"]],
    ["HAS_ANY", [" vip ", "cold"], ["Key account", "Cold"], ["Ann", "Bob"]],
    ["HAS_NONE", ["VIP"], ["Key account"], ["Bob"]],
  ] as const)(
    "leaves a list that says %s %j as it was, under the name of today",
    async (op, value, today, found) => {
      const list = await saved("L", { field: "tags", op, value });
      const old = await plant({ field: "tag", op, value });
      expect(namesIn(list)).toEqual(found);
      await rename("VIP", "Key account");
      for (const id of [list.id, old]) {
        const now = await read(id);
        expect(now).toMatchObject({ isValid: true, problems: [] });
        expect(namesIn(now)).toEqual(found);
        expect(saysIn(now)).toEqual(today);
        expect(now.sentence).toContain('"Key account"');
      }
    },
  );

  test("may swap its name with another's, and each list means the tag that it meant", async () => {
    const vip = await saved("VIP", { field: "tags", op: "CONTAINS", value: "VIP" });
    const cold = await plant({ field: "tags", op: "CONTAINS", value: "cold" });
    const version = await setVersion();
    await rename("VIP", "-");
    await rename("Cold", "VIP");
    await rename("VIP", "Cold");
    expect([namesIn(await read(vip.id)), namesIn(await read(cold))]).toEqual([["Ann"], ["Bob"]]);
    expect([saysIn(await read(vip.id)), saysIn(await read(cold))]).toEqual(["Cold", "VIP"]);
    // Who has read the set before would otherwise save the one for the other.
    expect(await setVersion()).toBeGreaterThan(version);
    const stale = await mutate(key, `smartListsReplace(input: [], expectedVersion: ${version})`, "version");
    expect(stale.errors).toMatchObject([{ code: "VERSION_CONFLICT" }]);
  });

  test("is shown typed, inside relations and in lists of lists as well", async () => {
    const inner = await saved("Inner", { field: "deals.contact.tags", op: "CONTAINS", value: "vip" });
    const outer = await saved("Outer", { field: "inSmartList", op: "EQ", value: inner.id });
    await rename("VIP", "Renamed");
    expect(await read(outer.id)).toMatchObject({ isValid: true });
    const { data } = await sendText(
      key,
      `{ smartList(id: "${inner.id}") { groups { conditions { values { ... on FilterTag { name tag { name } } } } } } }`,
    );
    expect(data).toEqual({
      smartList: { groups: [{ conditions: [{ values: [{ name: "Renamed", tag: { name: "Renamed" } }] }] }] },
    });
  });

  test("and deleted leaves a problem that says its last name, until there is such a tag again", async () => {
    const list = await saved("L", { field: "tags", op: "CONTAINS", value: "vip" });
    await rename("VIP", "Renamed");
    const deleted = await mutate(key, `tagDelete(id: "${await tagId("VIP")}")`, "deletedId contactCount");
    expect(deleted).toMatchObject({ contactCount: 1, errors: [] });
    const now = await read(list.id);
    expect(now).toMatchObject({
      isValid: false,
      problems: [
        {
          code: "UNKNOWN_REFERENCE",
          message: 'names no tag: "renamed"',
          path: "query.groups[0].conditions[0].value",
        },
      ],
      contacts: { nodes: [] },
    });
    expect(saysIn(now)).toBe("Renamed");
    await mutate(key, 'tagCreate(input: { name: "RENAMED" })', "tag { id }");
    expect(await read(list.id)).toMatchObject({ isValid: true, contacts: { nodes: [] } });
  });
});

const field = async (slug: string) => {
  const { data } = await sendText(key, "{ customFields { id slug } }");
  const { customFields } = data as unknown as { customFields: { id: string; slug: string }[] };
  return customFields.find((each) => each.slug === slug)?.id ?? "";
};
const change = async (slug: string, input: string, dryRun = false) => {
  const { data, text } = await sendText(
    key,
    `mutation { customFieldUpdate(id: "${await field(slug)}", input: { ${input} }, dryRun: ${dryRun}) {
       customField { options } errors { code path message ... on FieldInUseError { smartLists { name } } } } }`,
  );
  if (!data) throw new Error(text);
  return (data as unknown as { customFieldUpdate: { errors: { code: string; message: string }[] } })
    .customFieldUpdate;
};

describe("an option", () => {
  test.each([
    ["custom.tier", "tier", "EQ", "gold", "Platinum", ["Ann"]],
    ["custom.tier", "tier", "NOT_IN", ["Gold", "bronze"], ["Platinum", "Bronze"], []],
    ["custom.several", "several", "HAS_ANY", ["GOLD"], ["Platinum"], ["Ann"]],
    ["leads.custom.rank", "rank", "EQ", "Gold", "Platinum", []],
    ["deals.contact.custom.tier", "tier", "EQ", "Gold", "Platinum", []],
    ["deals.lead.custom.rank", "rank", "EQ", "Gold", "Platinum", []],
  ] as const)(
    "of %s that is renamed is so in lists, as in records",
    async (path, slug, op, value, today, found) => {
      const list = await saved("L", { field: path, op, value });
      const old = await plant({ field: path, op, value });
      expect(namesIn(list)).toEqual(found);
      const renamed = 'options: ["Platinum", "Bronze"], optionRenames: [{ from: "Gold", to: "Platinum" }]';
      expect(await change(slug, renamed)).toMatchObject({ errors: [] });
      for (const id of [list.id, old]) {
        const now = await read(id);
        expect(now).toMatchObject({ isValid: true, problems: [] });
        expect(namesIn(now)).toEqual(found);
        expect(saysIn(now)).toEqual(today);
      }
    },
  );

  test.each([
    ["custom.tier", "tier", "EQ", "gold"],
    ["custom.tier", "tier", "NOT_IN", ["GOLD"]],
    ["custom.several", "several", "HAS_NONE", ["gold"]],
    ["leads.custom.rank", "rank", "NE", "Gold"],
    ["deals.contact.custom.tier", "tier", "EQ", "Gold"],
    ["deals.lead.custom.rank", "rank", "EQ", "Gold"],
  ] as const)(
    "of %s (%s %s %j) that a list uses cannot go, and the answer names the list",
    async (path, slug, op, value) => {
      const { prisma } = await testDatabase();
      await prisma.contact.updateMany({
        where: { orgId: organization.id },
        data: { custom: {}, facets: [] },
      });
      await saved("Uses it", { field: path, op, value });
      await saved("Uses another", {
        field: path,
        op: op === "HAS_NONE" ? "HAS_ANY" : "IN",
        value: ["Bronze"],
      });
      for (const dryRun of [true, false]) {
        expect(await change(slug, 'options: ["Bronze"]', dryRun)).toMatchObject({
          customField: null,
          errors: [{ code: "FIELD_IN_USE", path: ["input", "options"], smartLists: [{ name: "Uses it" }] }],
        });
      }
      // Order, other spelling and new ones take nothing from it.
      expect(await change(slug, 'options: ["New", "GOLD", "Bronze"]')).toMatchObject({ errors: [] });
    },
  );

  test("that is renamed while a list is saved with it is in that list under its new name, or refused", async () => {
    const [, { smartList, errors }] = await Promise.all([
      change("tier", 'options: ["Platinum", "Bronze"], optionRenames: [{ from: "Gold", to: "Platinum" }]'),
      save("Race", { field: "custom.tier", op: "EQ", value: "Gold" }),
    ]);
    if (smartList) expect(saysIn(await read(smartList.id))).toBe("Platinum");
    else expect(errors).toMatchObject([{ code: "INVALID_FILTER" }]);
  });
});

test.each([
  ["tier", "deals.contact.custom.tier"],
  ["rank", "deals.lead.custom.rank"],
  ["rank", "leads.custom.rank"],
  ["tier", "custom.tier"],
])("a custom field %s that a list uses as %s cannot go", async (slug, path) => {
  await saved("Uses it", { field: path, op: "IS_NOT_EMPTY" });
  const { errors } = await mutate(key, `customFieldDelete(id: "${await field(slug)}")`, "deletedId");
  expect(errors).toMatchObject([{ code: "FIELD_IN_USE", path: ["id"] }]);
  expect(errors[0]?.message).toBe('smart lists use the field: "Uses it"; change or delete them first');
});

test("a smart list that another one names cannot go, alone or by replacing the set", async () => {
  const inner = await saved("Inner", { field: "tags", op: "CONTAINS", value: "vip" });
  const outer = await saved("Outer", { field: "inSmartList", op: "IN", value: [inner.id] });
  const refused = await mutate(key, `smartListDelete(id: "${inner.id}")`, "deletedId");
  expect(refused).toMatchObject({ deletedId: null, errors: [{ code: "FIELD_IN_USE", path: ["id"] }] });
  expect(refused.errors[0]?.message).toContain('"Outer"');
  const { query } = await read(outer.id);
  const replaced = await mutate(
    key,
    `smartListsReplace(input: [{ name: "Outer", query: $query }], expectedVersion: ${await setVersion()})`,
    "version",
    { query },
    "($query: SmartListQueryInput!)",
  );
  expect(replaced.errors).toMatchObject([{ code: "INVALID_FILTER" }]);
  await mutate(key, `smartListDelete(id: "${outer.id}")`, "deletedId");
  expect(await mutate(key, `smartListDelete(id: "${inner.id}")`, "deletedId")).toMatchObject({ errors: [] });
});

test("a list names its owner by id and says who that is; a member who is not there is refused", async () => {
  const member = await organization.member();
  await organization.contact({ name: "Theirs", ownerId: member.id });
  const list = await saved("L", { field: "owner", op: "EQ", value: member.globalId });
  expect(namesIn(list)).toEqual(["Theirs"]);
  expect(list.sentence).toBe(`Contacts whose owner is User ${member.userId.slice(-6)}.`);
  const { prisma } = await testDatabase();
  await prisma.user.update({ where: { id: member.userId }, data: { name: "Ann Other" } });
  expect((await read(list.id)).sentence).toBe("Contacts whose owner is Ann Other.");
  const stranger = await (await Organization.make()).member();
  for (const id of [stranger.globalId, encodeId("Member", newId())]) {
    const { errors } = await save("Bad", { field: "owner", op: "EQ", value: id });
    expect(errors).toMatchObject([{ code: "INVALID_FILTER" }]);
    const asked = await sendText(key, `{ contacts(filter: { owner: { in: ["${id}"] } }) { totalCount } }`);
    expect(asked.errors).toMatchObject([
      { extensions: { code: "UNKNOWN_REFERENCE", field: "filter.owner.in[0]" } },
    ]);
  }
});

test("the set as it is shown, sent back, is the set that it was", async () => {
  await organization.customField({ slug: "size", type: "NUMBER", slot: null });
  const member = await organization.member();
  const inner = await saved("Inner", { field: "tags", op: "HAS_ALL", value: ["vip", "cold"] });
  await saved(
    "All",
    { field: "tags", op: "HAS_NONE", value: ["VIP"] },
    { field: "custom.tier", op: "IN", value: ["gold", "Bronze"] },
    { field: "owner", op: "NE", value: member.globalId },
    { field: "inSmartList", op: "NE", value: inner.id },
    { field: "custom.size", op: "GT", value: "12345678901234.5" },
    { field: "createdAt", op: "WITHIN", value: { last: { amount: 7, unit: "DAY" } } },
    { field: "name", op: "CONTAINS", value: "vip" },
    { field: "email", op: "IS_EMPTY" },
  );
  await rename("VIP", "Key account");
  const { prisma } = await testDatabase();
  const stored = () =>
    prisma.smartList.findMany({
      where: { orgId: organization.id },
      orderBy: { position: "asc" },
      select: { id: true, name: true, query: true },
    });
  const before = await stored();
  expect(JSON.stringify(before)).not.toMatch(/"VIP"|Key account/);
  const { data } = await sendText(
    key,
    "{ smartListsVersion smartLists { id name query { groups { conditions { field op value } } } } }",
  );
  const { smartListsVersion, smartLists } = data as unknown as {
    smartListsVersion: number;
    smartLists: object[];
  };
  const replaced = await mutate(
    key,
    `smartListsReplace(input: $input, expectedVersion: ${smartListsVersion})`,
    "smartLists { id }",
    { input: smartLists },
    "($input: [SmartListReplaceInput!]!)",
  );
  expect(replaced.errors).toEqual([]);
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(',"value":null', ""));
  expect(plain(await stored())).toEqual(plain(before));
});
