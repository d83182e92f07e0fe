import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/**
 * An address at müller.example is one address, by what is shown and by what is stored, wherever addresses are
 * compared.
 */

const shown = "info@müller.example";
const stored = "info@xn--mller-kva.example";
const spellings = [
  shown,
  stored,
  "INFO@MÜLLER.example",
  "info@mu\u0308ller.example",
  "Info@XN--MLLER-KVA.Example",
];

/** What an organization has: one address each, written either way; of contacts also beside the primary one. */
async function plant(email: string): Promise<Organization & { key: string }> {
  const organization = await Organization.make();
  const create = (noun: "contact" | "lead", input: object) =>
    mutate(
      organization.key,
      `${noun}Create(input: $input)`,
      `${noun} { id }`,
      { input },
      `($input: ${noun === "contact" ? "Contact" : "Lead"}CreateInput!)`,
    );
  for (const noun of ["contact", "lead"] as const) {
    await create(noun, { name: "It", email, source: "Fair" });
    await create(noun, { name: "Plain", email: "info@mueller.example", source: "Web" });
    await create(noun, { name: "Accentless", email: "info@muller.example", source: "Web" });
  }
  const other = email.replace("info", "other");
  await create("contact", { name: "Beside", email: "b@plain.example", otherEmails: [other], source: "Web" });
  return organization;
}

const conditions: [object, boolean][] = [
  ...spellings.flatMap((email): [object, boolean][] => [
    [{ eq: email }, true],
    [{ in: ["x@y.example", email] }, true],
    [{ ne: email }, false],
    [{ notIn: [email] }, false],
    [{ contains: email }, true],
    [{ startsWith: email }, true],
    [{ endsWith: email }, true],
  ]),
  [{ contains: "müll" }, true],
  [{ contains: "MÜLLER.EX" }, true],
  [{ contains: "xn--mller" }, true],
  [{ contains: "info@mü" }, true],
  [{ notContains: "müller" }, false],
  [{ notContains: "xn--mller-kva" }, false],
  [{ startsWith: "info@mü" }, true],
  [{ startsWith: "info@xn--" }, true],
  [{ endsWith: "@müller.example" }, true],
  [{ endsWith: "üller.example" }, true],
  [{ endsWith: "@xn--mller-kva.example" }, true],
  [{ endsWith: "kva.example" }, true],
];
const words = [
  ...spellings,
  "müller",
  "MÜLLER.example",
  "xn--mller-kva",
  "info@mül",
  "it müller",
  "it xn--mller",
];

describe.each([
  ["in letters", shown],
  ["in A-labels", stored],
])("an address written %s", (_way, email) => {
  let organization: Organization & { key: string };
  beforeAll(async () => {
    organization = await plant(email);
    await plant(email);
  });

  const ask = async (list: string, args: string, type: string, value: object, more = "") => {
    const query = `query ($value: ${type}) { list: ${list}(${args}) { totalCount nodes { name } ${more} } }`;
    const { data, text } = await sendText(organization.key, query, { value });
    if (data === null) throw new Error(text);
    return (
      data as unknown as {
        list: {
          totalCount: number;
          nodes: { name: string }[];
          facets?: { source: { value: string; count: number }[] };
        };
      }
    ).list;
  };
  const namesIn = ({ nodes }: { nodes: { name: string }[] }) => nodes.map(({ name }) => name);
  const filterOf = (list: string) => (list === "contacts" ? "ContactFilter!" : "LeadFilter!");

  describe.each(["contacts", "leads"])("of %s", (list) => {
    test.each(conditions)("is found, or left out, by %j", async (comparison, holds) => {
      const found = await ask(list, "filter: $value", filterOf(list), { email: comparison });
      expect(namesIn(found).includes("It")).toBe(holds);
      expect(namesIn(found).includes("Plain")).toBe(!holds);
      expect(namesIn(found).includes("Accentless")).toBe(!holds);
      const others = await ask(list, "filter: $value", filterOf(list), { not: { email: comparison } });
      expect(namesIn(others).includes("It")).toBe(!holds);
    });

    test.each(words)("is found by a search for %s", async (text) => {
      for (const fields of text.includes(" ") ? [undefined] : [undefined, ["EMAIL"]]) {
        const found = await ask(list, "search: $value", "SearchInput!", { text, ...(fields && { fields }) });
        expect(namesIn(found)).toContain("It");
        expect(namesIn(found)).not.toContain("Plain");
      }
    });

    test.each(spellings)("is counted by facets of those that %s finds", async (given) => {
      const facets = "facets { source { value count } }";
      for (const comparison of [{ eq: given }, { contains: given }, { endsWith: given }]) {
        const { facets: counted } = await ask(
          list,
          "filter: $value",
          filterOf(list),
          { email: comparison },
          facets,
        );
        expect(counted?.source.filter(({ count }) => count > 0)).toEqual([
          { value: expect.stringMatching(/^fair$/i), count: 1 },
        ]);
      }
      const searched = await ask(list, "search: $value", "SearchInput!", { text: given }, facets);
      expect(searched.facets?.source).toContainEqual({ value: expect.stringMatching(/^fair$/i), count: 1 });
    });
  });

  test.each(spellings.map((given) => given.replace(/^info/i, "OTHER")))(
    "beside the primary one is found as %s",
    async (given) => {
      for (const comparison of [{ eq: given }, { in: [given] }, { contains: given }, { endsWith: given }]) {
        const found = await ask("contacts", "filter: $value", "ContactFilter!", { email: comparison });
        expect(namesIn(found), JSON.stringify(comparison)).toEqual(["Beside"]);
      }
      const found = await ask("contacts", "search: $value", "SearchInput!", { text: given });
      expect(namesIn(found)).toEqual(["Beside"]);
    },
  );

  test.each(spellings)("is taken for %s, and the error names the contact that has it", async (given) => {
    const other = given.replace(/^info/i, "other");
    for (const [input, name] of [
      [{ email: given }, "It"],
      [{ email: other }, "Beside"],
      [{ email: "new@plain.example", otherEmails: [given] }, "It"],
      [{ email: "new@plain.example", otherEmails: [other] }, "Beside"],
    ] as const) {
      const made = await mutate<{ contact: object | null; taken: object[] }>(
        organization.key,
        "contactCreate(input: $input)",
        "contact { id } taken: errors { ... on DuplicateContactError { existing { name } } }",
        { input: { name: "Second", ...input } },
        "($input: ContactCreateInput!)",
      );
      expect(made, JSON.stringify(input)).toMatchObject({
        contact: null,
        errors: [{ code: "EMAIL_TAKEN" }],
        taken: [{ existing: { name } }],
      });
    }
  });

  test.each(spellings)("is recognised in a file as %s, of contacts and of leads", async (given) => {
    for (const entity of ["Contact", "Lead"] as const) {
      const notes = `${entity} ${given}`;
      const file = `name,email,notes\nIt,${given},${notes}\n`;
      const job = await imported(organization, file, { mode: "UPDATE" }, organization.key, entity);
      expect(job, entity).toMatchObject({ created: 0, updated: 1, failed: 0 });
    }
    const file = `name,email,notes\nBeside,${given.replace(/^info/i, "other")},${given}\n`;
    expect(await imported(organization, file, { mode: "UPDATE" })).toMatchObject({ created: 0, updated: 1 });
  });
});
