import { beforeAll, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Values counted under a filter: the caller's rows alone, one statement a facet. */

let organization: Organization;
let restricted: Awaited<ReturnType<Organization["member"]>>;

beforeAll(async () => {
  organization = await Organization.make();
  const noise = await Organization.make();
  restricted = await organization.member({ dataScope: "ASSIGNED" });
  for (const each of [organization, noise]) {
    const owner = each === organization ? { ownerId: restricted.id } : {};
    await each.customField({ slug: "industry", type: "SELECT", options: ["Tech", "Retail"], slot: "text1" });
    await each.customField({ slug: "likes", type: "MULTI_SELECT", options: ["tea", "coffee"], slot: null });
    await each.customField({ slug: "motto", type: "TEXT", slot: "text2" });
    await each.customField({ slug: "size", type: "NUMBER", slot: null });
    const tech = { industry: "Tech", likes: ["tea", "coffee"], motto: "Go", size: 12 };
    await each.contact({ name: "a", source: "Web", tags: ["vip", "hot"], custom: tech, ...owner });
    await each.contact({
      name: "b",
      source: "WEB",
      tags: ["vip"],
      custom: { ...tech, motto: "go", likes: ["tea"] },
    });
    await each.contact({ name: "c", source: "Fair", custom: { industry: "Retail" }, ...owner });
    await each.contact({ name: "d" });
    await each.contact({ name: "in the trash", source: "Web", tags: ["vip"], deletedAt: new Date() });
    await each.lead({ name: "x", status: "NEW" });
    await each.lead({ name: "y", status: "QUALIFIED" });
    await each.deal({ stage: "Demo", value: "5.00" });
    await each.deal({ stage: "DEMO", value: "50.00", status: "WON" });
  }
});

const counted = async (facets: string, variables: Record<string, unknown> = {}, key = organization.key) => {
  const query = `query ($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput) {
    contacts(filter: $filter, query: $query, search: $search, first: 1) { totalCount facets { ${facets} } } }`;
  const { data, text } = await sendText(key, query, variables);
  if (!data) throw new Error(text);
  return (data as unknown as { contacts: { totalCount: number; facets: Record<string, object[]> } }).contacts
    .facets;
};

describe("contacts", () => {
  test("by tag, source and owner, most frequent first, with those that have none", async () => {
    const vip = encodeId("Tag", await organization.tag("vip"));
    const hot = encodeId("Tag", await organization.tag("hot"));
    const member = { value: restricted.globalId, count: 2, member: { id: restricted.globalId } };
    expect(
      await counted(
        "tags { value count tag { name } } source { value count } owner { value count member { id } }",
      ),
    ).toEqual({
      tags: [
        { value: vip, count: 2, tag: { name: "vip" } },
        { value: null, count: 2, tag: null },
        { value: hot, count: 1, tag: { name: "hot" } },
      ],
      source: [
        { value: expect.stringMatching(/^web$/i), count: 2 },
        { value: "Fair", count: 1 },
        { value: null, count: 1 },
      ],
      owner: expect.arrayContaining([member, { value: null, count: 2, member: null }]),
    });
  });

  test("by custom fields of every kind", async () => {
    const of = (slug: string) => counted(`customField(slug: "${slug}") { value count }`);
    expect((await of("industry")).customField).toEqual([
      { value: "Tech", count: 2 },
      { value: "Retail", count: 1 },
      { value: null, count: 1 },
    ]);
    expect((await of("likes")).customField).toEqual([
      { value: "tea", count: 2 },
      { value: null, count: 2 },
      { value: "coffee", count: 1 },
    ]);
    // Folded: one value, whatever its case.
    expect((await of("motto")).customField).toEqual([
      { value: expect.stringMatching(/^go$/i), count: 2 },
      { value: null, count: 2 },
    ]);
    expect((await of("size")).customField).toContainEqual({ value: "12", count: 2 });
  });

  test("under the filter, or as if its own conditions held", async () => {
    const filter = { source: { eq: "web" }, tags: { hasAny: ["hot"] } };
    expect(await counted("tags { count } source { value count }", { filter })).toEqual({
      tags: [{ count: 1 }, { count: 1 }],
      source: [{ value: "Web", count: 1 }],
    });
    const own = await counted("tags(ignoreOwn: true) { count } source(ignoreOwn: true) { value count }", {
      filter,
    });
    expect(own).toEqual({ tags: [{ count: 2 }, { count: 1 }], source: [{ value: "Web", count: 1 }] });
    const negated = { not: { source: { eq: "web" } } };
    expect((await counted("source(ignoreOwn: true) { count }", { filter: negated })).source).toHaveLength(3);
  });

  test("at most as many values as wanted", async () => {
    expect((await counted("tags(first: 1) { count }")).tags).toEqual([{ count: 2 }]);
    const { errors } = await sendText(
      organization.key,
      "{ contacts { facets { tags(first: 0) { count } } } }",
    );
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "first" });
  });

  test("all of one list by one statement, of built-in and custom fields, and one for the custom fields' definitions", async () => {
    const facets = `tags { value count } source { value count } owner { value count } company { value count }
      industry: customField(slug: "industry") { value count } likes: customField(slug: "likes") { value count }
      motto: customField(slug: "motto") { value count } size: customField(slug: "size") { value count }`;
    const none = await statementsOf(() => counted("__typename"));
    const all = await statementsOf(() => counted(facets));
    expect(all.statements.length - none.statements.length).toBe(2);
    // Together they say what each says alone.
    for (const facet of facets.split(/(?<=\})\s+/)) {
      const [[name, values] = ["", []]] = Object.entries(await counted(facet));
      expect(all.answer[name], facet).toEqual(values);
    }
  });

  test("one more statement for each set of rows, where the filter's conditions on a field do not count", async () => {
    const filter = { source: { eq: "web" }, tags: { hasAny: ["hot"] } };
    const own = "(ignoreOwn: true) { count }";
    const none = await statementsOf(() => counted("__typename", { filter }));
    const four = await statementsOf(() =>
      counted(`tags${own} source${own} owner${own} company${own} all: owner { count }`, { filter }),
    );
    // Without the source, without the tags, and with both.
    expect(four.statements.length - none.statements.length).toBe(3);
  });

  test("beside one of a custom field that does not exist, and one with a wrong number of values: the request is refused", async () => {
    const { data, errors } = await sendText(
      organization.key,
      '{ contacts { facets { tags { count } source(first: 0) { count } customField(slug: "no", first: 101) { count } } } }',
    );
    expect(data).toEqual({ contacts: { facets: null } });
    expect(errors.map(({ extensions }) => extensions.code)).toContain("BAD_USER_INPUT");
  });

  test("of a restricted member: their own alone", async () => {
    expect((await counted("source { value count } tags { count }", {}, restricted.key)).source).toEqual([
      { value: "Fair", count: 1 },
      { value: "Web", count: 1 },
    ]);
  });

  test("of a custom field that does not exist: an error with what may have been meant", async () => {
    const { errors } = await sendText(
      organization.key,
      '{ contacts { facets { customField(slug: "industri") { count } } } }',
    );
    expect(errors[0]?.extensions).toMatchObject({ code: "UNKNOWN_FILTER_FIELD", suggestions: ["industry"] });
  });
});

test("leads and deals have their own", async () => {
  const { data, text } = await sendText(
    organization.key,
    "{ leads { facets { status { value count } } } deals { facets { stage { value count } status { value count } } } }",
  );
  expect(data, text).toEqual({
    leads: {
      facets: {
        status: [
          { value: "NEW", count: 1 },
          { value: "QUALIFIED", count: 1 },
        ],
      },
    },
    deals: {
      facets: {
        stage: [{ value: expect.stringMatching(/^demo$/i), count: 2 }],
        status: [
          { value: "OPEN", count: 1 },
          { value: "WON", count: 1 },
        ],
      },
    },
  });
});
