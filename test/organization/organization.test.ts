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
