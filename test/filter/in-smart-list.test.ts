import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";
import { groups, list, namesOf } from "./support.ts";

/** Filters by smart lists (`inSmartList`). */

let organization: Organization;
let stranger: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  stranger = await Organization.make();
  for (const each of [organization, stranger]) {
    const won = await each.contact({ name: "won", tags: ["vip"] });
    const open = await each.contact({ name: "open" });
    await each.contact({ name: "none" });
    await each.contact({ name: "gone", tags: ["vip"], deletedAt: new Date() });
    await each.deal({ contactId: won.id, status: "WON" });
    await each.deal({ contactId: open.id });
  }
});

const where = (filter: object, key = organization.key) => namesOf(key, { filter });
const condition = (field: string, op: string, value?: unknown) =>
  namesOf(organization.key, groups([{ field, op, value }]));

describe("smart lists inside filters", () => {
  const save = async (name: string, conditions: object[], key = organization.key) =>
    mutate<{ smartList: { id: string; version: number } | null }>(
      key,
      "smartListCreate(input: $input)",
      "smartList { id version }",
      { input: { name, query: { groups: [{ conditions }] } } },
      "($input: SmartListCreateInput!)",
    );
  const update = (id: string, conditions: object[]) =>
    mutate<{ smartList: { id: string } | null }>(
      organization.key,
      "smartListUpdate(id: $id, input: $input)",
      "smartList { id }",
      { id, input: { query: { groups: [{ conditions }] } } },
      "($id: ID!, $input: SmartListUpdateInput!)",
    );

  test("a filter looks inside a list, and outside of it", async () => {
    const saved = await save("VIPs", [{ field: "tags", op: "CONTAINS", value: "vip" }]);
    const id = saved.smartList?.id ?? "";
    expect(await where({ inSmartList: { eq: id } })).toEqual(["won"]);
    expect(await where({ inSmartList: { ne: id } })).toEqual(["none", "open"]);
    expect(await condition("inSmartList", "IN", [id])).toEqual(["won"]);
    const inside = await save("VIPs with deals", [
      { field: "inSmartList", op: "EQ", value: id },
      { field: "deals", op: "IS_NOT_EMPTY" },
    ]);
    expect(inside.errors).toEqual([]);
    expect(await where({ inSmartList: { in: [inside.smartList?.id] } })).toEqual(["won"]);
  });

  test("a smart list cannot refer to itself, directly or through other lists", async () => {
    const a = (await save("A", [{ field: "name", op: "EQ", value: "a" }])).smartList?.id ?? "";
    const b = (await save("B", [{ field: "inSmartList", op: "EQ", value: a }])).smartList?.id ?? "";
    const c = (await save("C", [{ field: "inSmartList", op: "NE", value: b }])).smartList?.id ?? "";
    for (const [id, to] of [
      [a, a],
      [a, b],
      [a, c],
    ] as const) {
      const { errors } = await update(id, [{ field: "inSmartList", op: "IN", value: [to] }]);
      expect(errors).toMatchObject([
        { code: "CIRCULAR_LIST", path: ["input", "query", "groups", "0", "conditions", "0", "value"] },
      ]);
    }
  });

  test("another organization's list is as one that does not exist", async () => {
    const foreign =
      (await save("Theirs", [{ field: "name", op: "EQ", value: "a" }], stranger.key)).smartList?.id ?? "";
    for (const id of [foreign, encodeId("SmartList", "01913b3a-0000-7000-8000-000000000001")]) {
      const { errors } = await sendText(organization.key, list, { filter: { inSmartList: { eq: id } } });
      expect(errors[0]?.extensions).toMatchObject({
        code: "UNKNOWN_REFERENCE",
        field: "filter.inSmartList.eq",
      });
    }
  });
});
