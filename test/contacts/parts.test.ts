import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Changes of one part of a contact or a lead: its tags, one custom field. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  for (const entity of ["CONTACT", "LEAD"] as const) {
    await organization.customField({
      entity,
      slug: "industry",
      name: "Industry",
      type: "TEXT",
      slot: "text1",
    });
    await organization.customField({ entity, slug: "score", name: "Score", type: "NUMBER" });
  }
  await organization.tag("VIP");
});

type Tagged = Record<"record", { tags: { name: string }[]; version: number } | null>;

const make = async (noun: "contact" | "lead", more = {}) =>
  noun === "contact" ? organization.contact(more) : organization.lead(more);

describe.each(["contact", "lead"] as const)("a %s", (noun) => {
  const tags = (id: string, change: string, names: string, more = "") =>
    mutate<Tagged>(
      key,
      `${noun}Tags${change}(id: "${id}", tags: ${names}${more})`,
      `record: ${noun} { version tags { name } }`,
    );
  const set = (id: string, slug: string, value: string, more = "") =>
    mutate<{ record: { version: number; customFields: { slug: string; value: unknown }[] } }>(
      key,
      `${noun}CustomFieldSet(id: "${id}", slug: "${slug}", value: ${value}${more})`,
      `record: ${noun} { version customFields { slug value } }`,
    );

  test("takes tags by name or id, makes missing ones only when asked, and lets them go", async () => {
    const { id, globalId } = await make(noun);
    const vip = encodeId("Tag", await organization.tag("VIP"));
    expect((await tags(globalId, "Add", '["vip "]')).record).toEqual({ version: 2, tags: [{ name: "VIP" }] });
    expect((await tags(globalId, "Add", `["${vip}"]`)).record).toEqual({
      version: 2,
      tags: [{ name: "VIP" }],
    });
    const refused = await tags(globalId, "Add", '["new tag", "vip"]');
    expect(refused).toMatchObject({ record: null, errors: [{ code: "UNKNOWN_REFERENCE", path: ["tags"] }] });
    const made = await tags(globalId, "Add", `["new ${noun}"]`, ", createMissingTags: true");
    expect(made.record?.tags).toEqual([{ name: `new ${noun}` }, { name: "VIP" }]);
    const { prisma } = await testDatabase();
    const carried =
      noun === "contact"
        ? prisma.contactTag.count({ where: { contactId: id } })
        : prisma.leadTag.count({ where: { leadId: id } });
    expect(await carried).toBe(2);
    expect((await tags(globalId, "Remove", '["VIP", "never was"]')).record?.tags).toEqual([
      { name: `new ${noun}` },
    ]);
    const { data } = await sendText(
      key,
      `{ ${noun}s(filter: { id: { eq: "${globalId}" }, tags: { hasAny: ["vip"] } }) { totalCount } }`,
    );
    expect(data).toEqual({ [`${noun}s`]: { totalCount: 0 } });
  });

  test("sets one custom field by its slug and is found by it", async () => {
    const { globalId } = await make(noun);
    expect((await set(globalId, "industry", '"Technology"')).record).toEqual({
      version: 2,
      customFields: [{ slug: "industry", value: "Technology" }],
    });
    expect((await set(globalId, "score", '"12.5"')).record.customFields).toContainEqual({
      slug: "score",
      value: 12.5,
    });
    const { data } = await sendText(
      key,
      `{ ${noun}s(query: { groups: [{ conditions: [{ field: "custom.industry", op: EQ, value: "technology" }, { field: "custom.score", op: GT, value: 12 }] }] }) { nodes { id } } }`,
    );
    expect(data).toEqual({ [`${noun}s`]: { nodes: [{ id: globalId }] } });
    expect((await set(globalId, "industry", "null")).record.customFields).toEqual([
      { slug: "score", value: 12.5 },
    ]);
    expect((await set(globalId, "industri", '"x"')).errors).toMatchObject([
      { __typename: "CustomFieldError", code: "UNKNOWN_CUSTOM_FIELD", path: ["slug"] },
    ]);
    expect((await set(globalId, "score", '"a lot"')).errors).toMatchObject([
      { __typename: "CustomFieldError", code: "INVALID_CUSTOM_VALUE", path: ["value"] },
    ]);
    expect((await set(globalId, "score", "1", ", expectedVersion: 1")).errors).toMatchObject([
      { code: "VERSION_CONFLICT", path: ["expectedVersion"] },
    ]);
  });

  test("takes a field's name for its slug, and warns", async () => {
    const { globalId } = await make(noun);
    const { data, text } = await sendText(
      key,
      `mutation { payload: ${noun}CustomFieldSet(id: "${globalId}", slug: "Industry", value: "Retail") { record: ${noun} { customFields { slug value } } errors { code } } }`,
    );
    expect(data).toEqual({
      payload: { record: { customFields: [{ slug: "industry", value: "Retail" }] }, errors: [] },
    });
    expect(JSON.parse(text).extensions.warnings).toEqual([
      {
        code: "DEPRECATED_CUSTOM_FIELD_NAME",
        message:
          'Naming a custom field by its name is deprecated: use the slug "industry" instead of "Industry".',
        path: ["slug"],
      },
    ]);
  });

  test("is not reached from another organization, nor by a restricted member to whom it is not assigned", async () => {
    const { globalId } = await make(noun);
    const attacker = await Organization.make();
    const restricted = await organization.member({ dataScope: "ASSIGNED" });
    for (const caller of [attacker.key, restricted.key]) {
      for (const field of [
        `${noun}TagsAdd(id: "${globalId}", tags: ["mine"], createMissingTags: true)`,
        `${noun}TagsRemove(id: "${globalId}", tags: ["vip"])`,
        `${noun}CustomFieldSet(id: "${globalId}", slug: "industry", value: "x")`,
      ]) {
        expect((await mutate(caller, field, `${noun} { id }`)).errors).toMatchObject([
          { __typename: "NotFoundError", code: "NOT_FOUND", path: ["id"] },
        ]);
      }
    }
    expect((await sendText(attacker.key, "{ tags { name } }")).data).toEqual({ tags: [] });
  });

  test("keeps every tag that callers add at the same moment", async () => {
    const { globalId } = await make(noun);
    const names = ["t1", "t2", "t3", "t4"];
    await Promise.all(
      names.map((name) => tags(globalId, "Add", `["${name} ${noun}"]`, ", createMissingTags: true")),
    );
    const { data } = await sendText(key, `{ ${noun}(id: "${globalId}") { version tags { name } } }`);
    expect(data).toEqual({
      [noun]: { version: 5, tags: names.map((name) => ({ name: `${name} ${noun}` })) },
    });
  });
});
