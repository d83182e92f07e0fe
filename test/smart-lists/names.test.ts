import { beforeEach, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { listsOf, namesIn, saysIn, worldOfNames } from "../support/lists.ts";
import { Organization } from "../support/makers.ts";

/** What a stored list names goes on being meant when it gets another name. */

let organization: Awaited<ReturnType<typeof worldOfNames>>;
let key: string;
beforeEach(async () => {
  organization = await worldOfNames();
  key = organization.key;
});
const { save, saved, read, setVersion, plant } = listsOf(() => organization);

const tagId = async (name: string) => encodeId("Tag", await organization.tag(name));
const rename = async (tag: string, name: string) =>
  expect(
    (await mutate(key, `tagUpdate(id: "${await tagId(tag)}", input: { name: "${name}" })`, "tag { id }"))
      .errors,
  ).toEqual([]);
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
          message: 'names no tag: "Renamed"',
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
