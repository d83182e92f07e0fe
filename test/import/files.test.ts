import { beforeAll, beforeEach, expect, test } from "vitest";
import { mutate, sendText, testServer } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { imported, jobOf, runImports, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Importing CSV files. */

let organization: Organization & { key: string };
let key: string;
beforeAll(async () => {
  await runImports();
});
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const contacts = async (fields = "name email") => {
  const { data } = await sendText(
    key,
    `{ contacts(orderBy: [{ field: NAME }], first: 100) { nodes { ${fields} } } }`,
  );
  return (data as unknown as { contacts: { nodes: Record<string, unknown>[] } }).contacts.nodes;
};

test("columns go where their headings say, custom fields and tags included, and every row is counted once", async () => {
  await organization.customField({ slug: "team_size", name: "Team size", type: "NUMBER", slot: "number1" });
  await organization.contact({ name: "There", email: "there@example.com" });
  const job = await imported(
    key,
    [
      "First Name,lastName,E-mail,Phone number,City,Team size,Tags,Favourite colour",
      'Ada,Lovelace,ada@example.com,+33612345678; +33612345679,London,12,"vip, new",red',
      "Bob,Builder,bob@example.com,,,many,,blue",
      "There,Already,THERE@example.com,,,,,",
      ",,,,,,,",
      "",
      "No,Address,,,,,,",
    ].join("\n"),
    { createMissingTags: true },
  );
  expect(job).toMatchObject({
    state: "DONE",
    encoding: "utf-8",
    delimiter: ",",
    total: 4,
    done: 4,
    created: 1,
    updated: 0,
    skipped: 1,
    failed: 2,
    blank: 2,
  });
  expect(job.columns).toContainEqual({ column: "Team size", field: null, customField: "team_size" });
  expect(job.columns).toContainEqual({ column: "Favourite colour", field: null, customField: null });
  expect(job.errors).toMatchObject([
    {
      row: 2,
      line: 3,
      column: "customFields",
      code: "INVALID_CUSTOM_VALUE",
      raw: "Bob,Builder,bob@example.com,,,many,,blue",
    },
    { row: 4, line: 7, code: "REQUIRED", raw: "No,Address,,,,,," },
  ]);
  expect(
    await contacts(
      "name email phoneNumbers address { city } tags { name } customFields { slug value } lastModificationSource version",
    ),
  ).toEqual([
    {
      name: "Ada Lovelace",
      email: "ada@example.com",
      phoneNumbers: ["+33612345678", "+33612345679"],
      address: { city: "London" },
      tags: [{ name: "new" }, { name: "vip" }],
      customFields: [{ slug: "team_size", value: 12 }],
      lastModificationSource: "IMPORT",
      version: 1,
    },
    expect.objectContaining({ name: "There", lastModificationSource: "API" }),
  ]);
  const found = await sendText(
    key,
    '{ contacts(filter: { tags: { hasAny: ["vip"] }, customFields: [{ slug: "team_size", number: { gt: 11 } }] }) { totalCount } }',
  );
  expect(found.data).toEqual({ contacts: { totalCount: 1 } });
});

test("the caller says where columns go, and what is left out goes nowhere", async () => {
  const job = await imported(key, "who;mail;x\nAda;ada@example.com;y\n", {
    mapping: [
      { column: "who", field: "NAME" },
      { column: "mail", field: "EMAIL" },
    ],
  });
  expect(job).toMatchObject({ delimiter: ";", created: 1 });
  expect(await contacts()).toEqual([{ name: "Ada", email: "ada@example.com" }]);
});

test("an existing contact is changed in the mode UPDATE; empty cells leave what is there", async () => {
  const before = await organization.contact({
    name: "Ada",
    email: "ada@example.com",
    company: "Old",
    tags: ["kept"],
  });
  await organization.tag("added");
  const job = await imported(key, "email,company,title,tags\nADA@example.com,,CTO,added\n", {
    mode: "UPDATE",
  });
  expect(job).toMatchObject({ total: 1, updated: 1, errors: [] });
  expect(await contacts("id name company title version tags { name } lastModificationSource")).toEqual([
    {
      id: before.globalId,
      name: "Ada",
      company: "Old",
      title: "CTO",
      version: 2,
      tags: [{ name: "added" }, { name: "kept" }],
      lastModificationSource: "IMPORT",
    },
  ]);
});

test.each([
  ["SKIP", { created: 1, updated: 0, skipped: 1 }, "First"],
  ["UPDATE", { created: 1, updated: 1, skipped: 0 }, "Second"],
])("the same address twice in a file is one contact: %s", async (mode, counts, name) => {
  const job = await imported(key, "name,email\nFirst,same@example.com\nSecond,SAME@example.com\n", { mode });
  expect(job).toMatchObject({ total: 2, done: 2, failed: 0, ...counts });
  expect(await contacts("name")).toEqual([{ name }]);
});

test("a dry run counts what would be done and writes nothing", async () => {
  await organization.contact({ name: "There", email: "there@example.com" });
  const file = "name,email,tags\nA,a@example.com,new\nB,there@example.com,\nC,a@example.com,\n,x,\n";
  const job = await imported(key, file, { dryRun: true, createMissingTags: true });
  expect(job).toMatchObject({ state: "DONE", total: 4, created: 1, skipped: 2, failed: 1 });
  expect(await contacts("name")).toEqual([{ name: "There" }]);
  expect((await sendText(key, "{ tags { name } }")).data).toEqual({ tags: [] });
});

test.each([
  ["utf-8", new TextEncoder().encode("name;email\nÅsa;a@example.com\n")],
  [
    "utf-8",
    new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode("name;email\nÅsa;a@example.com\n")]),
  ],
  ["utf-16le", new Uint8Array([0xff, 0xfe, ...Buffer.from("name;email\nÅsa;a@example.com\n", "utf16le")])],
  [
    "utf-16be",
    new Uint8Array([0xfe, 0xff, ...Buffer.from("name;email\nÅsa;a@example.com\n", "utf16le").swap16()]),
  ],
  ["windows-1252", new Uint8Array(Buffer.from("name;email\nÅsa;a@example.com\n", "latin1"))],
])("a file in %s is read as such, and says so", async (encoding, bytes) => {
  expect(await imported(key, bytes)).toMatchObject({ encoding, delimiter: ";", created: 1 });
  expect(await contacts("name")).toEqual([{ name: "Åsa" }]);
});

