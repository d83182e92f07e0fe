import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** People are found by what they are shown to have: addresses in letters, phone numbers with brackets and dashes. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
  const noise = await Organization.make();
  for (const each of [organization, noise]) {
    const create = (input: string) =>
      mutate(each.key, `contactCreate(input: { ${input} })`, "contact { id }");
    await create('name: "Written", email: "Jörg@Müller.example"');
    await create('name: "Encoded", email: "info@xn--mller-kva.example"');
    await create('name: "Plain", email: "ann@mueller.example"');
    await create('name: "None", phoneNumbers: ["+15128677777"]');
    await create('name: "Abroad", phoneNumbers: ["+442079460958", "+4930901820"]');
    await mutate(
      each.key,
      'leadCreate(input: { name: "Lead", email: "a@Straße.example", phone: "+15128677777" })',
      "lead { id }",
    );
  }
});

async function names(args: string, list = "contacts"): Promise<string[]> {
  const { data, text } = await sendText(key, `{ ${list}(${args}) { totalCount nodes { name } } }`);
  const found = (
    data as unknown as Record<string, { totalCount: number; nodes: { name: string }[] }> | null
  )?.[list];
  if (!found) throw new Error(`${args} answered ${text}`);
  expect(found.totalCount).toBe(found.nodes.length);
  return found.nodes.map(({ name }) => name).sort();
}
const everybody = ["Abroad", "Encoded", "None", "Plain", "Written"];
const others = (found: readonly string[]) => everybody.filter((name) => !found.includes(name));

describe("an address at an international domain", () => {
  const both = ["Encoded", "Written"];
  test.each([
    ["contains", "müller", both],
    ["contains", "@MÜLLER.EXAMPLE", both],
    ["contains", "u\u0308ller.ex", both],
    ["contains", "xn--mller", both],
    ["contains", "r.example", [...both, "Plain"].sort()],
    ["contains", "jörg@müller.ex", ["Written"]],
    ["endsWith", "müller.example", both],
    ["endsWith", "@xn--mller-kva.example", both],
    ["startsWith", "info@mü", ["Encoded"]],
    ["startsWith", "info@xn--", ["Encoded"]],
    ["eq", "JÖRG@müller.example", ["Written"]],
    ["eq", "jörg@xn--mller-kva.example", ["Written"]],
    ["eq", "info@müller.EXAMPLE", ["Encoded"]],
    ["contains", "muller", []],
  ])("is found where it %s %s, and its complement holds the others", async (operator, text, expected) => {
    expect(await names(`filter: { email: { ${operator}: "${text}" } }`)).toEqual(expected);
    expect(await names(`filter: { not: { email: { ${operator}: "${text}" } } }`)).toEqual(others(expected));
    if (operator === "contains")
      expect(await names(`filter: { email: { notContains: "${text}" } }`)).toEqual(others(expected));
  });

  test.each([
    ["müller", both],
    ["MÜLLER.example", both],
    ["xn--mller-kva", both],
    ["jörg müller", ["Written"]],
  ])("is found by searching for %s, everywhere and among the addresses", async (text, expected) => {
    expect(await names(`search: { text: "${text}" }`)).toEqual(expected);
    expect(await names(`search: { text: "${text}", fields: [EMAIL] }`)).toEqual(expected);
    expect(await names(`search: { text: "${text}", fields: [NAME, PHONE] }`)).toEqual([]);
  });

  test("is a lead's as well, and is another after a change", async () => {
    expect(await names('filter: { email: { contains: "straße" } }', "leads")).toEqual(["Lead"]);
    expect(await names('search: { text: "straße" }', "leads")).toEqual(["Lead"]);
    const { contact } = await mutate<{ contact: { id: string } }>(
      key,
      'contactCreate(input: { name: "Changing", email: "c@bücher.example" })',
      "contact { id }",
    );
    await mutate(
      key,
      `contactUpdate(id: "${contact.id}", input: { email: "c@köln.example" })`,
      "contact { id }",
    );
    expect(await names('filter: { email: { contains: "bücher" } }')).toEqual([]);
    expect(await names('filter: { email: { contains: "köln" } }')).toEqual(["Changing"]);
    await mutate(
      key,
      `contactUpdate(id: "${contact.id}", input: { email: "c@plain.example" })`,
      "contact { id }",
    );
    expect(await names('search: { text: "köln" }')).toEqual([]);
    await mutate(key, `contactDelete(id: "${contact.id}")`, "contact { id }");
  });
});

describe("a phone number", () => {
  test.each([
    ["(512) 867-7777", ["None"]],
    ["+1 (512) 867-7777", ["None"]],
    ["0015128677777", ["None"]],
    ["00 1 512 867 7777", ["None"]],
    ["512.867.7777", ["None"]],
    ["+1 512\u2011867\u20117777", ["None"]],
    ["\u202a+1 512 867 7777\u202c", ["None"]],
    ["+44 (0)20 7946 0958", ["Abroad"]],
    ["020 7946 0958", ["Abroad"]],
    ["(030) 90 18 20", ["Abroad"]],
    ["+49 30 901820", ["Abroad"]],
    ["8677777", ["None"]],
    ["+1 512 867 7778", []],
  ])("is found written as %s, by search and by filter", async (text, expected) => {
    expect(await names(`search: { text: "${text}" }`), "search").toEqual(expected);
    expect(await names(`search: { text: "${text}", fields: [PHONE] }`), "search phones").toEqual(expected);
    expect(await names(`search: { text: "${text}", fields: [NAME] }`), "search names").toEqual([]);
    expect(await names(`filter: { phone: { contains: "${text}" } }`), "filter").toEqual(expected);
    expect(await names(`filter: { phone: { endsWith: "${text}" } }`), "end").toEqual(expected);
    expect(await names(`filter: { phone: { notContains: "${text}" } }`)).toEqual(others(expected));
  });

  test("is found beside a name, and equals what carries its country", async () => {
    expect(await names('search: { text: "none (512) 867-7777" }')).toEqual(["None"]);
    expect(await names('search: { text: "abroad (512) 867-7777" }')).toEqual([]);
    for (const text of ["+1 (512) 867-7777", "0015128677777", "001 512 867 7777"]) {
      expect(await names(`filter: { phone: { eq: "${text}" } }`)).toEqual(["None"]);
      expect(await names(`filter: { phone: { eq: "${text}" } }`, "leads")).toEqual(["Lead"]);
    }
    expect(await names('filter: { phone: { startsWith: "001 512" } }')).toEqual(["None"]);
    expect(await names('search: { text: "(512) 867-7777" }', "leads")).toEqual(["Lead"]);
  });
});
