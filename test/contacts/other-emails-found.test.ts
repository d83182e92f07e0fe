import { beforeAll, describe, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { address, emailCalls, type Shown } from "../support/emails.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Whatever finds or recognises a contact by address means all of its addresses. */

let organization: Organization & { key: string };
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const { ask, create, upsert, there, found, held, wanted } = emailCalls(() => organization);

describe("finding", () => {
  let ann: Shown;
  let bob: Shown;
  let none: { globalId: string };
  let others: Organization;
  beforeAll(async () => {
    others = await Organization.make();
    const of = async (input: object) => {
      const { contact } = await create(input, others.key);
      if (!contact) throw new Error("not created");
      return contact;
    };
    ann = await of({
      name: "Ann",
      email: "ann@work.example",
      otherEmails: ["ann@home.example", "Ann@Müller.example"],
    });
    bob = await of({ name: "Bob", email: "bob@work.example" });
    none = await others.contact({ name: "None", phoneNumbers: ["+33612345678"] });
  });

  const cases: [object, (names: { ann: string; bob: string; none: string }) => string[]][] = [
    [{ eq: "ANN@home.example" }, ({ ann }) => [ann]],
    [{ eq: "ann@xn--mller-kva.example" }, ({ ann }) => [ann]],
    [{ ne: "ann@home.example" }, ({ bob, none }) => [bob, none]],
    [{ in: ["ann@home.example", "bob@work.example"] }, ({ ann, bob }) => [ann, bob]],
    [{ notIn: ["ann@home.example"] }, ({ bob, none }) => [bob, none]],
    [{ contains: "n@home" }, ({ ann }) => [ann]],
    [{ contains: "müller" }, ({ ann }) => [ann]],
    [{ contains: "xn--mller" }, ({ ann }) => [ann]],
    [{ notContains: "home.ex" }, ({ bob, none }) => [bob, none]],
    [{ notContains: "work" }, ({ none }) => [none]],
    [{ startsWith: "ann@h" }, ({ ann }) => [ann]],
    [{ startsWith: "nn@h" }, () => []],
    [{ endsWith: "@müller.example" }, ({ ann }) => [ann]],
    [{ endsWith: "home" }, () => []],
    [{ contains: "example\nann" }, () => []],
    [{ notContains: "example\nann" }, ({ ann, bob, none }) => [ann, bob, none]],
    [{ isEmpty: true }, ({ none }) => [none]],
    [{ isEmpty: false }, ({ ann, bob }) => [ann, bob]],
    [{ eq: "ann@work.example", ne: "ann@home.example" }, () => []],
    [{ startsWith: "ann@h", endsWith: "@work.example" }, ({ ann }) => [ann]],
  ];

  test.each(cases)("%o compares with any of them", async (comparators, expected) => {
    const ids = { ann: ann.id, bob: bob.id, none: none.globalId };
    expect((await found(comparators, others.key)).toSorted()).toEqual(expected(ids).toSorted());
  });

  test("so does the query form, and two conditions that one address could not meet are no contradiction", async () => {
    const condition = (op: string, value: string) => `{ field: "email", op: ${op}, value: "${value}" }`;
    const conditions = [condition("EQ", "ann@work.example"), condition("EQ", "ann@home.example")].join();
    const query = `{ contacts(query: { groups: [{ conditions: [${conditions}] }] }) { nodes { id } } }`;
    expect((await sendText(others.key, query)).data).toEqual({ contacts: { nodes: [{ id: ann.id }] } });
  });

  test("free text finds a further address, also as it is shown", async () => {
    for (const [text, fields] of [
      ["n@home", null],
      ["müller", null],
      ["müller", ["EMAIL"]],
      ["@h", ["EMAIL"]],
    ]) {
      const query = "query ($search: SearchInput) { contacts(search: $search) { nodes { id } } }";
      const { data } = await sendText(others.key, query, { search: { text, ...(fields && { fields }) } });
      expect(data, String(text)).toEqual({ contacts: { nodes: [{ id: ann.id }] } });
    }
  });

  test("the order is that of the primary ones", async () => {
    const query = "{ contacts(orderBy: [{ field: EMAIL, direction: ASC, nulls: LAST }]) { nodes { id } } }";
    expect((await sendText(others.key, query)).data).toEqual({
      contacts: { nodes: [{ id: ann.id }, { id: bob.id }, { id: none.globalId }] },
    });
  });

  test("a list by an address is one statement, as before", async () => {
    const query =
      '{ contacts(filter: { email: { eq: "ann@home.example" } }) { nodes { id email otherEmails } } }';
    const plain = await statementsOf(() =>
      sendText(others.key, '{ contacts(filter: { title: { eq: "x" } }) { nodes { id } } }'),
    );
    const { statements } = await statementsOf(() => sendText(others.key, query));
    expect(statements.length).toBe(plain.statements.length);
  });
});

describe("recognising", () => {
  test("an upsert finds a contact by any address, and leaves its primary one", async () => {
    const contact = await there({ email: address(), otherEmails: [address()] });
    const [other] = contact.otherEmails;
    const answer = await upsert({ email: String(other).toUpperCase(), title: "T" });
    expect(answer).toMatchObject({ outcome: "UPDATED", contact: { ...contact, version: 2 } });
    const added = address();
    expect(await upsert({ email: contact.email, otherEmails: [added] })).toMatchObject({
      outcome: "UPDATED",
      contact: { id: contact.id, email: contact.email, otherEmails: [other, added] },
    });
    // Found by a further address that it says, it is given the primary one that it says.
    const renamed = address();
    expect(await upsert({ email: renamed, otherEmails: [added] })).toMatchObject({
      contact: { id: contact.id, email: renamed, otherEmails: [other, added] },
    });
    expect(await upsert({ email: renamed, otherEmails: null })).toMatchObject({ outcome: "UNCHANGED" });
    expect(await held()).toEqual(await wanted());
  });

  test("an upsert with addresses of two contacts is refused with both", async () => {
    const [one, two] = [
      await there({ email: address() }),
      await there({ email: address(), otherEmails: [address()] }),
    ];
    const { errors } = await upsert({ email: one.email, otherEmails: two.otherEmails });
    expect(errors).toMatchObject([{ code: "AMBIGUOUS_MATCH" }]);
  });

  test("of eight upserts at once of one new address, in whatever place, one contact comes", async () => {
    const one = address("race");
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        upsert(at % 2 === 0 ? { email: one } : { email: one, otherEmails: [`${at}.${one}`] }),
      ),
    );
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ contact }) => contact?.id)).size).toBe(1);
    expect(await held()).toEqual(await wanted());
  });

  test("a lead with a further address becomes the contact that has it", async () => {
    const contact = await there({ email: address(), otherEmails: [address()] });
    const lead = await organization.lead({ name: "L", email: contact.otherEmails[0] });
    const answer = await ask(
      "leadConvert(id: $id, input: { createDeal: false })",
      "($id: ID!)",
      { id: lead.globalId },
      { more: "contactOutcome" },
    );
    expect(answer).toMatchObject({
      contactOutcome: "MATCHED",
      contact: { id: contact.id, email: contact.email, otherEmails: contact.otherEmails },
    });
  });

  test("rows of a file are recognised by any address, and several are taken from one cell or several columns", async () => {
    const contact = await there({ name: "There", email: address(), otherEmails: [address()] });
    const [a, b, c, d] = [address(), address(), address(), address()];
    const file = [
      "Name,E-mail 1 - Value,E-mail 2 - Value,Other emails,Title",
      `New,${a} ::: ${b},${c},${d}`.concat(","),
      `There,${contact.otherEmails[0]},,,By a further one`,
      `Again,${d.toUpperCase()},,,Of the file`,
      `Two,${a},${contact.email},,x`,
      `Bad,${address()},nobody,,x`,
    ].join("\n");
    const dry = await imported(organization, file, { mode: "UPDATE", dryRun: true });
    const job = await imported(organization, file, { mode: "UPDATE" });
    expect(job).toMatchObject({ created: 1, updated: 2, failed: 2 });
    expect(dry).toMatchObject({ created: 1, updated: 2, failed: 2 });
    expect(job.columns.map(({ field }) => field)).toEqual([
      "NAME",
      "EMAIL",
      "OTHER_EMAIL",
      "OTHER_EMAIL",
      "TITLE",
    ]);
    expect(job.errors.map(({ row, column, code }) => `${row} ${column} ${code}`)).toEqual([
      "4 null AMBIGUOUS_MATCH",
      "5 E-mail 2 - Value INVALID_EMAIL",
    ]);
    const [id] = await found({ eq: a });
    const { data } = await sendText(
      key,
      `{ new: contact(id: "${id}") { name title email otherEmails } old: contact(id: "${contact.id}") { title email otherEmails } }`,
    );
    expect(data).toEqual({
      new: { name: "Again", title: "Of the file", email: a, otherEmails: [b, c, d] },
      old: { title: "By a further one", email: contact.email, otherEmails: contact.otherEmails },
    });
    expect(await held()).toEqual(await wanted());
  });

  test("an address of a row that is another contact's is refused by its column", async () => {
    const other = await there({ email: address(), otherEmails: [address()] });
    const mine = await organization.contact({ name: "By id", email: address() });
    const file = `id,email,other emails\n${mine.globalId},,${other.otherEmails[0]}\n`;
    const job = await imported(organization, file, { mode: "UPDATE", matchOn: ["ID"] });
    expect(job).toMatchObject({ failed: 1, errors: [{ code: "EMAIL_TAKEN" }] });
  });
});
