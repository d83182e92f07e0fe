import { beforeAll, describe, expect, test } from "vitest";
import { planned } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { askExport } from "../support/exports.ts";
import { listsOf, namesIn } from "../support/lists.ts";
import { Organization } from "../support/makers.ts";

/** A number is found as people of the organization's country write it. */

/** The same people in organizations of several countries, and of none. */
let germany: Organization;
let russia: Organization;
let nowhere: Organization;
const people = {
  Berlin: "+4930998877",
  Extension: "+4930998877;ext=12",
  London: "+442079460958",
  Moscow: "+74951234567",
  Rome: "+39061234567",
} as const;

beforeAll(async () => {
  const make = async (country: string | null) => {
    const made = await Organization.make();
    for (const [name, phone] of Object.entries(people)) {
      await made.contact({ name, phoneNumbers: ["+33612345678", phone] });
      await made.lead({ name, phone });
    }
    await of(made, country);
    return made;
  };
  [germany, russia, nowhere] = [await make("DE"), await make("RU"), await make(null)];
});

const of = ({ key }: Organization, country: string | null) =>
  mutate(
    key,
    `organizationUpdate(input: { defaultCountry: ${country && `"${country}"`} })`,
    "organization { id }",
  );

async function names({ key }: Organization, args: string, list = "contacts"): Promise<string[]> {
  const { data, text } = await sendText(key, `{ ${list}(${args}) { totalCount nodes { name } } }`);
  const found = (
    data as unknown as Record<string, { totalCount: number; nodes: { name: string }[] }> | null
  )?.[list];
  if (!found) throw new Error(`${args} answered ${text}`);
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map(({ name }) => name).sort();
}

const everybody = Object.keys(people).sort();
const others = (found: readonly string[]) => everybody.filter((name) => !found.includes(name));
const both = ["Berlin", "Extension"];

type Name = "germany" | "russia" | "nowhere";
const named = (name: Name) => ({ germany, russia, nowhere })[name];

const generic: Record<string, string> = {
  eq: "EQ",
  contains: "CONTAINS",
  startsWith: "STARTS_WITH",
  endsWith: "ENDS_WITH",
};

describe("a filter", () => {
  test.each<[Name, string, string, string[]]>([
    ["germany", "eq", "030 998877", ["Berlin"]],
    ["germany", "eq", "(030) 99-88-77", ["Berlin"]],
    ["germany", "eq", "030/998877 ext. 12", ["Extension"]],
    ["germany", "eq", "+49 30 998877 x12", ["Extension"]],
    ["germany", "eq", "+4930998877;ext=12", ["Extension"]],
    ["germany", "eq", "0049 30 998877", ["Berlin"]],
    ["germany", "eq", "020 7946 0958", []],
    ["germany", "eq", "0044 20 7946 0958", ["London"]],
    ["germany", "eq", "030 998878", []],
    ["germany", "eq", "no number", []],
    ["nowhere", "eq", "030 998877", []],
    ["nowhere", "eq", "+49 30 998877 ext 12", ["Extension"]],
    ["russia", "eq", "8 (495) 123-45-67", ["Moscow"]],
    ["russia", "eq", "030 998877", []],
    ["germany", "contains", "030 998877", both],
    ["germany", "contains", "030 998877 x12", ["Extension"]],
    ["germany", "contains", "x12", ["Extension"]],
    ["nowhere", "contains", "030 998877", both],
    ["russia", "contains", "8 (495) 123-45-67", ["Moscow"]],
    ["nowhere", "contains", "8 (495) 123-45-67", []],
    ["russia", "endsWith", "8 (495) 123-45-67", ["Moscow"]],
    ["germany", "endsWith", "998877 ext. 12", ["Extension"]],
    ["germany", "endsWith", "998877", ["Berlin"]],
    ["germany", "startsWith", "030 99", both],
    ["germany", "startsWith", "030", both],
    ["germany", "startsWith", "+49 30", both],
    ["germany", "startsWith", "020", []],
    ["germany", "startsWith", "0044", ["London"]],
    ["russia", "startsWith", "8 495", ["Moscow"]],
    ["nowhere", "startsWith", "030 99", []],
  ])("in %s: %s %s finds its people, and its complement the others", async (name, operator, said, found) => {
    const organization = named(name);
    const query = `query: { groups: [{ conditions: [{ field: "phone", op: ${generic[operator]}, value: "${said}" }] }] }`;
    for (const list of ["contacts", "leads"]) {
      const filter = `{ phone: { ${operator}: "${said}" } }`;
      expect(await names(organization, `filter: ${filter}`, list), list).toEqual(found);
      expect(await names(organization, `filter: { not: ${filter} }`, list), list).toEqual(others(found));
      expect(await names(organization, query, list), list).toEqual(found);
    }
  });

  test("finds each of several numbers, few or many, and the complement of them", async () => {
    const few = ["030 998877", "+44 20 7946 0958", "030 998877 x12"];
    const many = [...few, ...Array.from({ length: 200 }, (_, at) => `030 5550${100 + at}`)];
    const found = ["Berlin", "Extension", "London"];
    for (const said of [few, many]) {
      for (const list of ["contacts", "leads"]) {
        expect(await names(germany, `filter: { phone: { in: ${JSON.stringify(said)} } }`, list)).toEqual(
          found,
        );
        expect(await names(germany, `filter: { phone: { notIn: ${JSON.stringify(said)} } }`, list)).toEqual(
          others(found),
        );
      }
    }
    expect(await names(nowhere, `filter: { phone: { in: ${JSON.stringify(few)} } }`)).toEqual(["London"]);
  });

  test("takes as many statements with a country as without", async () => {
    const ask = (organization: Organization) =>
      statementsOf(() => names(organization, `filter: { phone: { eq: "030 998877" } }`));
    const [there, without] = [await ask(germany), await ask(nowhere)];
    expect(there.answer).toEqual(["Berlin"]);
    expect(there.statements.length).toBe(without.statements.length);
  });
});

