import { domainToASCII } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** Addresses at a domain of any script are found by what people write and by what is stored, whichever was sent. */

describe("in several scripts", () => {
  const domains = ["müller.example", "пример.рф", "mail.straße.example"];
  const forms = (domain: string) => [domain, domainToASCII(domain)] as const;

  let key: string;
  beforeAll(async () => {
    const organization = await Organization.make();
    key = organization.key;
    const noise = await Organization.make();
    for (const each of [organization, noise]) {
      for (const [at, domain] of domains.entries()) {
        const [shown, stored] = forms(domain);
        await each.contact({ name: `written ${at}`, email: `w${at}@${shown}`, source: shown });
        await each.contact({ name: `encoded ${at}`, email: `e${at}@${stored}`, source: shown });
        await each.contact({
          name: `other ${at}`,
          email: `o${at}@plain.example`,
          otherEmails: [`x${at}@${shown}`, `y${at}@${stored}`],
        });
        await each.lead({ name: `written ${at}`, email: `w${at}@${shown}` });
        await each.lead({ name: `encoded ${at}`, email: `e${at}@${stored}` });
      }
      await each.contact({ name: "mueller", email: "m@mueller.example" });
    }
  });

  async function names(args: string, list = "contacts"): Promise<string[]> {
    const { data, text } = await sendText(
      key,
      `{ ${list}(${args}, first: 100) { totalCount nodes { name } } }`,
    );
    const found = (
      data as unknown as Record<string, { totalCount: number; nodes: { name: string }[] }> | null
    )?.[list];
    if (!found) throw new Error(`${args} answered ${text}`);
    expect(found.totalCount).toBe(found.nodes.length);
    return found.nodes.map(({ name }) => name).sort();
  }

  describe.each(domains.map((domain, at) => [domain, at] as const))("%s", (domain, at) => {
    const all = [`encoded ${at}`, `other ${at}`, `written ${at}`];
    const [shown, stored] = forms(domain);
    const [label = ""] = shown.split(".");

    test.each([
      shown,
      stored,
      shown.replace("ß", "ẞ").toUpperCase(),
      stored.toUpperCase(),
      shown.normalize("NFD"),
    ])("is found as %s", async (said) => {
      for (const list of ["contacts", "leads"]) {
        const expected = list === "leads" ? all.filter((name) => !name.startsWith("other")) : all;
        for (const [local, kind] of [
          ["w", "written"],
          ["e", "encoded"],
          ["x", "other"],
          ["y", "other"],
        ]) {
          const one = list === "leads" && kind === "other" ? [] : [`${kind} ${at}`];
          const address = `${local}${at}@${said}`;
          const where = `${list} ${address}`;
          expect(await names(`filter: { email: { eq: "${address}" } }`, list), where).toEqual(one);
          expect(await names(`filter: { email: { in: ["${address}", "none@x.io"] } }`, list), where).toEqual(
            one,
          );
          expect(
            await names(`filter: { email: { startsWith: "${address.slice(0, -4)}" } }`, list),
            where,
          ).toEqual(one);
          expect(await names(`search: { text: "${address}" }`, list), where).toEqual(one);
          expect(await names(`search: { text: "${address}", fields: [EMAIL] }`, list), where).toEqual(one);
          const query = `query: { groups: [{ conditions: [{ field: "email", op: IN, value: ["${address}"] }] }] }`;
          expect(await names(query, list), where).toEqual(one);
        }
        for (const filter of [
          `contains: "${said}"`,
          `endsWith: "@${said}"`,
          `contains: "@${said.slice(0, -1)}"`,
        ]) {
          expect(await names(`filter: { email: { ${filter} } }`, list), `${list} ${filter}`).toEqual(
            expected,
          );
        }
        expect(await names(`search: { text: "${said}" }`, list), list).toEqual(expected);
      }
      const others = await names(`filter: { email: { notContains: "${said}" } }`);
      expect(others.filter((name) => all.includes(name))).toEqual([]);
      expect(others.length).toBe(3 * domains.length + 1 - 3);
      const facets = `{ contacts(filter: { email: { endsWith: "@${said}" } }) { facets { source { value count } } } }`;
      expect((await sendText(key, facets)).data).toMatchObject({
        contacts: {
          facets: {
            source: [
              { value: shown, count: 2 },
              { value: null, count: 1 },
            ],
          },
        },
      });
    });

    test("is found by a part of its label in letters, and by the beginning of its label as it travels", async () => {
      expect(await names(`filter: { email: { contains: "${label.slice(0, -1)}" } }`)).toEqual(
        expect.arrayContaining(all),
      );
      expect(await names(`filter: { email: { contains: "${stored.slice(0, -12)}" } }`)).toEqual(
        expect.arrayContaining(all),
      );
    });
  });
});

describe("by every comparison", () => {
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
    await create("contact", {
      name: "Beside",
      email: "b@plain.example",
      otherEmails: [other],
      source: "Web",
    });
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
          const found = await ask(list, "search: $value", "SearchInput!", {
            text,
            ...(fields && { fields }),
          });
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
  });
});
