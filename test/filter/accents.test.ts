import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Searches and orders pass over accents; the comparisons of filters do not. */

const people = [
  ["Zebra Last", "z@x.example", "Zoo"],
  ["Éric Zola", "eric@x.example", "Ångström AB"],
  ["Eric Adams", "zoë@x.example", "Angstrom AB"],
  ["Zoë Müller", "info@müller.example", "Straße & Søn"],
  ["Zoe Muller", "plain@x.example", "Strasse & Son"],
  ["Łukasz Đỗ", null, "Œuvre"],
  ["Игорь Йод", null, "がく"],
  ["Артём Ильин", null, "かく"],
  ["Νίκος Ἀθηνᾶ", null, "한국"],
  ["İsmail Işık", null, "مَكتَب"],
] as const;

let organization: Organization;
let key: string;

beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    await each.customField({ slug: "nick", type: "TEXT", slot: "text1" });
    await each.customField({ slug: "motto", type: "TEXT" });
    for (const [name, email, company] of people) {
      await each.contact({ name, email, company, custom: { nick: name, motto: name } });
      await each.lead({ name, email, company });
      await each.deal({ name, stage: company });
    }
  }
});

async function names(list: string, args: string): Promise<string[]> {
  const { data, text } = await sendText(key, `{ ${list}(${args}) { totalCount nodes { name } } }`);
  const found = (
    data as unknown as Record<string, { totalCount: number; nodes: { name: string }[] }> | null
  )?.[list];
  if (!found) throw new Error(`${args} answered ${text}`);
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map(({ name }) => name);
}

const sorted = async (list: string, args: string) => (await names(list, args)).sort();

describe.each(["contacts", "leads"])("a search among %s", (list) => {
  test.each([
    ["zoe muller", ["Zoe Muller", "Zoë Müller"]],
    ["ZOË MÜLLER", ["Zoe Muller", "Zoë Müller"]],
    ["Zoe\u0308 mu\u0308ller", ["Zoe Muller", "Zoë Müller"]],
    ["muller.example", ["Zoë Müller"]],
    ["müller.example", ["Zoë Müller"]],
    ["xn--mller-kva", ["Zoë Müller"]],
    ["zoe@x", ["Eric Adams"]],
    ["strasse son", ["Zoe Muller", "Zoë Müller"]],
    ["straße søn", ["Zoe Muller", "Zoë Müller"]],
    ["lukasz do", ["Łukasz Đỗ"]],
    ["oeuvre", ["Łukasz Đỗ"]],
    ["do", ["Łukasz Đỗ"]],
    ["артем", ["Артём Ильин"]],
    ["йод", ["Игорь Йод"]],
    ["иод", []],
    ["αθηνα νικος", ["Νίκος Ἀθηνᾶ"]],
    ["がく", ["Игорь Йод"]],
    ["かく", ["Артём Ильин"]],
    ["مكتب", []],
    ["ismail isik", ["İsmail Işık"]],
  ])("for %j finds %j", async (text, expected) => {
    expect(await sorted(list, `search: { text: "${text}" }`)).toEqual(expected);
    const fields = "[NAME, EMAIL, COMPANY, PHONE]";
    expect(await sorted(list, `search: { text: "${text}", fields: ${fields} }`)).toEqual(expected);
  });

  test("takes as many statements as one for a word without accents", async () => {
    const count = async (text: string) => {
      const { statements } = await statementsOf(() => names(list, `search: { text: "${text}" }`));
      return statements.length;
    };
    expect([await count("Zebra"), await count("Zoë")]).toEqual([3, 3]);
  });
});

