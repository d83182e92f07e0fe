import { beforeAll, expect, test } from "vitest";
import { graphql } from "../generated/gql.ts";
import type { ContactMatchKey, ContactUpsertInput } from "../generated/graphql.ts";
import { send } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

const Upsert = graphql(`
  mutation UpsertContact($input: ContactUpsertInput!, $matchOn: [ContactMatchKey!]) {
    contactUpsert(input: $input, matchOn: $matchOn) {
      contact { id name title email phoneNumbers version tags { name } }
      outcome
      errors {
        __typename code path
        ... on AmbiguousMatchError { candidates { id } }
        ... on DuplicateContactError { existing { id } }
      }
    }
  }
`);

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

const upsert = async (
  input: ContactUpsertInput,
  matchOn: ContactMatchKey[] = ["EMAIL"],
  key = organization.key,
) => (await send(key, Upsert, { input, matchOn })).contactUpsert;

test("a contact is created, then changed, then found unchanged", async () => {
  const input = { name: "Ada", email: "ada@example.com", title: "Dr" };
  expect(await upsert(input)).toMatchObject({ outcome: "CREATED", contact: { version: 1 }, errors: [] });
  expect(await upsert({ ...input, email: "ADA@example.com " })).toMatchObject({
    outcome: "UPDATED",
    contact: { version: 2, email: "ADA@example.com" },
  });
  expect(await upsert({ email: "ADA@example.com", title: "Prof" })).toMatchObject({
    outcome: "UPDATED",
    contact: { version: 3, name: "Ada", title: "Prof" },
  });
  expect(await upsert({ email: "ADA@example.com", title: "Prof" })).toMatchObject({
    outcome: "UNCHANGED",
    contact: { version: 3 },
  });
});

test("a phone number finds a contact too, as a whole number only", async () => {
  const { contact } = await upsert({ name: "Bea", phoneNumbers: ["+33612345678", "+4930901820"] }, ["PHONE"]);
  const again = await upsert({ title: "CTO", phoneNumbers: ["+4930901820"] }, ["PHONE"]);
  expect(again).toMatchObject({ outcome: "UPDATED", contact: { id: contact?.id, title: "CTO" } });
  const other = await upsert({ name: "Cy", phoneNumbers: ["+493090182"] }, ["PHONE"]);
  expect(other.outcome).toBe("CREATED");
});

test("keys that are those of two contacts are refused with both", async () => {
  const byEmail = await upsert({ name: "E", email: "two@example.com" });
  const byPhone = await upsert({ name: "P", phoneNumbers: ["+33700000001"] }, ["PHONE"]);
  const { errors, contact } = await upsert({ email: "two@example.com", phoneNumbers: ["+33700000001"] }, [
    "EMAIL",
    "PHONE",
  ]);
  expect(contact).toBeNull();
  expect(errors).toMatchObject([
    {
      __typename: "AmbiguousMatchError",
      code: "AMBIGUOUS_MATCH",
      path: ["matchOn"],
      candidates: expect.arrayContaining([{ id: byEmail.contact?.id }, { id: byPhone.contact?.id }]),
    },
  ]);
});

test("without a value of a key to match on it is refused", async () => {
  expect((await upsert({ name: "N", phoneNumbers: ["+33700000002"] })).errors).toMatchObject([
    { code: "REQUIRED", path: ["matchOn"] },
  ]);
});

test("a match by phone cannot take another contact's address", async () => {
  await upsert({ name: "Holder", email: "held@example.com" });
  await upsert({ name: "Q", phoneNumbers: ["+33700000003"] }, ["PHONE"]);
  expect(
    (await upsert({ email: "held@example.com", phoneNumbers: ["+33700000003"] }, ["PHONE"])).errors,
  ).toMatchObject([{ code: "EMAIL_TAKEN", existing: { id: expect.any(String) } }]);
});

test("many callers at once make one contact", async () => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      upsert({ name: "Race", email: "race@example.com", title: `T${at}` }),
    ),
  );
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(new Set(answers.map(({ contact }) => contact?.id)).size).toBe(1);
  expect(answers.filter(({ outcome }) => outcome === "CREATED")).toHaveLength(1);
});

test("many callers at once make one contact by its phone numbers, in whatever order they have them", async () => {
  const numbers = ["+33700000011", "+33700000012", "+33700000013"];
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      upsert(
        {
          name: "Race",
          title: `T${at}`,
          phoneNumbers: at % 2 === 0 ? numbers : numbers.toReversed(),
        },
        ["PHONE"],
      ),
    ),
  );
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(new Set(answers.map(({ contact }) => contact?.id)).size).toBe(1);
  expect(answers.filter(({ outcome }) => outcome === "CREATED")).toHaveLength(1);
});

test("a trashed contact and another organization's do not match", async () => {
  const victim = await Organization.make();
  await victim.contact({ name: "Theirs", email: "shared@example.com" });
  await organization.contact({ name: "Trashed", email: "shared@example.com", deletedAt: new Date() });
  expect((await upsert({ name: "Mine", email: "shared@example.com" })).outcome).toBe("CREATED");
  const { prisma } = await testDatabase();
  expect(
    await prisma.contact.findMany({ where: { orgId: victim.id }, select: { name: true, version: true } }),
  ).toEqual([{ name: "Theirs", version: 1 }]);
});

test("a restricted member neither matches nor learns of a contact that is not theirs", async () => {
  await upsert({ name: "Hidden", email: "hidden@example.com" });
  const { key } = await organization.member({ dataScope: "ASSIGNED" });
  const { contact, errors } = await upsert({ name: "Mine", email: "hidden@example.com" }, ["EMAIL"], key);
  expect(contact).toBeNull();
  expect(errors).toMatchObject([{ code: "EMAIL_TAKEN", existing: null }]);
});
