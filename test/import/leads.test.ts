import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { imported, type Job, jobFields } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Leads come in by the same imports as contacts. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const leadsOf = async (fields = "name email", as = key) => {
  const { data, text } = await sendText(
    as,
    `{ leads(orderBy: [{ field: NAME }], first: 100) { nodes { ${fields} } } }`,
  );
  const found = (data as unknown as { leads: { nodes: Record<string, unknown>[] } } | null)?.leads.nodes;
  if (!found) throw new Error(text);
  return found;
};

const importRows = async (rows: unknown[], more: Record<string, unknown> = {}, as = key) => {
  const { job, errors } = await mutate<{ job: Job | null }>(
    as,
    "leadImport(input: $input)",
    `job { ${jobFields} }`,
    { input: { rows, ...more } },
    "($input: LeadImportInput!)",
  );
  if (!job) throw new Error(JSON.stringify(errors));
  return job;
};

const leadImport = (file: string, input: Record<string, unknown> = {}, as = key) =>
  imported(organization, file, input, as, "Lead");

test("a file's columns become leads with their value, status, tags and custom values", async () => {
  await organization.customField({ entity: "LEAD", slug: "size", type: "NUMBER" });
  const file = [
    "First name,Last name,E-mail,Phone,Company,Lead source,Status,Deal value,Currency,Tags,Size,Notes",
    'Ada,Lovelace,ada@example.com,+442079460000,Engines,Fair,contacted,1250.50,eur,"vip; fair",40,hello',
  ].join("\n");
  const job = await leadImport(file, { createMissingTags: true });
  expect(job).toMatchObject({ entity: "LEAD", state: "DONE", created: 1, failed: 0, errors: [] });
  const found = await leadsOf(
    "name email phone company source status dealValue { amount currency } tags { name } customFields { slug value } notes lastModificationSource",
  );
  expect(found).toEqual([
    {
      name: "Ada Lovelace",
      email: "ada@example.com",
      phone: "+442079460000",
      company: "Engines",
      source: "Fair",
      status: "CONTACTED",
      dealValue: { amount: "1250.50", currency: "EUR" },
      tags: [{ name: "fair" }, { name: "vip" }],
      customFields: [{ slug: "size", value: 40 }],
      notes: "hello",
      lastModificationSource: "IMPORT",
    },
  ]);
});

test("a row that says what a lead cannot be is refused with its column, and the others come in", async () => {
  const file = [
    "name,email,status,deal value,currency",
    "Good,good@example.com,new,10,EUR",
    "Converted,c@example.com,converted,,",
    "Odd,o@example.com,perhaps,,",
    "Poor,p@example.com,,10,XXQ",
    "Poorer,q@example.com,,10,",
    ",r@example.com,,,",
  ].join("\n");
  const job = await leadImport(file);
  expect(job).toMatchObject({ total: 6, done: 6, created: 1, failed: 5 });
  expect(job.errors.map(({ row, column, code }) => [row, column, code])).toEqual([
    [2, "status", "INVALID_STATE"],
    [3, "status", "INVALID_VALUE"],
    [4, "currency", "INVALID_CURRENCY"],
    [5, "currency", "REQUIRED"],
    [6, "name", "REQUIRED"],
  ]);
});

test("a lead is recognised by its address, and where a row has none by its name with its phone number", async () => {
  const there = await organization.lead({ name: "Ann", email: "ann@example.com" });
  await organization.lead({ name: "Bob", phone: "+15125550142" });
  const file = [
    "name,email,phone,company",
    "Ann B,ANN@example.com,,One",
    "bob,,+15125550142,Two",
    "Bobby,,+15125550142,Three",
  ].join("\n");
  expect(await leadImport(file)).toMatchObject({ created: 1, skipped: 2, failed: 0 });
  expect(await leadImport(file, { mode: "UPDATE" })).toMatchObject({ created: 0, updated: 3, failed: 0 });
  expect(await leadsOf("id name company")).toEqual([
    { id: there.globalId, name: "Ann B", company: "One" },
    { id: expect.any(String), name: "bob", company: "Two" },
    { id: expect.any(String), name: "Bobby", company: "Three" },
  ]);
});

test("where several leads have a row's address, an update says so and a skip leaves them", async () => {
  for (const name of ["Ann", "Annie"]) await organization.lead({ name, email: "ann@example.com" });
  const file = "name,email\nAnna,ann@example.com\n";
  const job = await leadImport(file, { mode: "UPDATE" });
  expect(job).toMatchObject({ updated: 0, failed: 1 });
  expect(job.errors[0]).toMatchObject({ code: "AMBIGUOUS_MATCH", message: expect.stringMatching(/leads/) });
  expect(await leadImport(file)).toMatchObject({ skipped: 1, created: 0, failed: 0 });
});