describe("an order", () => {
  const byName = [
    "Eric Adams",
    "Éric Zola",
    "İsmail Işık",
    "Łukasz Đỗ",
    "Zebra Last",
    "Zoe Muller",
    "Zoë Müller",
    "Νίκος Ἀθηνᾶ",
    "Артём Ильин",
    "Игорь Йод",
  ];
  test.each([
    ["contacts", "field: NAME", byName],
    ["contacts", 'customField: "nick"', byName],
    ["leads", "field: NAME", byName],
    ["deals", "field: NAME", byName],
  ])(
    "of %s by %s puts accented letters beside the plain ones, either way and page by page",
    async (list, by, expected) => {
      expect(await names(list, `orderBy: [{ ${by} }]`)).toEqual(expected);
      expect(await names(list, `orderBy: [{ ${by}, direction: DESC }]`)).toEqual(expected.toReversed());
      const walked: string[] = [];
      for (let after = "null"; after !== ""; ) {
        const { data } = await sendText(
          key,
          `{ ${list}(first: 3, after: ${after}, orderBy: [{ ${by} }]) { nodes { name } pageInfo { hasNextPage endCursor } } }`,
        );
        const page = (data as unknown as Record<string, Page>)[list] as Page;
        walked.push(...page.nodes.map(({ name }) => name));
        after = page.pageInfo.hasNextPage ? JSON.stringify(page.pageInfo.endCursor) : "";
      }
      expect(walked).toEqual(expected);
    },
  );

  interface Page {
    readonly nodes: readonly { name: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  }

  test("by company or stage does the same", async () => {
    const companies = ["Eric Adams", "Éric Zola", "Łukasz Đỗ", "Zoe Muller", "Zoë Müller", "Zebra Last"];
    expect((await names("contacts", "orderBy: [{ field: COMPANY }]")).slice(0, 6)).toEqual(companies);
    expect((await names("deals", "orderBy: [{ field: STAGE }]")).slice(0, 6)).toEqual(companies);
  });

  test("of tags and members puts accented letters beside the plain ones", async () => {
    const own = await Organization.make();
    for (const tag of ["zebra", "Éclair", "ecl", "Eclat"]) {
      await mutate(own.key, `tagCreate(input: { name: "${tag}" })`, "tag { id }");
    }
    const { data } = await sendText(own.key, "{ tags { name } }");
    expect(data).toEqual({ tags: ["ecl", "Éclair", "Eclat", "zebra"].map((name) => ({ name })) });
  });
});

describe("a comparison keeps accents apart", () => {
  const both = ["Zoe Muller", "Zoë Müller"];
  const mueller = ["Zoë Müller"];
  const muller = ["Zoe Muller"];
  const everybody = people.map(([name]) => name as string).sort();

  test.each([
    ["eq", '"zoe muller"', muller],
    ["eq", '"ZOË MÜLLER"', mueller],
    ["in", '["zoë müller", "zoe muller"]', both],
    ["contains", '"muller"', muller],
    ["contains", '"MÜLLER"', mueller],
    ["contains", '"u\u0308ller"', mueller],
    ["contains", '"ller"', both],
    ["contains", '"u"', ["Zoe Muller", "Łukasz Đỗ"]],
    ["contains", '"ë"', mueller],
    ["startsWith", '"zoe"', muller],
    ["startsWith", '"zoë m"', mueller],
    ["startsWith", '"zo"', both],
    ["endsWith", '"uller"', muller],
    ["endsWith", '"üller"', mueller],
    ["endsWith", '"r"', both],
    ["contains", '"\\u0001"', []],
  ])("%s %s", async (operator, said, expected) => {
    const others = everybody.filter((name) => !expected.includes(name));
    for (const list of ["contacts", "leads", "deals"]) {
      expect(await sorted(list, `filter: { name: { ${operator}: ${said} } }`), list).toEqual(expected);
      expect(await sorted(list, `filter: { not: { name: { ${operator}: ${said} } } }`), list).toEqual(others);
    }
    for (const slug of ["nick", "motto"]) {
      const custom = `customFields: [{ slug: "${slug}", text: { ${operator}: ${said} } }]`;
      expect(await sorted("contacts", `filter: { ${custom} }`), slug).toEqual(expected);
      expect(await sorted("contacts", `filter: { not: { ${custom} } }`), slug).toEqual(others);
    }
  });

  test("facets count names that differ in accents apart", async () => {
    const { data } = await sendText(key, "{ contacts { facets { company { value count } } } }");
    const counts = data as unknown as {
      contacts: { facets: { company: { value: string; count: number }[] } };
    };
    expect(counts.contacts.facets.company.slice(0, 3)).toEqual(
      ["Angstrom AB", "Strasse & Son", "Straße & Søn"].map((value) => ({ value, count: 1 })),
    );
  });

  test("tags that differ in accents are two", async () => {
    const own = await Organization.make();
    for (const tag of ["cafe", "Café", "ÇA"]) {
      const created = await mutate(
        own.key,
        `tagCreate(input: { name: "${tag}" })`,
        "tag { id } errors { code }",
      );
      expect(created).toMatchObject({ errors: [] });
    }
    await mutate(
      own.key,
      'contactCreate(input: { name: "A", email: "a@x.io", tags: ["CAFÉ"] })',
      "contact { id }",
    );
    const find = async (filter: string) => {
      const { data } = await sendText(
        own.key,
        `{ contacts(filter: { tags: { ${filter} } }) { totalCount } }`,
      );
      return data;
    };
    expect(await find('hasAny: [" café "]')).toEqual({ contacts: { totalCount: 1 } });
    expect(await find('hasAny: ["cafe"]')).toEqual({ contacts: { totalCount: 0 } });
    const repeated = await mutate(own.key, 'tagCreate(input: { name: "CAFE\u0301" })', "errors { code }");
    expect(repeated).toMatchObject({ errors: [{ code: "NAME_TAKEN" }] });
  });
});
