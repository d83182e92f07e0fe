import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { multipartEnd, multipartStart, sendMultipart } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Files while they arrive: requests that break off, that nobody may send, and files that nobody wants to the end. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const importing = `mutation ($input: ContactImportInput!) {
  contactImport(input: $input) { job { id state } errors { code path message } } }`;
const start = multipartStart(importing, { input: { file: null } });
const row = "Ada,ada@example.com\n";

/** A request body that is sent as it is asked for; it breaks off after its texts when `broken`. */
function arriving(texts: readonly (string | (() => Promise<string>))[], broken = false) {
  const sent: unknown[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = texts[sent.length];
        if (text !== undefined) {
          sent.push(text);
          controller.enqueue(new TextEncoder().encode(typeof text === "string" ? text : await text()));
        } else if (broken) controller.error(new Error("the connection is gone"));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, sent };
}

const kept = async () => {
  const { prisma } = await testDatabase();
  const where = { orgId: organization.id };
  return [await prisma.importJob.count({ where }), await prisma.importChunk.count({ where })];
};

test.each([
  ["within a small file", `${start}name,email\n${row}`],
  ["within a large file", `${start}name,email\n${row.repeat(80_000)}`],
  ["before a byte of the file", start],
  ["before the file", start.slice(0, 300)],
])(
  "a request that ends %s, without its last boundary, is a bad request and nothing more",
  async (_case, body) => {
    expect(await sendMultipart(key, body)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_REQUEST" } }],
    });
    expect(await kept()).toEqual([0, 0]);
    expect((await sendText(key, "{ __typename }")).status).toBe(200);
  },
);

test.each([
  ["within a small file", [start, `name,email\n${row}`]],
  ["within a large file", [start, "name,email\n", row.repeat(80_000), row]],
  ["before the file", [start.slice(0, 300)]],
])("a connection that breaks off %s leaves nothing behind", async (_case, texts) => {
  const { body } = arriving(texts, true);
  expect((await sendMultipart(key, body)).errors).toMatchObject([{ extensions: { code: "BAD_REQUEST" } }]);
  expect(await kept()).toEqual([0, 0]);
  expect((await sendText(key, "{ __typename }")).status).toBe(200);
});

test.each([null, "sk_test_nonsense"])("with the key %s nothing of a file is read", async (nobody) => {
  const { body, sent } = arriving([start, `name,email\n${row}`]);
  expect(await sendMultipart(nobody, body)).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
  });
  expect(sent).toEqual([]);
});

test.each([
  ["a spreadsheet", importing, "PK\x03\x04"],
  ["a file with headings that are none", importing, "no,known,heading\n"],
  ["a file for a mutation that is none", "mutation ($input: Nothing!) { nothing }", ""],
  ["a file that has no place", "{ __typename }", ""],
])("%s is answered, and the rest of the request is taken off the line", async (_case, query, head) => {
  const variables = query === "{ __typename }" ? {} : { input: { file: null } };
  const rest = "x".repeat(65_536);
  const texts = [
    multipartStart(query, variables),
    head,
    ...Array.from({ length: 30 }, () => rest),
    multipartEnd,
  ];
  const { body, sent } = arriving(texts);
  expect((await sendMultipart(key, body)).text).toMatch(/errors/);
  await expect.poll(() => sent.length).toBe(texts.length);
});

test("an import that is cancelled while its file arrives is answered as cancelled, and stays", async () => {
  const jobs = async () => {
    const { data } = await sendText(key, "{ importJobs { id state } }");
    return (data as unknown as { importJobs: { id: string; state: string }[] }).importJobs;
  };
  let id = "";
  const cancel = async () => {
    await expect.poll(jobs).toMatchObject([{ state: "UPLOADING" }]);
    id = (await jobs())[0]?.id ?? "";
    expect(await mutate(key, `importJobCancel(id: "${id}")`, "job { state }")).toEqual({
      job: { state: "CANCELLED" },
      errors: [],
    });
    return row;
  };
  // The first megabyte makes the job.
  const { body } = arriving([start, "name,email\n", row.repeat(60_000), cancel, row, multipartEnd]);
  const { data } = await sendMultipart(key, body);
  expect(data).toEqual({ contactImport: { job: { id, state: "CANCELLED" }, errors: [] } });
  expect(await jobs()).toEqual([{ id, state: "CANCELLED" }]);
  expect(await kept()).toEqual([1, 0]);
});

test("a file whose name has a NUL is refused with words", async () => {
  const named = start.replace("contacts.csv", "con\0tacts.csv");
  const { errors, data } = await sendMultipart(key, `${named}name,email\n${row}${multipartEnd}`);
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    contactImport: { job: null, errors: [{ code: "INVALID_VALUE", path: ["input", "file"] }] },
  });
  expect(await kept()).toEqual([0, 0]);
});

test("a JSON object is no file, whatever its keys", async () => {
  const file = { fileName: "x.csv", limit: 10, stream: ["name,email\n"] };
  expect((await sendText(key, importing, { input: { file } })).errors).toMatchObject([
    {
      message: expect.stringMatching(/must be a file of a multipart request/),
      extensions: { code: "BAD_USER_INPUT" },
    },
  ]);
});
