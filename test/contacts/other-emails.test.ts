import { beforeAll, describe, expect, test } from "vitest";
import { done } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** The addresses of a contact: whatever compares, finds, merges or refuses by address means all of them. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

let made = 0;
const address = (what = "a") => `${what}${++made}@several.example`;

const shown = "id version email otherEmails phoneNumbers";
const errorFields =
  "errors { code path message ... on DuplicateContactError { existing { id } } ... on RestoreConflictError { blockedBy { id } } ... on AmbiguousMatchError { candidates { id } } }";

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly email: string | null;
  readonly otherEmails: string[];
  readonly phoneNumbers: string[];
}

interface Answer {
  readonly contact: Shown | null;
  readonly outcome?: string;
  readonly errors: { code: string; path: string[]; message: string; existing?: { id: string } | null }[];
}

const ask = async (
  field: string,
  types: string,
  variables: Record<string, unknown>,
  { by = key, more = "" } = {},
): Promise<Answer & Record<string, unknown>> => {
  const query = `mutation ${types} { payload: ${field} { contact { ${shown} } ${more} ${errorFields} } }`;
  const { data, errors, text } = await sendText(by, query, variables);
  if (errors.length > 0 || data === null) throw new Error(text);
  return (data as unknown as { payload: Answer & Record<string, unknown> }).payload;
};

const create = (input: object, by = key) =>
  ask(
    "contactCreate(input: $input)",
    "($input: ContactCreateInput!)",
    { input: { name: "N", ...input } },
    { by },
  );
const update = (id: string, input: object, by = key) =>
  ask(
    "contactUpdate(id: $id, input: $input)",
    "($id: ID!, $input: ContactUpdateInput!)",
    { id, input },
    { by },
  );
const upsert = (input: object, matchOn = ["EMAIL"], by = key) =>
  ask(
    "contactUpsert(input: $input, matchOn: $matchOn)",
    "($input: ContactUpsertInput!, $matchOn: [ContactMatchKey!])",
    { input: { name: "N", ...input }, matchOn },
    { by, more: "outcome" },
  );

async function there(input: object): Promise<Shown> {
  const { contact, errors } = await create(input);
  expect(errors).toEqual([]);
  if (!contact) throw new Error("not created");
  return contact;
}

/** Ids of the contacts that a condition on `email` finds. */
async function found(comparators: object, by = key): Promise<string[]> {
  const query =
    "query ($filter: ContactFilter) { contacts(filter: $filter, first: 100) { totalCount nodes { id } } }";
  const { data, text } = await sendText(by, query, { filter: { email: comparators } });
  if (data === null) throw new Error(text);
  const { contacts } = data as unknown as { contacts: { totalCount: number; nodes: { id: string }[] } };
  expect(contacts.totalCount).toBe(contacts.nodes.length);
  return contacts.nodes.map(({ id }) => id);
}

/** The rows of the derived table, by contact. */
async function held(of: Organization = organization): Promise<string[]> {
  const { pool } = await testDatabase();
  const { rows } = await pool.query<{ held: string }>(
    `SELECT email_key || ' ' || contact_id AS held FROM contact_email WHERE org_id = $1`,
    [of.id],
  );
  return rows.map((row) => row.held).sort();
}

/** What the derived table has to have: the addresses of all live contacts. */
async function wanted(of: Organization = organization): Promise<string[]> {
  const { prisma } = await testDatabase();
  const rows = await prisma.contact.findMany({ where: { orgId: of.id, deletedAt: null } });
  return rows
    .flatMap(({ id, email, otherEmails }) =>
      [email, ...otherEmails].flatMap((each) => (each === null ? [] : [`${each.toLowerCase()} ${id}`])),
    )
    .sort();
}

