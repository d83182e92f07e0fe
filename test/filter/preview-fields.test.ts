import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { groups } from "./support.ts";

/** The fields that filters can name, and stored conditions with the types of their fields. */

let organization: Organization;
let tagId = "";

beforeAll(async () => {
  organization = await Organization.make();
  const options = ["Tech", "Retail"];
  await organization.customField({ slug: "industry", type: "SELECT", options, slot: "text1" });
  await organization.customField({ slug: "budget", type: "NUMBER", slot: "number1" });
  await organization.customField({ slug: "memo", type: "NUMBER", slot: null });
  tagId = await organization.tag("vip");
});

describe("the fields", () => {
  test("are what conditions can name, with their operators, custom fields and related records included", async () => {
    const { data } = await sendText(
      organization.key,
      "{ contactFilterFields { path label type operators options custom sortable indexed aliases } }",
    );
    const fields = (data as unknown as { contactFilterFields: { path: string }[] }).contactFilterFields;
    const byPath = new Map(fields.map((field) => [field.path, field]));
    expect(byPath.size).toBe(fields.length);
    expect(byPath.get("custom.industry")).toMatchObject({
      type: "SELECT",
      options: ["Tech", "Retail"],
      custom: true,
      sortable: true,
      indexed: true,
    });
    expect(byPath.get("custom.memo")).toMatchObject({ custom: true, sortable: false, indexed: false });
    expect(byPath.get("doNotContact")).toMatchObject({
      aliases: ["do_not_contact", "dnc"],
      operators: ["EQ", "NE", "IS_EMPTY", "IS_NOT_EMPTY"],
    });
    expect(byPath.get("deals.status")).toMatchObject({ type: "ENUM", options: ["OPEN", "WON", "LOST"] });
    expect(byPath.get("deals.count")).toMatchObject({ type: "INTEGER" });
  });

  test("can each be used as they are named", async () => {
    const { data } = await sendText(
      organization.key,
      "{ contactFilterFields { path type operators options } }",
    );
    const values: Record<string, unknown> = {
      BOOLEAN: true,
      INTEGER: 1,
      NUMBER: 1,
      CURRENCY: "EUR",
      DATE: "2026-01-01",
      DATE_TIME: "2026-01-01T00:00:00Z",
      TAGS: "vip",
      EMAIL: "a@b.co",
      PHONE: "+33612345678",
      TEXT: "x",
    };
    const list = `query ($query: SmartListQueryInput) { contacts(query: $query) { totalCount } }`;
    type Field = { path: string; type: string; operators: string[]; options: string[] | null };
    for (const { path, type, operators, options } of (data as unknown as { contactFilterFields: Field[] })
      .contactFilterFields) {
      if (["ID", "MEMBER", "SMART_LIST"].includes(type)) continue;
      const [op = ""] = operators;
      const one = options?.[0] ?? values[type];
      const value = op === "IS_EMPTY" ? undefined : one;
      const { errors } = await sendText(organization.key, list, groups([{ field: path, op, value }]));
      expect(errors, `${path} ${op}`).toEqual([]);
    }
  });
});

test("stored conditions come back typed, also those that can no longer be read", async () => {
  const { prisma } = await testDatabase();
  const conditions = [
    { field: "tags", op: "HAS_ANY", value: ["vip"] },
    { field: "custom.budget", op: "GTE", value: 5.5 },
    { field: "created_at", op: "WITHIN", value: { previous: "MONTH" } },
    { field: "custom.gone", op: "EQ", value: "x" },
  ];
  const query = { groups: [{ conditions }] };
  await prisma.smartList.create({
    data: { orgId: organization.id, id: tagId, name: "Typed", query: query as object },
  });
  const { data, text } = await sendText(
    organization.key,
    `{ smartLists { name isValid sentence query { version groups { conditions { field op value } } } groups { conditions { path op
      field { type label } values { __typename ... on FilterNumber { number } ... on FilterTag { name tag { name } } ... on FilterRange { direction calendarUnit } } } } } }`,
  );
  const [list] = (data as unknown as { smartLists: Record<string, unknown>[] }).smartLists;
  expect(list, text).toEqual({
    name: "Typed",
    isValid: false,
    sentence: null,
    query: { version: 1, ...query },
    groups: [
      {
        conditions: [
          {
            path: "tags",
            op: "HAS_ANY",
            field: { type: "TAGS", label: "Tags" },
            values: [{ __typename: "FilterTag", name: "vip", tag: { name: "vip" } }],
          },
          {
            path: "custom.budget",
            op: "GTE",
            field: { type: "NUMBER", label: "budget" },
            values: [{ __typename: "FilterNumber", number: "5.5" }],
          },
          {
            path: "created_at",
            op: "WITHIN",
            field: { type: "DATE_TIME", label: "Created at" },
            values: [{ __typename: "FilterRange", direction: "previous", calendarUnit: "MONTH" }],
          },
          { path: "custom.gone", op: "EQ", field: null, values: [] },
        ],
      },
    ],
  });
});
