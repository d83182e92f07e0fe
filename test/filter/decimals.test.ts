import { beforeAll, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Numbers that no double is compare exactly, with a column of their own and inside JSON. */

let organization: Organization;

beforeAll(async () => {
  organization = await Organization.make();
  await organization.customField({ slug: "slot", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "json", type: "NUMBER", slot: null });
  await organization.contact({ custom: { slot: 999_999_999_999_999, json: 999_999_999_999_999 } });
  await organization.contact({ custom: { slot: -0.000001, json: -0.000001 } });
});

test.each([
  [{ eq: "999999999999999.000001" }, 0],
  [{ ne: "999999999999999.000001" }, 2],
  [{ in: ["999999999999999.000001", "-0.000001"] }, 1],
  [{ notIn: ["999999999999999.000001", "-0.00000100"] }, 1],
  [{ lt: "999999999999999.000001" }, 2],
  [{ gte: "999999999999999.000001" }, 0],
  [{ gt: "999999999999998.999999" }, 1],
  [{ lte: "999999999999998.999999" }, 1],
  [{ gt: "-0.000001" }, 1],
  [{ gte: "-0.000001" }, 2],
])("%o finds %i of two", async (number, expected) => {
  for (const slug of ["slot", "json"]) {
    const { data } = await sendText(
      organization.key,
      "query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }",
      { filter: { customFields: [{ slug, number }] } },
    );
    expect(data, slug).toEqual({ contacts: { totalCount: expected } });
  }
});
