import { beforeAll, describe, expect, test } from "vitest";
import { done } from "../support/bulk.ts";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { address, emailCalls, type Shown, shown } from "../support/emails.ts";
import { Organization } from "../support/makers.ts";

/** The addresses of a contact: writing them, and one live contact for each. */

let organization: Organization & { key: string };
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const { ask, create, update, upsert, there, found, held, wanted } = emailCalls(() => organization);

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

  test("all problems of addresses are returned at once with their paths, and nothing is changed", async () => {
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

  test("a list of a hundred thousand addresses is refused without delaying other requests", async () => {
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
    const suffix = `.${address()}`;
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

  test("all taken values are reported, each with the record that has it", async () => {
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

  test("a member restricted to assigned data learns that an address is taken, but not by which contact", async () => {
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
