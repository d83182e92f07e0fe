import { expect, test } from "vitest";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

test("100: the 1,001st custom field of contacts is refused; leads count their own", async () => {
  const { id: orgId, key } = await Organization.make();
  const { prisma } = await testDatabase();
  await prisma.customField.createMany({
    data: Array.from({ length: 999 }, (_, at) => ({
      orgId,
      id: newId(),
      entity: "CONTACT" as const,
      slug: `field_${at}`,
      name: `Field ${at}`,
      type: "NUMBER" as const,
      position: at,
    })),
  });
  const create = async (entity: string, name: string) => {
    const { data, text } = await sendText(
      key,
      "mutation ($input: CustomFieldCreateInput!) { made: customFieldCreate(input: $input) { errors { code message } } }",
      { input: { entity, name, type: "NUMBER" } },
    );
    expect(data, text).toBeTruthy();
    return data;
  };
  expect(await create("CONTACT", "The thousandth")).toEqual({ made: { errors: [] } });
  expect(await create("CONTACT", "One too many")).toEqual({
    made: { errors: [{ code: "LIMIT_REACHED", message: "the limit of 1000 fields is reached" }] },
  });
  expect(await prisma.customField.count({ where: { orgId } })).toBe(1000);
  expect(await create("LEAD", "Of leads")).toEqual({ made: { errors: [] } });
});