describe("writing", () => {
  test("a contact is created with several addresses, each once, in their order", async () => {
    const [one, two, three] = [address(), address(), address()];
    const { contact } = await create({
      email: one,
      otherEmails: [two, one.toUpperCase(), three, two.toUpperCase()],
    });
    expect(contact).toMatchObject({ email: one, otherEmails: [two, three] });
    expect(await held()).toEqual(await wanted());
  });

  test("without a primary address the first of the others is it", async () => {
    const [one, two] = [address(), address()];
    expect((await create({ otherEmails: [one, two] })).contact).toMatchObject({
      email: one,
      otherEmails: [two],
    });
    const contact = await there({ email: address(), otherEmails: [address(), address()] });
    const after = (await update(contact.id, { email: null })).contact;
    expect([after?.email, ...(after?.otherEmails ?? [])]).toEqual(contact.otherEmails);
  });

  test("an update sets, adds, removes and makes primary", async () => {
    const [a, b, c, d] = [address(), address(), address(), address()];
    const { id } = await there({ email: a, otherEmails: [b] });
    const after = async (otherEmails: unknown, more: object = {}) => {
      const { contact, errors } = await update(id, { otherEmails, ...more });
      expect(errors).toEqual([]);
      return [contact?.email, ...(contact?.otherEmails ?? [])];
    };
    expect(await after({ add: [c, b.toUpperCase()] })).toEqual([a, b, c]);
    expect(await after({ makePrimary: c.toUpperCase() })).toEqual([c, b, a]);
    expect(await after({ remove: [b.toUpperCase(), address()], add: [d] })).toEqual([c, a, d]);
    expect(await after({ add: [b], makePrimary: b })).toEqual([b, a, d, c]);
    expect(await after({ set: [d, a] })).toEqual([b, d, a]);
    // One of its own takes the place of the primary one, which is gone.
    expect(await after(undefined, { email: a })).toEqual([a, d]);
    expect(await after(null)).toEqual([a]);
    expect(await held()).toEqual(await wanted());
  });

  test("an update that changes nothing writes nothing", async () => {
    const [a, b] = [address(), address()];
    const { id, version } = await there({ email: a, otherEmails: [b] });
    for (const input of [
      { otherEmails: { add: [b] } },
      { otherEmails: { set: [b] } },
      { otherEmails: { makePrimary: a } },
      { email: a },
    ]) {
      expect((await update(id, input)).contact?.version, JSON.stringify(input)).toBe(version);
    }
  });

  test("everything that is wrong with addresses is said at once, with its place, and nothing is changed", async () => {
    const [a, b] = [address(), address()];
    const contact = await there({ email: a, otherEmails: [b] });
    const refused = async (input: object) =>
      (await update(contact.id, input)).errors.map(({ code, path }) => `${code} ${path.slice(1).join(".")}`);
    expect(
      await refused({ otherEmails: { add: ["nobody", address()], remove: ["x"], makePrimary: "y" } }),
    ).toEqual([
      "INVALID_EMAIL otherEmails.add.0",
      "INVALID_EMAIL otherEmails.remove.0",
      "INVALID_EMAIL otherEmails.makePrimary",
    ]);
    expect(await refused({ otherEmails: { set: [], add: [] } })).toEqual(["INVALID_VALUE otherEmails"]);
    expect(await refused({ otherEmails: { remove: [a] } })).toEqual(["INVALID_VALUE otherEmails.remove.0"]);
    expect(await refused({ otherEmails: { makePrimary: address() } })).toEqual([
      "INVALID_VALUE otherEmails.makePrimary",
    ]);
    expect(await refused({ email: address(), otherEmails: { makePrimary: b } })).toEqual([
      "INVALID_VALUE otherEmails.makePrimary",
    ]);
    const many = Array.from({ length: 21 }, () => address());
    expect(await refused({ otherEmails: { set: many } })).toEqual(["TOO_LONG otherEmails.set"]);
    expect(await refused({ otherEmails: { add: many.slice(0, 20) } })).toEqual([
      "TOO_MANY_ITEMS otherEmails",
    ]);
    expect((await create({ email: address(), otherEmails: many })).errors).toMatchObject([
      { path: ["input", "otherEmails"] },
    ]);
    const { data } = await sendText(key, `{ contact(id: "${contact.id}") { ${shown} } }`);
    expect(data).toEqual({ contact });
  });

  test("a list of a hundred thousand addresses is refused and keeps nobody waiting", async () => {
    const otherEmails = Array.from({ length: 99_000 }, (_, at) => `x${at}@several.example`);
    const query =
      "mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { errors { code } } }";
    const { data, errors } = await sendText(key, query, { input: { name: "N", otherEmails } });
    expect(data === null ? errors.length : JSON.stringify(data)).toBeTruthy();
    expect(JSON.stringify(data ?? errors)).toMatch(/TOO_LONG|TOO_LARGE|TOO_COMPLEX|BAD_USER_INPUT/);
  });

  test("creating and changing take as many statements as with one address", async () => {
    const count = async (work: () => Promise<unknown>) => (await statementsOf(work)).statements.length;
    const one = await count(() => create({ email: address() }));
    expect(await count(() => create({ email: address(), otherEmails: [address(), address()] }))).toBe(one);
    const { id } = await there({ email: address(), otherEmails: [address()] });
    const plain = await count(() => update(id, { email: address() }));
    expect(await count(() => update(id, { otherEmails: { add: [address(), address()] } }))).toBe(plain);
    expect(await count(() => update(id, { title: "T" }))).toBeLessThan(plain);
  });
});

