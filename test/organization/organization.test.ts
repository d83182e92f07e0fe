import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let stranger: Organization;
beforeAll(async () => {
  [organization, stranger] = [await Organization.make(), await Organization.make()];
});

const shown = "organization { id name mode timeZone defaultCountry }";

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  readonly timeZone: string;
  readonly defaultCountry: string | null;
}

const update = (key: string, input: string) =>
  mutate<{ organization: Shown | null }>(key, `organizationUpdate(input: ${input})`, shown);

async function see({ key }: { key: string }): Promise<Shown> {
  const { data } = await sendText(key, `{ viewer { ${shown} } }`);
  return (data as unknown as { viewer: { organization: Shown } }).viewer.organization;
}

describe("an organization is changed", () => {
  test("by what is sent; the rest stays, and no other organization changes", async () => {
    const [before, theirs] = [await see(organization), await see(stranger)];
    expect(before).toMatchObject({ timeZone: "UTC", defaultCountry: null });
    const country = await update(organization.key, `{ defaultCountry: "DE" }`);
    expect(country).toEqual({ organization: { ...before, defaultCountry: "DE" }, errors: [] });
    const zone = await update(organization.key, `{ timeZone: "Europe/Berlin", name: " Müller & Töchter " }`);
    const after = { ...before, name: "Müller & Töchter", timeZone: "Europe/Berlin", defaultCountry: "DE" };
    expect(zone).toEqual({ organization: after, errors: [] });
    expect(await see(organization)).toEqual(after);
    expect(
      (await update(organization.key, `{ defaultCountry: null }`)).organization?.defaultCountry,
    ).toBeNull();
    expect(await see(organization)).toEqual({ ...after, defaultCountry: null });
    expect(await see(stranger)).toEqual(theirs);
  });

  test("not at all where nothing differs", async () => {
    const own = await Organization.make();
    const first = await update(own.key, `{ defaultCountry: "FR" }`);
    const again = () => update(own.key, `{ defaultCountry: "FR" }`);
    const { answer, statements } = await statementsOf(again);
    expect(answer).toEqual(first);
    expect(statements.filter((sql) => sql.startsWith("UPDATE"))).toEqual([]);
    expect(await update(own.key, "{}")).toEqual(first);
  });

  test("so that the rest of the same request is done in it as it is then", async () => {
    const own = await Organization.make();
    const { data } = await sendText(
      own.key,
      `mutation {
        first: organizationUpdate(input: { defaultCountry: "FR" }) { organization { defaultCountry } }
        second: organizationUpdate(input: { name: "Later" }) { organization { name defaultCountry } }
      }`,
    );
    expect(data).toEqual({
      first: { organization: { defaultCountry: "FR" } },
      second: { organization: { name: "Later", defaultCountry: "FR" } },
    });
  });
});