test("a row whose bytes cannot be read is refused with its line, never guessed", async () => {
  const bytes = Buffer.concat([
    Buffer.from("name,email\nGood,good@example.com\n"),
    Buffer.from("B\xe5d,bad@example.com\n", "latin1"),
  ]);
  const job = await imported(key, new Uint8Array(bytes), { encoding: "UTF_8" });
  expect(job).toMatchObject({ created: 1, failed: 1, errors: [{ row: 2, line: 3, column: "name" }] });
});

test.each([
  ["comma", ","],
  ["semicolon", ";"],
  ["tab", "\t"],
  ["bar", "|"],
])("columns separated by a %s are told apart", async (_name, delimiter) => {
  const job = await imported(key, `name${delimiter}email\r\nA${delimiter}a@example.com\r\n`);
  expect(job).toMatchObject({ delimiter, created: 1 });
});

test("a decimal comma is a decimal comma where semicolons separate columns", async () => {
  await organization.customField({ slug: "score", type: "NUMBER", slot: "number1" });
  await imported(key, "name;email;score\nA;a@example.com;12,5\n");
  expect(await contacts("customFields { value }")).toEqual([{ customFields: [{ value: 12.5 }] }]);
});

test("quotes, line feeds inside them, and any line ending are read as RFC 4180 has them", async () => {
  const job = await imported(
    key,
    'name,email,notes\r\n"A ""quoted"" name",a@example.com,"two\nlines"\nB,b@example.com,c\r\nC,c@example.com,d',
  );
  expect(job).toMatchObject({ total: 3, created: 3, failed: 0 });
  expect(await contacts("name notes")).toContainEqual({ name: 'A "quoted" name', notes: "two\nlines" });
});

test("a quote that is never closed is an error of its row; the rows before it are kept", async () => {
  const job = await imported(key, 'name,email\nA,a@example.com\n"B,b@example.com\nC,c@example.com\n');
  expect(job).toMatchObject({
    state: "DONE",
    total: 2,
    created: 1,
    failed: 1,
    errors: [{ row: 2, line: 3, column: null }],
  });
  expect(job.errors[0]?.message).toMatch(/quote that is not closed/);
});