describe("one live contact for each address", () => {
  test.each([
    [
      "the primary one as a further one",
      { email: "taken" },
      { otherEmails: ["TAKEN"] },
      ["otherEmails", "0"],
    ],
    ["a further one as the primary one", { otherEmails: ["x", "taken"] }, { email: "Taken" }, ["email"]],
    [
      "a further one as a further one",
      { otherEmails: ["x", "taken"] },
      { otherEmails: ["y", "TakeN"] },
      ["otherEmails", "1"],
    ],
  ])("%s of another contact is refused with that one", async (_what, first, second, path) => {
    const suffix = `${++made}@taken.example`;
    const with_ = (input: { email?: string; otherEmails?: string[] }) => ({
      email: input.email === undefined ? address() : `${input.email}${suffix}`,
      ...(input.otherEmails && { otherEmails: input.otherEmails.map((each) => `${each}${suffix}`) }),
    });
    const holder = await there(with_(first));
    expect((await create(with_(second))).errors).toMatchObject([
      { code: "EMAIL_TAKEN", path: ["input", ...path], existing: { id: holder.id } },
    ]);
    const other = await there({ email: address() });
    const { email, otherEmails } = with_(second);
    const change = otherEmails ? { otherEmails: { add: otherEmails } } : { email };
    expect((await update(other.id, change)).errors).toMatchObject([
      { code: "EMAIL_TAKEN", existing: { id: holder.id } },
    ]);
    expect(await held()).toEqual(await wanted());
  });

  test("several taken ones are all said, each with its holder", async () => {
    const [one, two] = [
      await there({ email: address() }),
      await there({ email: address(), otherEmails: [address()] }),
    ];
    const { errors } = await create({ email: one.email, otherEmails: [address(), ...two.otherEmails] });
    expect(errors).toMatchObject([
      { code: "EMAIL_TAKEN", path: ["input", "email"], existing: { id: one.id } },
      { code: "EMAIL_TAKEN", path: ["input", "otherEmails", "1"], existing: { id: two.id } },
    ]);
  });

  test("another organization has the same addresses", async () => {
    const stranger = await Organization.make();
    const [a, b] = [address(), address()];
    await there({ email: a, otherEmails: [b] });
    expect((await create({ email: b, otherEmails: [a] }, stranger.key)).errors).toEqual([]);
    expect(await found({ in: [a, b] }, stranger.key)).toHaveLength(1);
  });

  test("a member restricted to assigned data is told that it is taken, and not by whom", async () => {
    const member = await organization.member({ dataScope: "ASSIGNED" });
    const hidden = await there({ email: address(), otherEmails: [address()] });
    const mine = await create({ email: address(), ownerId: member.globalId }, member.key);
    expect(mine.errors).toEqual([]);
    const taken = [{ code: "EMAIL_TAKEN", existing: null }];
    const [other] = hidden.otherEmails;
    expect((await create({ email: other, ownerId: member.globalId }, member.key)).errors).toMatchObject(
      taken,
    );
    expect(
      (await update(mine.contact?.id ?? "", { otherEmails: { add: [other] } }, member.key)).errors,
    ).toMatchObject(taken);
    expect(
      (await upsert({ email: other, ownerId: member.globalId }, ["EMAIL"], member.key)).errors,
    ).toMatchObject(taken);
    expect(await found({ eq: other }, member.key)).toEqual([]);
  });

  test("of eight callers at once one gets an address, wherever they want it", async () => {
    const wantedOne = address("race");
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        create(at % 2 === 0 ? { email: wantedOne } : { email: address(), otherEmails: [wantedOne] }),
      ),
    );
    const winners = answers.filter(({ contact }) => contact !== null);
    expect(winners).toHaveLength(1);
    for (const { contact, errors } of answers) {
      if (contact === null) {
        expect(errors).toMatchObject([{ code: "EMAIL_TAKEN", existing: { id: winners[0]?.contact?.id } }]);
      }
    }
    expect(await held()).toEqual(await wanted());
  });

  test("callers that add different addresses to one contact at once lose none", async () => {
    const { id } = await there({ email: address() });
    const added = Array.from({ length: 6 }, () => address());
    const answers = await Promise.all(added.map((each) => update(id, { otherEmails: { add: [each] } })));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const { data } = await sendText(key, `{ contact(id: "${id}") { otherEmails } }`);
    expect((data as unknown as { contact: Shown }).contact.otherEmails.toSorted()).toEqual(added.toSorted());
    expect(await held()).toEqual(await wanted());
  });

  test("a replayed creation answers the same, addresses included", async () => {
    const input = { name: "N", email: address(), otherEmails: [address()] };
    const again = () =>
      ask(
        "contactCreate(input: $input, idempotencyKey: $key)",
        "($input: ContactCreateInput!, $key: String)",
        { input, key: input.email },
      );
    const first = await again();
    expect(first.errors).toEqual([]);
    expect(await again()).toEqual(first);
  });
});

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

