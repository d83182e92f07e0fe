import { beforeEach, describe, expect, test } from "vitest";
import { bystander, plantMany } from "../support/bulk.ts";
import { mutate } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { askExport, download, exported, exportOf, runExports } from "../support/exports.ts";
import { killedAfter } from "../support/jobs.ts";
import { Organization } from "../support/makers.ts";

/** Exports: which records, which columns, and who gets the file. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const expireLease = async () => {
  const { pool } = await testDatabase();
  await pool.query("UPDATE export_job SET leased_until = now() - interval '1 second' WHERE org_id = $1", [
    organization.id,
  ]);
};

const columns = (...fields: string[]) => fields.map((field) => ({ field }));

describe("the file of an export", () => {
  test("has the records that the filter matches, in the order asked for, with the chosen columns", async () => {
    const owner = await organization.member();
    await organization.customField({ slug: "size", type: "NUMBER" });
    for (const [name, company] of [
      ["Zoë", "Acme"],
      ["Éric", "Acme"],
      ["Nobody", "Other"],
    ] as const) {
      await organization.contact({
        name,
        company,
        phoneNumbers: ["+493012345678", "+33612345678"],
        ownerId: owner.id,
        tags: ["b", "a"],
        custom: { size: 1.5 },
      });
    }
    await bystander({ company: "Acme" });
    const { job, text, headers } = await exported(organization, {
      filter: { company: { eq: "acme" } },
      orderBy: [{ field: "NAME", direction: "DESC" }],
      columns: [
        ...columns("NAME", "PHONE_NUMBERS", "TAGS", "OWNER"),
        { customField: "size", heading: "Größe" },
      ],
    });
    expect(job).toMatchObject({ state: "DONE", total: 2, done: 2, skipped: 0, progress: 1, problem: null });
    expect(job.bytes).toBe(Buffer.byteLength(text));
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="contacts-\d{4}-\d\d-\d\d.csv"$/,
    );
    const [first, ...lines] = text.split("\r\n");
    expect(first).toBe("name,phone,tags,owner,Größe");
    expect(lines.sort()).toEqual([
      "",
      `Zoë,'+493012345678|+33612345678,a|b,${owner.email},1.5`,
      `Éric,'+493012345678|+33612345678,a|b,${owner.email},1.5`,
    ]);
  });

  test("has objects of JSON with typed values, a line each", async () => {
    await organization.customField({ slug: "many", type: "MULTI_SELECT", options: ["x", "y"] });
    const { globalId } = await organization.contact({
      name: "Ada",
      city: "Köln",
      phoneNumbers: ["+493012345678"],
      custom: { many: ["x", "y"] },
      doNotContact: true,
    });
    const { text } = await exported(organization, {
      format: "JSON_LINES",
      columns: [
        ...columns("ID", "NAME", "CITY", "PHONE_NUMBERS", "DO_NOT_CONTACT", "CALL_COUNT", "OWNER"),
        { customField: "many" },
      ],
    });
    expect(JSON.parse(text)).toEqual({
      id: globalId,
      name: "Ada",
      address: { city: "Köln" },
      phoneNumbers: ["+493012345678"],
      doNotContact: true,
      callCount: 0,
      owner: null,
      customFields: { many: ["x", "y"] },
    });
    expect(text.endsWith("}\n")).toBe(true);
  });

  test("has leads and deals as well, money with two decimals, and a comma before them with semicolons", async () => {
    const lead = await organization.lead({ name: "Lena", dealValue: "1250.5", dealCurrency: "EUR" });
    await organization.deal({
      name: "Big",
      value: "99",
      leadId: lead.id,
      expectedCloseOn: new Date("2026-12-24"),
    });
    const leads = await exported(
      organization,
      { columns: columns("NAME", "DEAL_VALUE", "DEAL_CURRENCY"), delimiter: ";", byteOrderMark: true },
      { entity: "LEAD" },
    );
    expect(leads.text).toBe("\ufeffname;deal value;deal currency\r\nLena;1250,50;EUR\r\n");
    const deals = await exported(
      organization,
      { columns: columns("NAME", "VALUE", "CURRENCY", "EXPECTED_CLOSE_ON", "LEAD_ID", "STATUS") },
      { entity: "DEAL" },
    );
    expect(deals.text).toBe(
      `name,value,currency,expected close on,lead id,status\r\nBig,99.00,EUR,2026-12-24,${lead.globalId},OPEN\r\n`,
    );
  });

  test("shows no spreadsheet a formula, and has a cell for every value", async () => {
    await organization.contact({
      name: "=HYPERLINK(1)",
      company: "@sum",
      title: "'-1",
      notes: 'a "b"\nc,d',
      street: "-1",
    });
    const { text } = await exported(organization, {
      columns: columns("NAME", "COMPANY", "TITLE", "NOTES", "STREET", "CITY"),
    });
    expect(text).toBe(
      `name,company,title,notes,street,city\r\n'=HYPERLINK(1),'@sum,''-1,"a ""b""\nc,d",'-1,\r\n`,
    );
  });

  test("has only its headings where nothing matches", async () => {
    const { job, text } = await exported(organization, { columns: columns("NAME") });
    expect(text).toBe("name\r\n");
    expect(job).toMatchObject({ total: 0, done: 0, progress: 1, bytes: 6 });
    expect((await exported(organization, { format: "JSON_LINES" })).text).toBe("");
  });

  test("leaves out the trash, unless it is asked for", async () => {
    await organization.contact({ name: "Live" });
    await organization.contact({ name: "Gone", deletedAt: new Date() });
    const of = async (trash: string | null) =>
      (await exported(organization, { trash, columns: columns("NAME"), orderBy: [{ field: "NAME" }] })).text;
    expect(await of(null)).toBe("name\r\nLive\r\n");
    expect(await of("ONLY")).toBe("name\r\nGone\r\n");
    expect(await of("INCLUDE")).toBe("name\r\nGone\r\nLive\r\n");
  });
});

describe("an export", () => {
  test("of thousands of records goes on after a process that died, and has each once", async () => {
    await plantMany(organization, 2_300);
    const { job } = await askExport(organization.key, { columns: columns("ID") });
    await killedAfter(1, (options) => runExports(organization, options));
    expect(await exportOf(organization.key, job?.id ?? "")).toMatchObject({
      state: "RUNNING",
      total: 2_300,
      done: 1_000,
      downloadPath: null,
    });
    expect((await download(organization.key, `/exports/${job?.id}`)).status).toBe(409);
    await expireLease();
    await runExports(organization);
    const done = await exportOf(organization.key, job?.id ?? "");
    expect(done).toMatchObject({ state: "DONE", done: 2_300, skipped: 0 });
    const { text } = await download(organization.key, done.downloadPath);
    expect(new Set(text.split("\r\n")).size).toBe(2_302);
  });

  test("reads pages of a hundred, and the names of all of them in two statements", async () => {
    await plantMany(organization, 250, { tags: ["vip"] });
    await askExport(organization.key);
    const { statements } = await statementsOf(() => runExports(organization));
    expect(statements.filter((sql) => /FROM "public"."contact"/.test(sql))).toHaveLength(3);
    expect(statements.filter((sql) => /FROM "public"."tag"/.test(sql))).toHaveLength(1);
  });

  test("has a record once that changes meanwhile, and none that is trashed meanwhile", async () => {
    const [first = "", second = ""] = await plantMany(organization, 3);
    const { job } = await askExport(organization.key, {
      orderBy: [{ field: "NAME" }],
      columns: columns("NAME"),
    });
    const { prisma } = await testDatabase();
    await prisma.contact.updateMany({ where: { orgId: organization.id, id: first }, data: { name: "Zz" } });
    await prisma.contact.updateMany({
      where: { orgId: organization.id, id: second },
      data: { deletedAt: new Date() },
    });
    await runExports(organization);
    const done = await exportOf(organization.key, job?.id ?? "");
    expect(done).toMatchObject({ state: "DONE", total: 3, done: 3, skipped: 1 });
    const { text } = await download(organization.key, done.downloadPath);
    expect(text.split("\r\n").sort()).toEqual(["", "Planted", "Zz", "name"]);
  });

  test("sent again under its key is the same export", async () => {
    const first = await askExport(organization.key, { idempotencyKey: "once" });
    const again = await askExport(organization.key, { idempotencyKey: "once" });
    expect(again.job?.id).toBe(first.job?.id);
    const { prisma } = await testDatabase();
    expect(await prisma.exportJob.count({ where: { orgId: organization.id } })).toBe(1);
  });

  test("that is cancelled keeps nothing, and its file is never there", async () => {
    await plantMany(organization, 1_500);
    const { job } = await askExport(organization.key);
    await killedAfter(1, (options) => runExports(organization, options));
    const cancelled = await mutate<{ job: { state: string } }>(
      organization.key,
      `exportJobCancel(id: "${job?.id}")`,
      "job { state downloadPath }",
    );
    expect(cancelled).toEqual({ job: { state: "CANCELLED", downloadPath: null }, errors: [] });
    await runExports(organization);
    const { prisma } = await testDatabase();
    expect(await prisma.exportChunk.count({ where: { orgId: organization.id } })).toBe(0);
    expect(await prisma.exportBatch.count({ where: { orgId: organization.id } })).toBe(0);
    expect((await download(organization.key, `/exports/${job?.id}`)).status).toBe(409);
  });

  test("is refused with all that is wrong with it, and nothing is queued", async () => {
    const { job, errors } = await askExport(organization.key, {
      query: { groups: [{ conditions: [{ field: "nmae", op: "EQ", value: "x" }] }] },
      columns: [{}, { customField: "nope" }, ...columns("NAME", "NAME")],
    });
    expect(job).toBeNull();
    expect(errors).toMatchObject([
      { code: "INVALID_FILTER", path: ["query", "groups", "0", "conditions", "0", "field"] },
      { code: "INVALID_VALUE", path: ["columns", "0"] },
      { code: "UNKNOWN_CUSTOM_FIELD", path: ["columns", "1", "customField"] },
      { code: "INVALID_VALUE", path: ["columns", "3"] },
    ]);
    expect((await askExport(organization.key, { delimiter: "x", columns: [] })).errors).toMatchObject([
      { code: "INVALID_VALUE", path: ["columns"] },
      { code: "INVALID_VALUE", path: ["delimiter"] },
    ]);
    const order = await askExport(organization.key, { orderBy: [{ customField: "nope" }] });
    expect(order.errors).toMatchObject([{ code: "INVALID_FILTER", path: ["orderBy", "0", "customField"] }]);
    const { prisma } = await testDatabase();
    expect(await prisma.exportJob.count({ where: { orgId: organization.id } })).toBe(0);
  });

  test("has to wait where five of a member's wait already", async () => {
    for (let time = 0; time < 5; time += 1) expect((await askExport(organization.key)).errors).toEqual([]);
    expect((await askExport(organization.key)).errors).toMatchObject([{ code: "LIMIT_REACHED" }]);
    const other = await organization.member();
    expect((await askExport(other.key)).errors).toEqual([]);
  });

  test("of twenty that are asked for at one moment waits with four others, and the rest are refused", async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => askExport(organization.key)));
    const refused = asked.flatMap(({ errors }) => errors);
    expect(refused.map(({ code }) => code)).toEqual(Array.from({ length: 15 }, () => "LIMIT_REACHED"));
    const { prisma } = await testDatabase();
    expect(await prisma.exportJob.count({ where: { orgId: organization.id } })).toBe(5);
  });
});
