import { expect, inject, onTestFinished, vi } from "vitest";
import { openDatabase } from "../../src/db/open/database.ts";
import { oneConnection } from "../support/database.ts";
import { contactsOf, imported, type Job, upload } from "../support/imports.ts";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";
import { checkError, Door, row } from "./row.ts";

/** Rows past the 60th that a text, a file or a full pool may bring. Row 112 is among the tests of the command line. */

const door = Door.forFile();
const list = "query ($f: ContactFilter) { contacts(filter: $f) { totalCount } }";

row(61, "a NUL, and half a surrogate pair, in a text, a custom value and a filter is refused", async () => {
  const create =
    "mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { errors { code } } }";
  for (const input of [
    { name: "a\0b", email: "row61@example.com" },
    { name: "Row 61", email: "row61@example.com", customFields: [{ slug: "x", value: ["\0"] }] },
  ])
    checkError(await door.ask(create, { input }), null, "BAD_USER_INPUT");
  for (const text of ["a\0", "\ud800"])
    checkError(await door.ask(list, { f: { name: { eq: text } } }), null, "BAD_USER_INPUT");
});

row(82, "10,000 conditions, 100 levels and 33,000 values are refused by their number", async () => {
  const not = (depth: number): object => (depth === 0 ? {} : { not: not(depth - 1) });
  const values = (at: number) => ({
    name: { in: Array.from({ length: 500 }, (_, each) => `${at} ${each}`) },
  });
  for (const f of [
    { or: Array(10_000).fill({ name: { eq: "x" } }) },
    not(100),
    { or: Array.from({ length: 66 }, (_, at) => values(at)) },
  ])
    checkError(await door.ask(list, { f }), null, "FILTER_TOO_LARGE");
});

const told = ({ encoding, created, failed, errors }: Job) => ({
  encoding,
  created,
  failed,
  lines: errors.map(({ line }) => line),
});

row(
  105,
  "a mark, UTF-16 and Windows-1252 are read and shown; a row that cannot be read costs itself",
  async () => {
    const text = "name,email\nBjörn,b@example.com\n";
    const files: [Uint8Array<ArrayBuffer>, object][] = [
      [bytes(Buffer.from(`\ufeff${text}`)), { encoding: "utf-8", created: 1, failed: 0, lines: [] }],
      [
        bytes(Buffer.from(`\ufeff${text}`, "utf16le")),
        { encoding: "utf-16le", created: 1, failed: 0, lines: [] },
      ],
      [bytes(Buffer.from(text, "latin1")), { encoding: "windows-1252", created: 1, failed: 0, lines: [] }],
      [
        bytes(
          Buffer.concat([
            Buffer.from(text),
            Buffer.from("Bj\xf6rg,x@example.com\n", "latin1"),
            Buffer.from("Zoë,z@example.com\n"),
          ]),
        ),
        { encoding: "utf-8", created: 2, failed: 1, lines: [3] },
      ],
    ];
    for (const [file, expected] of files) {
      const own = await Organization.make();
      expect(told(await imported(own, file))).toMatchObject(expected);
      expect(await contactsOf(own.key)).toContainEqual({ name: "Björn", email: "b@example.com" });
    }
  },
);

const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);

row(
  106,
  "every line ending is one, quotes are RFC 4180's, and a quote that is never closed costs its row",
  async () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const own = await Organization.make();
      const file = [
        "name,email,notes",
        'A,a@example.com,"one',
        'two ""three"""',
        'B,b@example.com,"open',
      ].join(end);
      expect(told(await imported(own, file))).toMatchObject({ created: 1, failed: 1 });
      const [contact] = await contactsOf(own.key, "name notes");
      expect(String(contact?.notes).split(/\r\n?|\n/)).toEqual(["one", 'two "three"']);
    }
  },
);

row(
  110,
  "an address twice in a file, in the trash, and of a merged contact, is one contact, and said",
  async () => {
    const own = await Organization.make();
    const ask = (query: string) =>
      door.ask(`mutation { ${query} { errors { code } } }`, {}, { key: own.key });
    const trashed = await own.contact({ name: "Trashed", email: "trashed@example.com" });
    await ask(`contactDelete(id: "${trashed.globalId}")`);
    const [primary, merged] = [
      await own.contact({ name: "Primary", email: "primary@example.com" }),
      await own.contact({ name: "Merged", email: "merged@example.com" }),
    ];
    await ask(
      `contactMerge(input: { primaryId: "${primary.globalId}", duplicateIds: ["${merged.globalId}"] })`,
    );
    // Which keeps the address as a further one of its own, until somebody takes it off.
    await ask(
      `contactUpdate(id: "${primary.globalId}", input: { otherEmails: { remove: ["merged@example.com"] } })`,
    );
    const file =
      "name,email,title\nTwice,twice@example.com,one\nTwice,TWICE@example.com,two\nBack,trashed@example.com,x\nAgain,merged@example.com,y\n";
    const job = await imported(own, file, { mode: "UPDATE" });
    expect(job).toMatchObject({ total: 4, created: 2, updated: 2, failed: 0 });
    expect(job.notes.map(({ row: at, code }) => [at, code])).toEqual([
      [3, "IN_TRASH"],
      [4, "REDIRECTED"],
    ]);
    const contacts = await contactsOf(own.key, "email title");
    expect(contacts).toHaveLength(3);
    expect(contacts).toContainEqual({ email: expect.stringMatching(/^twice@example\.com$/i), title: "two" });
    expect(contacts).toContainEqual({ email: "primary@example.com", title: "y" });
  },
);

row(
  111,
  "a file over its size, with too many columns, a cell of a megabyte, and a spreadsheet are told their limits",
  async () => {
    const own = await Organization.make();
    const refusal = async (file: string) => (await upload(own.key, file)).data?.contactImport.errors[0];
    expect(await refusal(`name,email\n${"x".repeat(2_200_000)}`)).toMatchObject({
      code: "TOO_LONG",
      message: expect.stringMatching(/\d/),
    });
    expect(await refusal("PK\x03\x04")).toMatchObject({ path: ["input", "file"] });
    expect(await refusal(`${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(",")}\n`)).toMatchObject(
      {
        message: expect.stringMatching(/columns/),
      },
    );
    const cell = await imported(
      own,
      `name,email,notes\nA,a@example.com,${"x".repeat(1_100_000)}\nB,b@example.com,y\n`,
    );
    expect(told(cell)).toMatchObject({ created: 1, failed: 1, lines: [2] });
  },
);

// The embedded database has one connection, for which requests wait.
if (!oneConnection)
  row(
    115,
    "a full pool is told at once, with when to ask again, and answers as soon as it is not",
    async () => {
      const url = inject("databaseUrl") ?? "";
      const settings = { kind: "postgres", url, poolSize: 2, wait: 1_500, statementTimeout: 20_000 } as const;
      const database = await openDatabase(settings);
      const server = await listening({ database });
      onTestFinished(async () => {
        await server.stop();
        await database.close();
      });
      const ask = () =>
        fetch(`${server.url}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${door.organization.key}` },
          body: JSON.stringify({ query: "{ contacts { totalCount } }" }),
        });
      const taken = await vi.waitFor(() => Promise.all([database.pool.connect(), database.pool.connect()]), {
        timeout: 20_000,
      });
      const refused = await Promise.all(Array.from({ length: 20 }, ask));
      for (const answer of refused) {
        expect(answer.status).toBe(503);
        expect(answer.headers.get("retry-after")).toBe("1");
        expect(await answer.json()).toMatchObject({
          errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }],
        });
      }
      for (const client of taken) client.release();
      expect((await ask()).status).toBe(200);
    },
  );