describe("trash, bulk changes and purges", () => {
  test("the trash frees all addresses, and a contact that comes back claims them again", async () => {
    const contact = await there({ email: address(), otherEmails: [address(), address()] });
    const [first, second] = contact.otherEmails;
    const remove = (id: string) => ask("contactDelete(id: $id)", "($id: ID!)", { id });
    const restore = (id: string) => ask("contactRestore(id: $id)", "($id: ID!)", { id });
    await remove(contact.id);
    expect(await held()).toEqual(await wanted());
    const taker = await there({ email: second });
    const { errors } = await restore(contact.id);
    expect(errors).toMatchObject([{ code: "EMAIL_TAKEN", path: ["id"], blockedBy: { id: taker.id } }]);
    expect(errors[0]?.message).toContain(second);
    await update(taker.id, { email: address() });
    expect((await restore(contact.id)).contact).toMatchObject({
      email: contact.email,
      otherEmails: [first, second],
    });
    expect((await create({ email: second })).errors).toMatchObject([{ code: "EMAIL_TAKEN" }]);
    expect(await held()).toEqual(await wanted());
  });

  test("a wish of somebody in the trash comes with a further address too", async () => {
    const email = address();
    await organization.contact({
      name: "Gone",
      email: address(),
      otherEmails: [email],
      doNotContact: true,
      deletedAt: new Date(),
    });
    const { contact } = await create({ email: address(), otherEmails: [email.toUpperCase()] });
    const { data } = await sendText(key, `{ contact(id: "${contact?.id}") { doNotContact } }`);
    expect(data).toEqual({ contact: { doNotContact: true } });
  });

  test("who is moved to the trash with many others frees the addresses as well", async () => {
    const mine = await Organization.make();
    const { contact } = await create({ email: address(), otherEmails: [address()] }, mine.key);
    const filter = { id: { eq: contact?.id } };
    expect(await done(mine.key, "contactsBulkDelete", { filter })).toMatchObject({ changed: 1 });
    expect(await held(mine)).toEqual([]);
  });
});

