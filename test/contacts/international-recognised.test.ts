import { domainToASCII } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** A record with an address at a domain of any script is recognised by both forms of it, wherever one is written. */

const forms = (domain: string) => [domain, domainToASCII(domain)] as const;

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

const shown = "info@müller.example";
const stored = "info@xn--mller-kva.example";
const spellings = [
  shown,
  stored,
  "INFO@MÜLLER.example",
  "info@mu\u0308ller.example",
  "Info@XN--MLLER-KVA.Example",
];

describe.each([
  ["in letters", shown],
  ["in A-labels", stored],
])("an address written %s", (_way, email) => {
  let organization: Organization;
  beforeAll(async () => {
    organization = await Organization.make();
    await organization.contact({ name: "It", email });
    await organization.lead({ name: "It", email });
    await organization.contact({
      name: "Beside",
      email: "b@plain.example",
      otherEmails: [email.replace("info", "other")],
    });
  });

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
