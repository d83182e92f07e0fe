import { beforeEach, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate } from "../support/client.ts";
import { contactsOf, imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** By what a row is taken for a contact that is there. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const update = { mode: "UPDATE" } as const;

test("matched by id, a row changes the contact's address; unknown, invisible and foreign ids are refused with the same error", async () => {
  const { key: restricted, id: ownerId } = await organization.member({ dataScope: "ASSIGNED" });
  const mine = await organization.contact({ name: "Mine", email: "old@example.com", ownerId });
  const hidden = await organization.contact({ name: "Hidden", email: "h@example.com" });
  const others = await (await Organization.make()).contact({ name: "Others", email: "x@example.com" });
  const nobody = encodeId("Contact", newId());
  const file = [
    "ID,name,email",
    `${mine.globalId},Mine,new@example.com`,
    ...[hidden.globalId, others.globalId, nobody, "42"].map((id, at) => `${id},N${at},n${at}@example.com`),
    ",New,made@example.com",
  ].join("\n");
  const job = await imported(organization, file, { ...update, matchOn: ["ID", "EMAIL"] }, restricted);
  expect(job).toMatchObject({ total: 6, updated: 1, created: 1, failed: 4 });
  expect(new Set(job.errors.map(({ code, message }) => `${code} ${message}`)).size).toBe(1);
  expect(job.errors[0]).toMatchObject({ code: "NOT_FOUND" });
  expect(await contactsOf(restricted)).toEqual([
    { name: "Mine", email: "new@example.com" },
    { name: "New", email: "made@example.com" },
  ]);
});

test("the id of a merged contact resolves to the contact that it was merged into", async () => {
  const primary = await organization.contact({ name: "P", email: "p@example.com" });
  const duplicate = await organization.contact({ name: "D", email: "d@example.com" });
  await mutate(
    key,
    `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] })`,
    "contact { id }",
  );
  const file = `ID,company\n${duplicate.globalId},Acme\n`;
  expect(await imported(organization, file, { ...update, matchOn: ["ID"] })).toMatchObject({ updated: 1 });
  expect(await contactsOf(key, "name company")).toEqual([{ name: "P", company: "Acme" }]);
});

test("without matchOn a column ID is passed over", async () => {
  await organization.contact({ name: "Ann", email: "ann@example.com" });
  const job = await imported(organization, "ID,name,email\n17,Ann B,ann@example.com\n", update);
  expect(job).toMatchObject({ updated: 1, failed: 0 });
});

test("an address that another contact has is refused, also when an earlier row of the file has just taken it", async () => {
  const [ann, ben] = await Promise.all(
    ["ann", "ben"].map((name) => organization.contact({ name, email: `${name}@example.com` })),
  );
  const file = `ID,name,email\n${ann?.globalId},ann,ben@example.com\n${ann?.globalId},ann,new@example.com\n${ben?.globalId},ben,NEW@example.com\n`;
  for (const dryRun of [true, false]) {
    const job = await imported(organization, file, { ...update, matchOn: ["ID"], dryRun });
    expect(job).toMatchObject({ updated: 1, failed: 2, created: 0 });
    expect(job.errors.map(({ row, code }) => [row, code])).toEqual([
      [1, "EMAIL_TAKEN"],
      [3, "EMAIL_TAKEN"],
    ]);
  }
});

test("by PHONE a number is enough, and a number of two contacts is refused", async () => {
  await organization.contact({ name: "Ann", phoneNumbers: ["+15125550142"] });
  for (const name of ["Ben", "Cy"]) await organization.contact({ name, phoneNumbers: ["+15125550143"] });
  const file = "name,phone,email\nAnna,+15125550142,anna@example.com\nDi,+15125550143,di@example.com\n";
  const job = await imported(organization, file, { ...update, matchOn: ["PHONE"] });
  expect(job).toMatchObject({ updated: 1, failed: 1, created: 0 });
  expect(job.errors[0]).toMatchObject({ row: 2, code: "AMBIGUOUS_MATCH" });
});

test("by CUSTOM_FIELD a foreign id is who it is, and a value twice is refused", async () => {
  await mutate(
    key,
    'customFieldCreate(input: { entity: CONTACT, slug: "record_id", name: "Record ID", type: TEXT, unique: true })',
    "customField { id }",
  );
  const first =
    "Record ID,name,email\n101,Olu,olu@ade.example\n102,Ben,ben@ade.example\n102,Cy,cy@ade.example\n";
  const made = await imported(organization, first);
  expect(made).toMatchObject({ created: 2, failed: 1 });
  expect(made.errors[0]).toMatchObject({ row: 3, code: "VALUE_TAKEN" });
  const again = "Record ID,name,email\n101,Olu Ade,olu.new@ade.example\n102,Ben,olu.new@ade.example\n";
  const job = await imported(organization, again, { ...update, matchOn: ["CUSTOM_FIELD", "EMAIL"] });
  expect(job).toMatchObject({ updated: 1, failed: 1, created: 0 });
  expect(job.errors[0]).toMatchObject({ row: 2, code: "EMAIL_TAKEN" });
  expect(await contactsOf(key)).toEqual([
    { name: "Ben", email: "ben@ade.example" },
    { name: "Olu Ade", email: "olu.new@ade.example" },
  ]);
});

test("a new row without a name is refused, or named after its address where that is asked for", async () => {
  const file =
    "name,email,phone\n,mara.quint+news@example.com,\n,42@example.com,\n,,+15125550142\nAnn,ann@example.com,\n";
  expect(await imported(organization, file, { dryRun: true })).toMatchObject({ created: 1, failed: 3 });
  const job = await imported(organization, file, { missingName: "FROM_EMAIL" });
  expect(job).toMatchObject({ created: 3, failed: 1 });
  expect(job.errors[0]).toMatchObject({ row: 3, code: "REQUIRED" });
  expect((await contactsOf(key, "name")).map(({ name }) => name)).toEqual([
    "42@example.com",
    "Ann",
    "Mara Quint",
  ]);
  // One that is there keeps its name.
  await imported(organization, "email,title\nann@example.com,CTO\n", {
    mode: "UPDATE",
    missingName: "FROM_EMAIL",
  });
  expect(await contactsOf(key, "name title")).toContainEqual({ name: "Ann", title: "CTO" });
});