test("rows that are too short or too long say what was expected", async () => {
  const job = await imported(
    key,
    "name,email,city\nA,a@example.com\nB,b@example.com,x,y\nC,c@example.com,z\n",
  );
  expect(job).toMatchObject({
    created: 1,
    failed: 2,
    errors: [
      { line: 2, message: "expected 3 columns, found 2" },
      { line: 3, message: "expected 3 columns, found 4" },
    ],
  });
});

test.each([
  ["twice the same heading", "name,email,Name\n", /headings twice: "Name"/],
  ["no heading", "name,,email\n", /without a heading: 2/],
  ["a dangerous heading", "name,__proto__\n", /__proto__/],
  ["no known heading", "Ada,ada@example.com\nBob,bob@example.com\n", /none of the columns is known/],
  ["nothing", "", /is empty/],
  ["a spreadsheet", "PK\x03\x04xxxx", /spreadsheet/],
])("a file with %s is refused before anything is done", async (_name, file, message) => {
  const { data } = await upload(key, file);
  expect(data?.contactImport.job).toBeNull();
  expect(data?.contactImport.errors[0]?.message).toMatch(message);
  const { prisma } = await testDatabase();
  expect(await prisma.importJob.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a mapping that does not fit the file is refused, all of it at once", async () => {
  const { data } = await upload(key, "a,b\n1,2\n", {
    mapping: [
      { column: "nope", field: "NAME" },
      { column: "a", customField: "nothing" },
      { column: "b", field: "NAME", customField: "x" },
    ],
  });
  expect(data?.contactImport.errors.map(({ code, path }) => [code, path.join(".")])).toEqual([
    ["INVALID_VALUE", "input.mapping.0.column"],
    ["UNKNOWN_CUSTOM_FIELD", "input.mapping.1.customField"],
    ["INVALID_VALUE", "input.mapping.2"],
  ]);
});

test("a file over the limit is refused and nothing of it is kept", async () => {
  const { data } = await upload(key, `name,email\n${"x".repeat(2_200_000)}`);
  expect(data?.contactImport.errors).toMatchObject([{ code: "TOO_LONG", path: ["input", "file"] }]);
  const { prisma } = await testDatabase();
  expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a multipart request without the header that no form can send, or without its parts, is refused", async () => {
  const yoga = await testServer();
  const send = (form: FormData, headers: Record<string, string>) =>
    yoga.fetch("http://test/graphql", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, ...headers },
      body: form,
    });
  expect((await send(new FormData(), {})).status).toBe(403);
  const csrf = { "x-graphql-yoga-csrf": "1" };
  const form = new FormData();
  form.append("0", new Blob(["x"]), "x.csv");
  expect((await send(form, csrf)).status).toBe(400);
  const none = new FormData();
  none.append("operations", "{}");
  none.append("map", "{}");
  expect((await send(none, csrf)).status).toBe(400);
});

