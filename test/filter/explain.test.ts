import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";
import { groups } from "./support.ts";

/** The preview of a filter: its sentence, normal form, date ranges, count, indexes and problems. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    await each.customField({ slug: "industry", type: "SELECT", options: ["Tech", "Retail"], slot: "text1" });
    await each.customField({ slug: "budget", type: "NUMBER", slot: "number1" });
    await each.customField({ slug: "memo", type: "NUMBER", slot: null });
    await each.contact({ name: "both", company: "Big Corp", tags: ["vip"], custom: { industry: "Tech" } });
    await each.contact({ name: "first", tags: ["vip"] });
    await each.contact({ name: "second", company: "corp", custom: { budget: 7 } });
    await each.contact({ name: "neither" });
  }
});

async function preview(variables: Record<string, unknown>, fields: string) {
  const query = `query ($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput, $timeZone: TimeZone) {
    contactFilterPreview(filter: $filter, query: $query, search: $search, timeZone: $timeZone) { ${fields} } }`;
  const { data, text } = await sendText(organization.key, query, variables);
  if (!data) throw new Error(text);
  return (data as unknown as { contactFilterPreview: Record<string, unknown> }).contactFilterPreview;
}

describe("a sentence", () => {
  test.each<[Record<string, unknown>, string]>([
    [{}, "All contacts."],
    [{ filter: { or: [] } }, "No contacts: nothing can fulfil the conditions."],
    [{ search: { text: "ann" } }, 'Contacts in which "ann" is found.'],
    [
      groups(
        [
          { field: "tags", op: "CONTAINS", value: "vip" },
          { field: "custom.industry", op: "EQ", value: "tech" },
        ],
        [{ field: "company", op: "CONTAINS", value: "Corp" }],
      ),
      'Contacts that carry the tag "vip" and whose "industry" is "tech"; or whose company contains "Corp".',
    ],
    [
      { filter: { not: { or: [{ email: { isEmpty: true } }, { tags: { hasAll: ["a", "b"] } }] } } },
      'Contacts whose email is known and that do not carry all of the tags "a" and "b".',
    ],
    [
      { filter: { deals: { some: { status: { eq: "OPEN" } }, count: { gt: 2 } } } },
      'Contacts whose number of deals is more than 2 and that have a deal whose status is "OPEN".',
    ],
    [
      {
        filter: {
          createdAt: { within: { last: { amount: 7, unit: "DAY" } } },
          lastCallAt: { olderThan: "P30D" },
        },
      },
      "Contacts whose creation is in the last 7 days and whose last call is more than 30 days ago.",
    ],
    [
      {
        filter: {
          deals: { some: { name: { contains: "those that have it, that carry it" } } },
          leads: { some: { tags: { hasAny: ["that have"], hasNone: ["that do not carry"] } } },
        },
      },
      'Contacts that have a deal whose name contains "those that have it, that carry it" and that have a lead (that carries the tag "that have" and that does not carry the tag "that do not carry").',
    ],
    [
      { filter: { leads: { none: { tags: { isEmpty: true } } } } },
      "Contacts that have no lead that carries no tag.",
    ],
  ])("of %j", async (variables, sentence) => {
    expect(await preview(variables, "sentence")).toEqual({ sentence });
  });
});

test("the normal form has no empties, no negations of groups, and nothing twice", async () => {
  const filter = {
    and: [
      { and: [] },
      { not: { or: [{ tags: { hasAny: ["vip", "VIP "] } }, { or: [] }, { company: { contains: "x" } }] } },
      { tags: { hasNone: ["VIP"] } },
    ],
  };
  const condition = "condition { path op not writtenAt values { ... on FilterTag { name tag { id } } } }";
  const { tree } = (await preview(
    { filter },
    `tree { kind nodes { kind ${condition} nodes { kind } } }`,
  )) as {
    tree: { kind: string; nodes: { kind: string; condition: Record<string, unknown> }[] };
  };
  expect(tree.kind).toBe("AND");
  expect(tree.nodes.map(({ condition: { path, op, not } }) => [path, op, not])).toEqual([
    ["tags", "HAS_ANY", true],
    ["company", "CONTAINS", true],
  ]);
  expect(tree.nodes[0]?.condition).toMatchObject({ writtenAt: "filter.and[1].not.or[0].tags.hasAny" });
  expect(JSON.stringify(tree.nodes[0]?.condition.values)).toContain(`"name":"vip"`);
});

test("relative dates come with what they come down to, in the time zone that was asked for", async () => {
  const filter = { createdAt: { on: "2026-03-29" } };
  expect(
    await preview({ filter, timeZone: "Europe/Paris" }, "timeZone ranges { path from to field { path } }"),
  ).toEqual({
    timeZone: "Europe/Paris",
    ranges: [
      {
        path: "filter.createdAt.on",
        from: "2026-03-28T23:00:00.000Z",
        to: "2026-03-29T22:00:00.000Z",
        field: { path: "createdAt" },
      },
    ],
  });
});

test("the count is the list's, and the indexes are those that help", async () => {
  const variables = groups(
    [{ field: "tags", op: "CONTAINS", value: "vip" }],
    [
      { field: "custom.budget", op: "GT", value: 5 },
      { field: "company", op: "CONTAINS", value: "corp" },
    ],
  );
  expect(await preview(variables, "count indexes")).toEqual({
    count: 3,
    indexes: ["contact_number_1_idx", "contact_search_text_idx", "contact_tag_ids_idx"],
  });
  expect(
    await preview({ filter: { notes: { contains: "x" }, company: { contains: "co" } } }, "indexes"),
  ).toEqual({
    indexes: [],
  });
});

describe("a condition", () => {
  const many = (text: (at: number) => string) => Array.from({ length: 101 }, (_, at) => text(at));
  test.each<[condition: Record<string, unknown>, index: string | null]>([
    [{ company: { contains: "-a-" } }, "contact_search_text_idx"],
    // Without a letter or digit between others there is no trigram to look up.
    [{ company: { contains: "..." } }, null],
    [{ company: { contains: "corp", endsWith: "..." } }, "contact_search_text_idx"],
    [{ phone: { eq: "+33612345678" } }, "contact_search_text_idx"],
    [{ title: { eq: "fair" } }, "contact_facets_idx"],
    // Long texts have no token.
    [{ title: { eq: "x".repeat(65) } }, null],
    [{ title: { in: ["fair", "x".repeat(65)] } }, null],
    [{ title: { contains: "fair" } }, null],
    // Long lists are compared with what every row has, by a hash.
    [{ title: { in: many((at) => `title ${at}`) } }, null],
    [{ phone: { in: many((at) => `+336123${45000 + at}`) } }, null],
    [{ title: { isEmpty: false } }, "contact_facets_idx"],
    [{ tags: { hasNone: ["vip"] } }, null],
    [{ tags: { isEmpty: false } }, null],
    [{ createdAt: { gt: "2026-01-01T00:00:00Z" } }, "contact_live_created_at_idx"],
    [{ not: { createdAt: { gt: "2026-01-01T00:00:00Z" } } }, "contact_live_created_at_idx"],
    [{ customFields: [{ slug: "budget", number: { gt: "5" } }] }, "contact_number_1_idx"],
    [{ not: { customFields: [{ slug: "budget", number: { gt: "5" } }] } }, null],
    [{ customFields: [{ slug: "memo", number: { gt: "5" } }] }, null],
    [{ deals: { count: { gt: 2 } } }, null],
    [groups([{ field: "deals", op: "IS_NOT_EMPTY" }]), "deal_org_id_contact_id_created_at_id_idx"],
    [groups([{ field: "deals", op: "IS_EMPTY" }]), null],
  ])("%j is looked up by what is compiled of it", async (filter, index) => {
    expect(await preview("query" in filter ? filter : { filter }, "indexes")).toEqual({
      indexes: index === null ? [] : [index],
    });
  });
});

test("a filter that cannot be used is answered with all that is wrong with it, and counts nothing", async () => {
  const variables = groups([
    { field: "compny", op: "EQ", value: "x" },
    { field: "custom.industry", op: "GT", value: "Tech" },
    { field: "createdAt", op: "WITHIN", value: { last: { amount: 0, unit: "DAY" } } },
  ]);
  const answer = await preview(
    variables,
    "valid sentence count tree { kind } problems { code path suggestions }",
  );
  expect(answer).toMatchObject({ valid: false, sentence: null, count: null, tree: null });
  expect(answer.problems).toMatchObject([
    { code: "UNKNOWN_FILTER_FIELD", path: "query.groups[0].conditions[0].field", suggestions: ["company"] },
    { code: "UNKNOWN_FILTER_OPERATOR", path: "query.groups[0].conditions[1].op" },
    { code: "INVALID_FILTER_VALUE", path: "query.groups[0].conditions[2].value" },
  ]);
});
