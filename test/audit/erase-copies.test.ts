import { beforeAll, expect, test } from "vitest";
import { decodeId } from "../../src/db/ids.ts";
import { bulk, planned, plantMany, runBulkJobs } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { jobOf, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { eventsOf, shortly } from "./support.ts";

/** Copies of an erased person's values in what stays, or belongs to others too. */

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const erase = (id: string) =>
  mutate<{ receipt: { counts: Record<string, number> } | null }>(
    key,
    `contactErase(input: { id: "${id}" })`,
    "receipt { counts { imports idempotencyAnswers importErrors bulkJobs } }",
  );

/** An import that waits. */
async function waiting(file: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const { data, text } = await upload(key, file);
  const job = data?.contactImport.job;
  if (!job) throw new Error(text);
  return job.id;
}

const contact = async (input: string, more = "") =>
  (
    await mutate<{ contact: { id: string } }>(
      key,
      `contactCreate(input: { ${input} }${more})`,
      "contact { id }",
    )
  ).contact.id;

test("an import that waits is cancelled where its file has the person, in any encoding, and others stay", async () => {
  const id = await contact(
    `name: "Änne Öztürk", phoneNumbers: ["+4930901820123"], address: { city: "Köln", country: "Germany" }`,
  );
  const file = "name,city\nÄNNE ÖZTÜRK,Köln\n";
  const filler = `${"x".repeat(99)}\n`.repeat(2_621);
  const files = [
    file,
    Buffer.from(file, "latin1"),
    Buffer.from(`\ufeff${file}`, "utf16le"),
    "name;phone\nSomebody;+49 (30) 9018-20123\n",
    // The name is cut in two where the first stored piece ends.
    `name\n${filler}${"x".repeat(262_144 - 5 - filler.length - 6 - 1)}\nÄnne Öztürk\n`,
  ];
  const with_: string[] = [];
  for (const each of files) with_.push(await waiting(typeof each === "string" ? each : new Uint8Array(each)));
  const other = await waiting("name,city,country\nÄnne Müller,Köln,Germany\n");
  const { receipt, errors } = await erase(id);
  expect(errors).toEqual([]);
  expect(receipt?.counts.imports).toBe(files.length);
  for (const job of with_) {
    expect(await jobOf(key, job)).toMatchObject({
      state: "CANCELLED",
      problem: expect.stringContaining("Send the file again"),
    });
    expect((await eventsOf(key, `recordId: "${job}"`)).map(shortly)).toContain("CANCELLED IMPORT_JOB");
  }
  expect(await jobOf(key, other)).toMatchObject({ state: "QUEUED", problem: null });
  const { prisma } = await testDatabase();
  const chunks = await prisma.importChunk.findMany({
    where: { orgId: organization.id },
    select: { jobId: true },
  });
  expect(chunks.map(({ jobId }) => jobId)).toEqual([decodeId(other)?.uuid]);
});

test("a file beyond what an erasure searches is cancelled, and says so", async () => {
  const id = await contact(`name: "Nobody Atall", email: "nobody@example.com"`);
  const large = await waiting("name\nSome Body\n");
  const { pool } = await testDatabase();
  await pool.query(
    "UPDATE import_chunk SET bytes = convert_to(repeat('x', 20000001), 'UTF8') WHERE org_id = $1 AND job_id = $2",
    [organization.id, decodeId(large)?.uuid],
  );
  expect((await erase(id)).errors).toEqual([]);
  expect(await jobOf(key, large)).toMatchObject({
    state: "CANCELLED",
    problem: expect.stringContaining("too large to be searched"),
  });
});

test("deals that stay lose names of one word and numbers; others' deals and plain names stay", async () => {
  const { lead } = await mutate<{ lead: { id: string } }>(
    key,
    `leadCreate(input: { name: "Zqmadonna", phone: "+14155550142" })`,
    "lead { id }",
  );
  const converted = await mutate<{ contact: { id: string }; deal: { id: string } }>(
    key,
    `leadConvert(id: "${lead.id}", input: { deal: { name: "zqMadonna's tour", value: { amount: 5, currency: "EUR" } } })`,
    "contact { id } deal { id }",
  );
  expect(converted.errors).toEqual([]);
  const { id } = converted.contact;
  const deal = async (name: string, of = `, contactId: "${id}"`) =>
    (
      await mutate<{ deal: { id: string } }>(
        key,
        `dealCreate(input: { name: "${name}", value: { amount: 5, currency: "EUR" }${of} })`,
        "deal { id }",
      )
    ).deal.id;
  const named = [converted.deal.id, await deal("Call 415 555 0142"), await deal("ring 555-0142 today")];
  const li = await contact(`name: "李", email: "li@example.com"`);
  named.push(await deal("李様の契約", `, contactId: "${li}"`));
  const plain = await deal("Renewal 2026");
  const others = await deal("Zqmadonna tickets", "");
  for (const each of [id, li]) expect((await erase(each)).errors).toEqual([]);
  const { data } = await sendText(key, "{ deals(first: 100) { nodes { id name contact { id } } } }");
  const { nodes } = (data as unknown as { deals: { nodes: { id: string; name: string; contact: null }[] } })
    .deals;
  const nameOf = (wanted: string) => nodes.find((node) => node.id === wanted)?.name;
  expect(named.map(nameOf)).toEqual(named.map(() => "Deal of an erased person"));
  expect([nameOf(plain), nameOf(others)]).toEqual(["Renewal 2026", "Zqmadonna tickets"]);
  expect(nodes.every((node) => node.contact === null)).toBe(true);
});

test("a deal that stays is answered again without the person, and is not created twice", async () => {
  const id = await contact(`name: "Kept Dealer", email: "dealer@example.com"`);
  const create = () =>
    mutate<{ deal: { id: string; name: string; contact: null } }>(
      key,
      `dealCreate(input: { name: "Kept Dealer renewal", value: { amount: 5, currency: "EUR" }, contactId: "${id}" }, idempotencyKey: "deal")`,
      "deal { id name contact { id } }",
    );
  const first = await create();
  expect((await erase(id)).errors).toEqual([]);
  for (const _ of [1, 2]) {
    expect(await create()).toEqual({
      deal: { id: first.deal.id, name: "Deal of an erased person", contact: null },
      errors: [],
    });
  }
});

test("what others share with the person stays, and a bulk change keeps no values after its end", async () => {
  const shared = `company: "Yes", address: { city: "Köln", country: "Germany" }`;
  const id = await contact(`name: "Only One", email: "one@example.com", ${shared}`);
  const create = () =>
    mutate(
      key,
      `contactCreate(input: { name: "Her Neighbour", email: "neighbour@example.com", ${shared} }, idempotencyKey: "neighbour")`,
      "contact { id name }",
    );
  const neighbour = await create();
  const unmapped = await waiting("name,shoe colour\nAnother Neighbour,Yes\n");
  await plantMany(organization, 501);
  const change = { input: { company: "Only One" }, filter: { company: { eq: "Planted Ltd" } } };
  const { planToken } = await planned(key, "contactsBulkUpdate", change);
  await bulk(key, "contactsBulkUpdate", { ...change, planToken });
  expect((await erase(id)).errors).toEqual([]);
  expect(await create()).toEqual(neighbour);
  expect((await jobOf(key, unmapped)).unmappedColumns).toMatchObject([{ samples: ["Yes"] }]);
  const { prisma } = await testDatabase();
  const inputs = async () =>
    (await prisma.bulkJob.findMany({ where: { orgId: organization.id } })).map(({ input }) => input);
  expect(await inputs()).toEqual([{ company: "Only One" }]);
  await runBulkJobs(organization);
  expect(await inputs()).toEqual([{}]);
});