describe("what an organization says of weeks and amounts", () => {
  const settings = "organization { weekStart defaultCurrency version }";
  const set = (key: string, args: string) => mutate(key, `organizationUpdate(${args})`, settings);

  test("is read, and changed with its version", async () => {
    const own = await Organization.make();
    const { data } = await sendText(own.key, `{ viewer { ${settings} } }`);
    expect(data).toEqual({
      viewer: { organization: { weekStart: "MONDAY", defaultCurrency: null, version: 1 } },
    });
    expect(
      await set(own.key, `input: { weekStart: SUNDAY, defaultCurrency: "CHF" }, expectedVersion: 1`),
    ).toEqual({
      organization: { weekStart: "SUNDAY", defaultCurrency: "CHF", version: 2 },
      errors: [],
    });
    const late = await mutate<{ organization: null }>(
      own.key,
      `organizationUpdate(input: { defaultCurrency: null }, expectedVersion: 1)`,
      "organization { version } errors { ... on VersionConflictError { currentVersion record { id } } }",
    );
    expect(late).toMatchObject({
      organization: null,
      errors: [{ code: "VERSION_CONFLICT", path: ["expectedVersion"], currentVersion: 2, record: null }],
    });
  });

  test("is not changed again by a repeated request, which is answered with what is there", async () => {
    const own = await Organization.make();
    const args = `input: { defaultCurrency: "EUR" }, idempotencyKey: "once"`;
    const first = await set(own.key, args);
    expect(first).toMatchObject({ organization: { defaultCurrency: "EUR", version: 2 } });
    await set(own.key, `input: { defaultCurrency: null }`);
    expect(await set(own.key, args)).toMatchObject({
      organization: { defaultCurrency: null, version: 3 },
      errors: [],
    });
    const other = await set(own.key, `input: { defaultCurrency: "USD" }, idempotencyKey: "once"`);
    expect(other.errors).toMatchObject([{ code: "IDEMPOTENCY_MISMATCH" }]);
  });

  test("decides where this week of a filter begins, of saved lists too", async () => {
    const own = await Organization.make();
    await own.customField({ slug: "met", type: "DATE", slot: "date_1" as never });
    const { data: range } = await sendText(
      own.key,
      `{ contactFilterPreview(query: { groups: [{ conditions: [{ field: "created_at", op: WITHIN, value: { this: "WEEK" } }] }] }) {
        ranges { from to } } }`,
    );
    const from = (answer: unknown) =>
      new Date(
        (answer as { contactFilterPreview: { ranges: [{ from: string }] } }).contactFilterPreview.ranges[0]
          .from,
      );
    expect(from(range).getUTCDay()).toBe(1);
    await set(own.key, `input: { weekStart: THURSDAY }`);
    const { data: later } = await sendText(
      own.key,
      `{ contactFilterPreview(query: { groups: [{ conditions: [{ field: "created_at", op: WITHIN, value: { this: "WEEK" } }] }] }) {
        ranges { from to } } }`,
    );
    expect(from(later).getUTCDay()).toBe(4);
    // A saved list: a contact of the first moment of the week is in it, one of the moment before is not.
    const list = await mutate<{ smartList: { id: string } }>(
      own.key,
      `smartListCreate(input: { name: "Week", query: { groups: [{ conditions: [{ field: "created_at", op: WITHIN, value: { this: "WEEK" } }] }] } })`,
      "smartList { id }",
    );
    const first = await own.contact({ name: "In", createdAt: from(later) });
    await own.contact({ name: "Before", createdAt: new Date(from(later).getTime() - 1) });
    const { data: found } = await sendText(
      own.key,
      `{ smartList(id: "${list.smartList.id}") { contacts { nodes { id } } } }`,
    );
    expect(found).toEqual({ smartList: { contacts: { nodes: [{ id: first.globalId }] } } });
  });

  test("gives amounts their currency where neither the request nor the record has one", async () => {
    const own = await Organization.make();
    const deal = (args: string) =>
      mutate<{ deal: { id: string; value: { currency: string } } | null }>(
        own.key,
        `dealCreate(input: { name: "D", value: { ${args} } })`,
        "deal { id value { amount currency } }",
      );
    const refused = await deal("amount: 5");
    expect(refused).toMatchObject({
      deal: null,
      errors: [{ code: "REQUIRED", path: ["input", "value", "currency"] }],
    });
    const lead = (field: string) =>
      mutate<{ lead: { id: string; dealValue: { currency: string } } | null }>(
        own.key,
        field,
        "lead { id dealValue { amount currency } }",
      );
    expect(await lead(`leadCreate(input: { name: "L", dealValue: { amount: 5 } })`)).toMatchObject({
      errors: [{ code: "REQUIRED", path: ["input", "dealValue", "currency"] }],
    });
    await set(own.key, `input: { defaultCurrency: "CHF" }`);
    const made = await deal("amount: 5");
    expect(made.deal?.value).toEqual({ amount: "5.00", currency: "CHF" });
    const euros = await deal(`amount: 5, currency: "EUR"`);
    const changed = await mutate(
      own.key,
      `dealUpdate(id: "${euros.deal?.id}", input: { value: { amount: 7 } })`,
      "deal { value { amount currency } }",
    );
    expect(changed).toMatchObject({ deal: { value: { amount: "7.00", currency: "EUR" } }, errors: [] });
    const first = await lead(
      `leadCreate(input: { name: "L", email: "l@example.com", dealValue: { amount: 5, currency: "EUR" } })`,
    );
    const id = first.lead?.id;
    expect(
      (await lead(`leadUpdate(id: "${id}", input: { dealValue: { amount: 6 } })`)).lead?.dealValue,
    ).toEqual({
      amount: "6.00",
      currency: "EUR",
    });
    await lead(`leadUpdate(id: "${id}", input: { dealValue: null })`);
    expect(
      (await lead(`leadUpdate(id: "${id}", input: { dealValue: { amount: 6 } })`)).lead?.dealValue,
    ).toEqual({
      amount: "6.00",
      currency: "CHF",
    });
    const converted = await mutate(
      own.key,
      `leadConvert(id: "${id}", input: { deal: { value: { amount: 9 } } })`,
      "deal { value { amount currency } }",
    );
    expect(converted).toMatchObject({ deal: { value: { amount: "9.00", currency: "CHF" } } });
  });

  test("gives imported amounts their currency, and a lead keeps the one that it has", async () => {
    const own = await Organization.make();
    const importing = (rows: string) =>
      mutate(
        own.key,
        `leadImport(input: { mode: UPDATE, rows: [${rows}] })`,
        "job { created updated failed errors { code column } }",
      );
    const row = (name: string, value: string) =>
      `{ name: "${name}", email: "${name}@example.com", dealValue: { ${value} } }`;
    expect(await importing(row("a", "amount: 1"))).toMatchObject({
      job: { failed: 1, errors: [{ code: "REQUIRED" }] },
    });
    await set(own.key, `input: { defaultCurrency: "SEK" }`);
    await importing(`${row("b", `amount: 1, currency: "NOK"`)}, ${row("c", "amount: 2")}`);
    expect(await importing(`${row("b", "amount: 3")}, ${row("c", "amount: 4")}`)).toMatchObject({
      job: { updated: 2, failed: 0 },
    });
    const { data } = await sendText(
      own.key,
      "{ leads(orderBy: [{ field: NAME, direction: ASC }]) { nodes { name dealValue { amount currency } } } }",
    );
    expect(data).toEqual({
      leads: {
        nodes: [
          { name: "b", dealValue: { amount: "3.00", currency: "NOK" } },
          { name: "c", dealValue: { amount: "4.00", currency: "SEK" } },
        ],
      },
    });
  });
});