test("an import that was killed goes on where it was, with the same end as one that was not", async () => {
  const file = `name,email\n${Array.from({ length: 2_500 }, (_, at) => `P${at},p${at}@example.com`).join("\n")}`;
  const { data } = await upload(key, file);
  const id = data?.contactImport.job?.id ?? "";
  // Killed after the first batch: the lease is left as it was, the rest never happens.
  await expect(
    runImports({
      onProgress: ({ done }) => {
        if (done >= 1000) throw new Error("killed");
      },
    }),
  ).resolves.toBeUndefined();
  const { pool, prisma } = await testDatabase();
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(1000);
  await pool.query(
    "UPDATE import_job SET state = 'RUNNING', finished_at = NULL, problem = NULL, leased_until = now() - interval '1 second' WHERE org_id = $1",
    [organization.id],
  );
  await pool.query(
    "INSERT INTO import_chunk (org_id, job_id, position, bytes) SELECT org_id, id, 0, $2 FROM import_job WHERE org_id = $1",
    [organization.id, Buffer.from(file)],
  );
  await runImports();
  expect(await jobOf(key, id)).toMatchObject({
    state: "DONE",
    total: 2500,
    done: 2500,
    created: 2500,
    skipped: 0,
    failed: 0,
  });
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(2500);
  expect(await prisma.importChunk.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a process that stops leaves its import to be taken up at once", async () => {
  const { data } = await upload(key, "name,email\nA,a@example.com\n");
  const id = data?.contactImport.job?.id ?? "";
  let asked = 0;
  const stopping = () => {
    asked += 1;
    return asked === 1;
  };
  await runImports({ stopping });
  expect(await jobOf(key, id)).toMatchObject({ state: "DONE", done: 1, created: 1 });
});

test("a cancelled import stops; what was written stays", async () => {
  const { data } = await upload(key, "name,email\nA,a@example.com\n");
  const id = data?.contactImport.job?.id ?? "";
  const cancel = () =>
    mutate<{ job: { state: string } }>(key, `importJobCancel(id: "${id}")`, "job { state done }");
  expect(await cancel()).toEqual({ job: { state: "CANCELLED", done: 0 }, errors: [] });
  await runImports();
  expect(await jobOf(key, id)).toMatchObject({ state: "CANCELLED", done: 0 });
  expect(await contacts()).toEqual([]);
  expect(await cancel()).toMatchObject({ job: { state: "CANCELLED" } });
});

test("the same file under the same key is one import; another file under it is an error", async () => {
  const file = "name,email\nA,a@example.com\n";
  const first = await upload(key, file, {}, { idempotencyKey: "import-1" });
  const again = await upload(key, file, {}, { idempotencyKey: "import-1" });
  expect(again.data?.contactImport.job?.id).toBe(first.data?.contactImport.job?.id);
  const other = await upload(key, `${file}B,b@example.com\n`, {}, { idempotencyKey: "import-1" });
  expect(other.data?.contactImport.errors).toMatchObject([{ code: "IDEMPOTENCY_MISMATCH" }]);
  const { prisma } = await testDatabase();
  expect(await prisma.importJob.count({ where: { orgId: organization.id } })).toBe(1);
  await runImports();
});

test("all errors can be downloaded as CSV by who may see the import, and cells are no formulas", async () => {
  const job = await imported(key, 'name,email\n=1+1,bad\n"A, B",worse\n');
  const yoga = await testServer();
  const get = (as: string) =>
    yoga.fetch(`http://test/imports/${job.id}/errors.csv`, { headers: { authorization: `Bearer ${as}` } });
  const response = await get(key);
  expect(response.headers.get("content-type")).toMatch("text/csv");
  const lines = (await response.text()).split("\r\n");
  expect(lines[0]).toBe("line,row,column,code,message,raw");
  expect(lines[1]).toMatch(/^2,1,email,INVALID_EMAIL,.*,"'=1\+1,bad"$/);
  expect(lines[2]).toMatch(/"""A, B"",worse"$/);
  const attacker = await Organization.make();
  expect((await get(attacker.key)).status).toBe(404);
  expect((await get("sk_test_nonsense")).status).toBe(401);
});

test("another organization's contact with the same address is neither matched nor touched, and its imports are unseen", async () => {
  const victim = await Organization.make();
  const theirs = await victim.contact({ name: "Theirs", email: "shared@example.com" });
  const job = await imported(key, "name,email\nMine,shared@example.com\n", { mode: "UPDATE" });
  expect(job).toMatchObject({ created: 1, updated: 0 });
  const { prisma } = await testDatabase();
  expect(await prisma.contact.findFirst({ where: { id: theirs.id } })).toMatchObject({
    name: "Theirs",
    version: 1,
  });
  expect(
    (await sendText(victim.key, `{ importJob(id: "${job.id}") { id } importJobs { id } }`)).data,
  ).toEqual({
    importJob: null,
    importJobs: [],
  });
  expect((await mutate(victim.key, `importJobCancel(id: "${job.id}")`, "job { id }")).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
});

test("a restricted member imports their own contacts, and cannot import over another's", async () => {
  await organization.contact({ name: "Not theirs", email: "other@example.com" });
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const mine = await organization.contact({ name: "Mine", email: "mine@example.com", ownerId: member.id });
  const file = "name,email\nX,other@example.com\nRenamed,mine@example.com\nNew,new@example.com\n";
  const job = await imported(member.key, file, { mode: "UPDATE" });
  expect(job).toMatchObject({ created: 1, updated: 1, failed: 1, errors: [{ row: 1, code: "EMAIL_TAKEN" }] });
  const { data } = await sendText(
    member.key,
    "{ contacts(orderBy: [{ field: NAME }]) { nodes { id name } } }",
  );
  expect(data).toMatchObject({
    contacts: { nodes: [{ name: "New" }, { id: mine.globalId, name: "Renamed" }] },
  });
});
