import { beforeEach, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { multipartStart, sendMultipart } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Files while they arrive: requests that break off, that nobody may send, and files that nobody wants to the end. */

let organization: Organization & { key: string };
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
function arriving(texts: readonly string[], broken: boolean) {
  const sent: string[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const text = texts[sent.length];
        if (text !== undefined) {
          sent.push(text);
          controller.enqueue(new TextEncoder().encode(text));
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
  const { body, sent } = arriving([start, `name,email\n${row}`], false);
  expect(await sendMultipart(nobody, body)).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
  });
  expect(sent).toEqual([]);
});