describe("an organization is not changed", () => {
  test.each([
    ["a member", { role: "MEMBER" }],
    ["a key without the scope ADMIN", { role: "OWNER", scopes: ["READ", "WRITE"] }],
    ["an administrator who is restricted to assigned data", { role: "ADMIN", dataScope: "ASSIGNED" }],
  ] as const)("by %s", async (_who, options) => {
    const own = await Organization.make();
    const { key } = await own.member({
      ...options,
      scopes: [...("scopes" in options ? options.scopes : ["ADMIN"])] as never,
    });
    const refused = await update(key, `{ defaultCountry: "DE", name: "Theirs" }`);
    expect(refused).toMatchObject({ organization: null, errors: [{ code: "FORBIDDEN", path: [] }] });
    expect(await see(own)).toMatchObject({ defaultCountry: null });
    expect((await see(own)).name).not.toBe("Theirs");
  });

  test("by a member who may only read", async () => {
    const { key } = await organization.member({ role: "READ_ONLY" });
    const { errors } = await sendText(key, `mutation { organizationUpdate(input: {}) { errors { code } } }`);
    expect(errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
  });

  test.each([
    [`{ defaultCountry: "XX" }`, "INVALID_VALUE", "defaultCountry"],
    [`{ name: "  " }`, "REQUIRED", "name"],
    [`{ name: null }`, "INVALID_VALUE", "name"],
    [`{ name: "${"é".repeat(256)}" }`, "TOO_LONG", "name"],
    [`{ name: "two\\nlines" }`, "INVALID_VALUE", "name"],
    [`{ timeZone: null }`, "INVALID_VALUE", "timeZone"],
    [`{ weekStart: null }`, "INVALID_VALUE", "weekStart"],
  ])("to %s", async (input, code, field) => {
    const before = await see(organization);
    const refused = await update(organization.key, input);
    expect(refused).toMatchObject({ organization: null, errors: [{ code, path: ["input", field] }] });
    expect(await see(organization)).toEqual(before);
  });

  test.each([`"de"`, `"Germany"`, `"D"`, `""`])("to a country that is written %s", async (country) => {
    const { errors } = await sendText(
      organization.key,
      `mutation { organizationUpdate(input: { defaultCountry: ${country} }) { errors { code } } }`,
    );
    expect(errors[0]?.message).toContain("two-letter country code of ISO 3166-1");
  });

  test("past the API to a country that is none", async () => {
    const { pool } = await testDatabase();
    const write = pool.query("UPDATE organization SET default_country = 'Germany' WHERE id = $1", [
      organization.id,
    ]);
    await expect(write).rejects.toThrow("organization_default_country_check");
  });
});
