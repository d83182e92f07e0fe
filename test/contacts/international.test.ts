import { domainToASCII } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/**
 * An address at a domain of any script, stored as people write it or as it travels, is found and recognised by both
 * forms wherever an address is asked for.
 */

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
        expect(await names(`filter: { email: { ${filter} } }`, list), `${list} ${filter}`).toEqual(expected);
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

describe("a contact that has it is recognised by the other form", () => {
  let own: Organization;
  beforeAll(async () => {
    own = await Organization.make();
  });
  let made = 0;
  const pair = () => {
    made += 1;
    return forms("müller.example").map((domain) => `r${made}@${domain}`) as [string, string];
  };
  const shown = "contact { id email otherEmails }";
  const ask = async (field: string, types: string, variables: object, more = "") => {
    const query = `mutation ${types} { payload: ${field} { ${shown} ${more} errors { code path ... on DuplicateContactError { existing { id } } } } }`;
    const { data, text } = await sendText(own.key, query, variables as Record<string, unknown>);
    if (data === null) throw new Error(text);
    return (data as unknown as { payload: { contact: { id: string } | null; errors: object[] } }).payload;
  };
  const create = (input: object) =>
    ask("contactCreate(input: $input)", "($input: ContactCreateInput!)", { input: { name: "N", ...input } });
  const update = (id: string, input: object) =>
    ask("contactUpdate(id: $id, input: $input)", "($id: ID!, $input: ContactUpdateInput!)", { id, input });
  const there = async (input: object) => {
    const { contact, errors } = await create(input);
    expect(errors).toEqual([]);
    return (contact as { id: string }).id;
  };

  describe.each([
    ["as it travels", 0, 1],
    ["as people see it", 1, 0],
  ] as const)("%s", (_form, first, second) => {
    test("by the error of a taken address, of the primary one and of others", async () => {
      for (const field of ["email", "otherEmails"] as const) {
        const both = pair();
        const [has, other] = [both[first], both[second]];
        const id = await there(
          field === "email" ? { email: has } : { email: `p.${made}@x.example`, otherEmails: [has] },
        );
        const duplicate = [{ code: "EMAIL_TAKEN", existing: { id } }];
        expect((await create({ email: other })).errors).toMatchObject(duplicate);
        expect((await create({ email: `q.${made}@x.example`, otherEmails: [other] })).errors).toMatchObject(
          duplicate,
        );
      }
    });

    test("by an upsert, by changes of its addresses, by imports and when a lead is converted", async () => {
      const both = pair();
      const [has, says] = [both[first], both[second]];
      const id = await there({ email: has, otherEmails: [`p.${made}@x.example`] });
      const upserted = await ask(
        "contactUpsert(input: $input, matchOn: [EMAIL])",
        "($input: ContactUpsertInput!)",
        { input: { name: "N", email: says, title: "T" } },
        "outcome",
      );
      expect(upserted).toMatchObject({ outcome: "UPDATED", contact: { id } });
      const job = await imported(own, `name,email,title\nN,${says},CEO\n`, { mode: "UPDATE" });
      expect(job).toMatchObject({ created: 0, updated: 1 });
      const lead = await own.lead({ name: "N", email: says });
      const again = await imported(
        own,
        `name,email,company\nN,${has},ACME\n`,
        { mode: "UPDATE" },
        own.key,
        "Lead",
      );
      expect(again).toMatchObject({ created: 0, updated: 1 });
      const converted = await ask("leadConvert(id: $id, input: { createDeal: false })", "($id: ID!)", {
        id: lead.globalId,
      });
      expect(converted).toMatchObject({ errors: [], contact: { id } });
      const swapped = await update(id, { otherEmails: { makePrimary: `p.${made}@x.example` } });
      expect(swapped).toMatchObject({ contact: { email: `p.${made}@x.example` } });
      const removed = await update(id, { otherEmails: { remove: [both[first]] } });
      expect(removed).toMatchObject({ contact: { id, otherEmails: [] } });
    });

    test("and has it once, said in both forms", async () => {
      const both = pair();
      const { contact, errors } = await create({ email: both[first], otherEmails: [both[second]] });
      expect(errors).toEqual([]);
      expect(contact).toMatchObject({ email: both[first], otherEmails: [] });
    });
  });
});