test("a restricted member's imported leads are assigned to that member, and leads of others are not revealed", async () => {
  const { key: restricted, globalId } = await organization.member({ dataScope: "ASSIGNED" });
  await organization.lead({ name: "Theirs", email: "ann@example.com" });
  const job = await leadImport("name,email\nMine,ann@example.com\n", { mode: "UPDATE" }, restricted);
  expect(job).toMatchObject({ created: 1, updated: 0, failed: 0, errors: [] });
  expect(await leadsOf("name owner { id }", restricted)).toEqual([{ name: "Mine", owner: { id: globalId } }]);
  expect(await leadsOf("name")).toHaveLength(2);
});

test("a dry run of leads counts as the run would, and writes none", async () => {
  await organization.lead({ name: "Ann", email: "ann@example.com" });
  const file =
    "name,email\nAnn,ann@example.com\nNew,new@example.com\nNew again,NEW@example.com\n,x@example.com\n";
  const counts = { created: 1, updated: 2, failed: 1 };
  expect(await leadImport(file, { mode: "UPDATE", dryRun: true })).toMatchObject(counts);
  expect(await leadsOf()).toHaveLength(1);
  expect(await leadImport(file, { mode: "UPDATE" })).toMatchObject(counts);
  expect(await leadsOf()).toHaveLength(2);
});

test("rows of leads are imported at once, and never match leads of other organizations", async () => {
  const other = await Organization.make();
  await other.lead({ name: "Ann", email: "ann@example.com" });
  const job = await importRows([{ name: "Ann", email: "ann@example.com" }, { name: "" }], { mode: "UPDATE" });
  expect(job).toMatchObject({ entity: "LEAD", created: 1, updated: 0, failed: 1 });
  expect(await leadsOf("name", other.key)).toEqual([{ name: "Ann" }]);
});

test("a field of contacts is refused for leads with those that they have", async () => {
  const { job, errors } = await mutate<{ job: Job | null }>(
    key,
    "leadImport(input: $input)",
    `job { ${jobFields} }`,
    { input: { rows: [{ name: "Ann" }], matchOn: [] } },
    "($input: LeadImportInput!)",
  );
  expect(job).toBeNull();
  expect(errors).toMatchObject([
    { path: ["input", "matchOn"], message: expect.stringMatching(/omit it for the default/) },
  ]);
  await expect(leadImport("a,b\n1,2\n", { mapping: [{ column: "a", field: "ZIP" }] })).rejects.toThrow(
    /leads have no field ZIP; take one of NAME/,
  );
});

test("with matchOn the first that finds somebody decides, so that an address can be changed", async () => {
  await organization.lead({ name: "Ann", email: "old@example.com", phone: "+15125550142" });
  await organization.lead({ name: "Ben", email: "ben@example.com", phone: "+15125550143" });
  const file = "name,email,phone\nAnn,new@example.com,+15125550142\nBen,ben@example.com,+15125550142\n";
  const job = await leadImport(file, { mode: "UPDATE", matchOn: ["EMAIL", "PHONE"] });
  expect(job).toMatchObject({ created: 0, updated: 2, failed: 0 });
  expect(await leadsOf("name email phone")).toEqual([
    { name: "Ann", email: "new@example.com", phone: "+15125550142" },
    { name: "Ben", email: "ben@example.com", phone: "+15125550142" },
  ]);
});

test("the planner's statistics of what an import of many rows wrote are updated, and of nothing else", async () => {
  const rows = (name: string) => Array.from({ length: 1_001 }, (_, at) => `${name} ${at}`).join("\n");
  const analyzed = async (run: () => Promise<unknown>) => {
    const { statements } = await statementsOf(run);
    const [tables, ...more] = statements.filter((sql) => sql.startsWith("ANALYZE"));
    expect(more).toEqual([]);
    expect(statements.filter((sql) => sql.includes("gin_clean_pending_list"))).toHaveLength(tables ? 1 : 0);
    return tables;
  };
  expect(await analyzed(() => leadImport(`name\n${rows("Lead")}`))).toBe("ANALYZE lead, lead_tag");
  expect(await analyzed(() => imported(organization, `name\n${rows("Contact")}`))).toBe(
    "ANALYZE contact, contact_tag",
  );
  expect(await analyzed(() => leadImport("name\nOne\nTwo"))).toBeUndefined();
});
