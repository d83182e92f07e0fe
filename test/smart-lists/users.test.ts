import { beforeEach, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { listsOf, namesIn, saysIn, worldOfNames } from "../support/lists.ts";

/** What a stored list uses cannot go in silence: options, custom fields and other lists. */

let organization: Awaited<ReturnType<typeof worldOfNames>>;
let key: string;
beforeEach(async () => {
  organization = await worldOfNames();
  key = organization.key;
});
const { save, saved, read, setVersion, plant } = listsOf(() => organization);

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