describe("merging", () => {
  const merge = (primaryId: string, duplicateIds: string[], more: object = {}) =>
    ask(
      "contactMerge(input: $input)",
      "($input: ContactMergeInput!)",
      { input: { primaryId, duplicateIds, ...more } },
      { more: "merge { id } leftOut { emails phoneNumbers } choices { field value }" },
    );
  const unmerge = (mergeId: unknown) =>
    ask(
      "contactUnmerge(mergeId: $mergeId)",
      "($mergeId: ID!)",
      { mergeId },
      { more: `restored { ${shown} }` },
    );
  const numbers = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `+1512867${1000 + from + at}`);

  test("all addresses and numbers are kept, and who is chosen says which is the primary one", async () => {
    const a = await there({ email: address(), otherEmails: [address()], phoneNumbers: numbers(0, 2) });
    const b = await there({ email: address(), otherEmails: [address()], phoneNumbers: numbers(1, 2) });
    const fieldChoices = [{ field: "EMAIL", fromId: b.id }];
    const merged = await merge(a.id, [b.id], { fieldChoices });
    expect(merged.contact).toMatchObject({
      email: b.email,
      otherEmails: [a.email, ...a.otherEmails, ...b.otherEmails],
      phoneNumbers: numbers(0, 3),
    });
    expect(merged.leftOut).toEqual({ emails: [], phoneNumbers: [] });
    expect(merged.choices).toContainEqual({ field: "EMAIL", value: b.email });
    expect(await found({ eq: b.otherEmails[0] })).toEqual([a.id]);
    expect(await upsert({ email: b.otherEmails[0] })).toMatchObject({ contact: { id: a.id } });
    expect(await held()).toEqual(await wanted());
    const { contact, restored, errors } = await unmerge((merged.merge as { id: string }).id);
    expect(errors).toEqual([]);
    const { version: _, ...before } = a;
    expect(contact).toMatchObject(before);
    expect(restored).toMatchObject([
      { id: b.id, email: b.email, otherEmails: b.otherEmails, phoneNumbers: b.phoneNumbers },
    ]);
    expect(await held()).toEqual(await wanted());
  });

  test("what is past the limits is said, and an address of it still leads to the contact", async () => {
    const many = (count: number) => Array.from({ length: count }, () => address());
    const a = await there({ email: address(), otherEmails: many(15), phoneNumbers: numbers(100, 15) });
    const b = await there({ email: address(), otherEmails: many(10), phoneNumbers: numbers(200, 10) });
    const merged = await merge(a.id, [b.id]);
    const fit = b.otherEmails.slice(0, 4);
    const out = b.otherEmails.slice(4);
    expect(merged.contact?.otherEmails).toEqual([...a.otherEmails, b.email, ...fit]);
    expect(merged.leftOut).toEqual({ emails: out, phoneNumbers: b.phoneNumbers.slice(5) });
    expect(merged.contact?.phoneNumbers).toHaveLength(20);
    expect(await upsert({ email: out[0] })).toMatchObject({ contact: { id: a.id, email: a.email } });
    expect((await create({ email: out[0] })).errors).toMatchObject([
      { code: "EMAIL_TAKEN", existing: { id: a.id } },
    ]);
    const { contact, restored } = await unmerge((merged.merge as { id: string }).id);
    expect(contact).toMatchObject({ otherEmails: a.otherEmails, phoneNumbers: a.phoneNumbers });
    expect(restored).toMatchObject([{ otherEmails: b.otherEmails, phoneNumbers: b.phoneNumbers }]);
  });

  test("who leaves takes along an address that was made the primary one meanwhile; what came since stays", async () => {
    const a = await there({ email: address(), otherEmails: [address()] });
    const b = await there({ email: address() });
    const merged = await merge(a.id, [b.id]);
    const since = address();
    await update(a.id, { otherEmails: { add: [since], makePrimary: b.email } });
    const { contact, restored, errors } = await unmerge((merged.merge as { id: string }).id);
    expect(errors).toEqual([]);
    expect(restored).toMatchObject([{ id: b.id, email: b.email, otherEmails: [] }]);
    const all = [contact?.email, ...(contact?.otherEmails ?? [])];
    expect(all.toSorted()).toEqual([a.email, ...a.otherEmails, since].toSorted());
    expect(await held()).toEqual(await wanted());
  });

  test("a merge from before contacts had several addresses is undone as it was done", async () => {
    const own = numbers(299, 1);
    const [a, b] = [
      await there({ email: address(), phoneNumbers: own }),
      await there({ email: address(), phoneNumbers: numbers(300, 1) }),
    ];
    const c = await there({ email: address() });
    const [first, second] = [await merge(a.id, [b.id]), await merge(a.id, [c.id])];
    // As the version before wrote it: the primary's own address and numbers alone.
    const { pool } = await testDatabase();
    const old = `UPDATE contact_merge SET before = before - 'otherEmails' || $3, after = after - 'otherEmails' || $3
      WHERE org_id = $1 AND primary_id = (SELECT id FROM contact WHERE org_id = $1 AND email = $2)`;
    await pool.query(old, [organization.id, a.email, JSON.stringify({ phoneNumbers: own })]);
    await update(a.id, { otherEmails: null, phoneNumbers: own });
    const undone = await unmerge((second.merge as { id: string }).id);
    expect(undone.errors).toEqual([]);
    expect(undone.contact).toMatchObject({ email: a.email, otherEmails: [], phoneNumbers: own });
    expect((await unmerge((first.merge as { id: string }).id)).contact).toMatchObject({
      email: a.email,
      otherEmails: [],
    });
  });
});