describe("a search", () => {
  test.each<[Name, string, string[]]>([
    ["germany", "030 998877", both],
    ["germany", "030 998877 ext. 12", ["Extension"]],
    ["germany", "030 998877 x12", ["Extension"]],
    ["germany", "extension 030 998877", ["Extension"]],
    ["germany", "(030)998877x12", ["Extension"]],
    ["germany", "+49 30 998877 Ext 12", ["Extension"]],
    ["germany", "+4930998877;ext=12", ["Extension"]],
    ["germany", "030 998877 ext. 13", []],
    ["nowhere", "+49 30 998877 #12", ["Extension"]],
    ["nowhere", "30 998877 extension 12", ["Extension"]],
    ["russia", "8 (495) 123-45-67", ["Moscow"]],
    ["russia", "84951234567", ["Moscow"]],
    ["germany", "8 (495) 123-45-67", []],
    ["germany", "london x", []],
  ])("in %s for %s finds its people", async (name, text, found) => {
    for (const list of ["contacts", "leads"]) {
      expect(await names(named(name), `search: { text: "${text}" }`, list), list).toEqual(found);
      if (!/[a-z]{5}/.test(text.replace("extension 12", "")))
        expect(await names(named(name), `search: { text: "${text}", fields: [PHONE] }`, list)).toEqual(found);
    }
  });
});

test.each([
  ["digits", "1".repeat(300_000)],
  ["digits before a letter", `${"1".repeat(300_000)}a`],
  ["spaces before a digit", `${" ".repeat(300_000)}1`],
  ["spaces behind the mark of an extension", `1 x${" ".repeat(300_000)}a`],
  ["trunk zeros", "+1(0)".repeat(60_000)],
])("300,000 characters of %s find nobody, and hold up nobody", async (_what, text) => {
  for (const args of [
    "filter: { phone: { contains: $text } }",
    "filter: { phone: { startsWith: $text } }",
    "filter: { phone: { eq: $text } }",
    "search: { text: $text }",
  ]) {
    const query = `query ($text: String!) { contacts(first: 1, ${args}) { nodes { name } } }`;
    const { data, text: answer } = await sendText(germany.key, query, { text });
    // A single digit is all that a search for spaces and a 1 looks for.
    if (text.trim() !== "1") expect(data, answer.slice(0, 200)).toEqual({ contacts: { nodes: [] } });
  }
});

describe("what keeps a filter or a search", () => {
  test("a smart list means the organization's country at the time it is read", async () => {
    const own = await Organization.make();
    await own.contact({ name: "Berlin", phoneNumbers: ["+4930998877"] });
    await own.contact({ name: "Paris", phoneNumbers: ["+33130998877"] });
    const { saved, read } = listsOf(() => own);
    const list = await saved("Desk", { field: "phone", op: "EQ", value: "030 998877" });
    const inList = () => names(own, `filter: { inSmartList: { in: ["${list.id}"] } }`);
    expect([namesIn(list), await inList()]).toEqual([[], []]);
    await of(own, "DE");
    expect(await read(list.id)).toMatchObject({ isValid: true, contacts: { nodes: [{ name: "Berlin" }] } });
    expect(await inList()).toEqual(["Berlin"]);
    const french = await saved("France", { field: "phone", op: "EQ", value: "01 30 99 88 77" });
    expect(namesIn(french)).toEqual([]);
    await of(own, "FR");
    expect([namesIn(await read(list.id)), namesIn(await read(french.id))]).toEqual([[], ["Paris"]]);
  });

  test("a cursor is one of the list as it was: not of another country's", async () => {
    const own = await Organization.make();
    await own.contact({ name: "A", phoneNumbers: ["+4930998877"] });
    await own.contact({ name: "B", phoneNumbers: ["+4930998877"] });
    await of(own, "DE");
    const page = async (after: string) => {
      const args = `first: 1, filter: { phone: { eq: "030 998877" } } ${after}`;
      return sendText(own.key, `{ contacts(${args}) { nodes { name } pageInfo { endCursor } } }`);
    };
    const { data } = await page("");
    const { endCursor } = (data as unknown as { contacts: { pageInfo: { endCursor: string } } }).contacts
      .pageInfo;
    expect((await page(`after: "${endCursor}"`)).errors).toEqual([]);
    await of(own, "FR");
    expect((await page(`after: "${endCursor}"`)).errors[0]?.extensions.code).toBe("BAD_CURSOR");
  });

  test("a bulk change and an export are of the contacts that the list shows", async () => {
    const filter = { phone: { eq: "030 998877" } };
    const search = { text: "8 (495) 123-45-67" };
    expect((await planned(germany.key, "contactsBulkDelete", { filter })).count).toBe(1);
    expect((await planned(nowhere.key, "contactsBulkDelete", { filter })).count).toBe(0);
    expect((await planned(russia.key, "contactsBulkDelete", { search })).count).toBe(1);
    expect((await askExport(germany.key, { filter })).job?.total).toBe(1);
    expect((await askExport(nowhere.key, { filter })).job?.total).toBe(0);
    expect((await askExport(russia.key, { search })).job?.total).toBe(1);
  });
});
