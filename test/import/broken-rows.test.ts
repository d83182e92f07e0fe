import { beforeEach, expect, test } from "vitest";
import { sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { imported, upload } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Rows of a file that cannot be read: each costs itself, says so with its line, and is in the total. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const names = async () => {
  const { data } = await sendText(
    key,
    "{ contacts(orderBy: [{ field: NAME }], first: 100) { nodes { name } } }",
  );
  return (data as unknown as { contacts: { nodes: { name: string }[] } }).contacts.nodes.map(
    ({ name }) => name,
  );
};

test("one bad byte in a UTF-8 file costs its row; every other name is read as UTF-8", async () => {
  const file = Buffer.concat([
    Buffer.from("name,email\nÅsa,asa@example.com\n"),
    Buffer.from("Bj\xf6rn,bjorn@example.com\n", "latin1"),
    Buffer.from("Zoë,zoe@example.com\n"),
  ]);
  const job = await imported(organization, new Uint8Array(file));
  expect(job).toMatchObject({
    encoding: "utf-8",
    total: 3,
    created: 2,
    failed: 1,
    errors: [{ line: 3, column: "name", message: expect.stringMatching(/cannot be read as text/) }],
  });
  expect(await names()).toEqual(["Åsa", "Zoë"]);
});

test("a file in UTF-16 without a byte order mark is found out", async () => {
  const file = Buffer.from("name,email\nÅsa,asa@example.com\n", "utf16le");
  expect(await imported(organization, new Uint8Array(file))).toMatchObject({
    encoding: "utf-16le",
    created: 1,
  });
  expect(await names()).toEqual(["Åsa"]);
});

test.each([
  [",", 'Bob,bob@example.com,5" pipe'],
  [";", 'Bob;bob@example.com;5" pipe'],
  ["\t", '"Bob"by\tbob@example.com\tx'],
  ["|", '"Bob|bob@example.com|x'],
])(
  "where %j separates columns, a broken quote in the first rows costs one row",
  async (delimiter, broken) => {
    const rows = ["A,a@example.com,x", broken, "B,b@example.com,x", "C,c@example.com,x"];
    const file = ["name,email,notes", ...rows].map((row) =>
      row === broken ? row : row.replaceAll(",", delimiter),
    );
    const job = await imported(organization, file.join("\n"));
    expect(job).toMatchObject({ delimiter, state: "DONE", total: 4, done: 4, created: 3, failed: 1 });
    expect(job.errors).toMatchObject([{ row: 2, line: 3, column: null, raw: broken }]);
    expect(await names()).toEqual(["A", "B", "C"]);
  },
);

test("a cell of more than a megabyte costs its own row", async () => {
  const file = `name,email,notes\nA,a@example.com,${"x".repeat(1_100_000)}\nB,b@example.com,y\n`;
  const job = await imported(organization, file);
  expect(job).toMatchObject({ total: 2, created: 1, failed: 1, errors: [{ line: 2, column: null }] });
  expect(job.errors[0]?.message).toMatch(/longer than 1048576 characters/);
  expect(job.errors[0]?.raw).toHaveLength(10_000);
});

test("blank lines count against a limit of their own", async () => {
  const job = await imported(organization, `name,email\n${"\n".repeat(1_050_000)}`, { dryRun: true });
  expect(job).toMatchObject({
    state: "FAILED",
    problem: expect.stringMatching(/more than 1000000 blank lines/),
  });
});

test.each([
  [
    "more columns than it may have",
    `${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(",")}\n`,
    /more than 1000 columns/,
  ],
  ["an endless first row", ";".repeat(1_500_000), /longer than 1048576/],
  ["a NUL in a heading", "name,em\0ail\n", /contains a NUL character/],
  [
    "a heading that is no text",
    new Uint8Array(Buffer.from("name,email,pr\xe9nom\nZo\xc3\xab,x,y\n", "latin1")),
    /cannot be read as text/,
  ],
  [
    "nothing but blank lines at its beginning",
    `${"\n".repeat(300_000)}name,email\n`,
    /no first row with headings/,
  ],
  [
    "a broken quote in its headings",
    'name,5" pipe\n',
    /headings that cannot be read: the first row has a quote/,
  ],
])("a file with %s is refused with words, and nothing is kept", async (_case, file, message) => {
  const { data, errors } = await upload(key, file);
  expect(errors).toEqual([]);
  expect(data?.contactImport.job).toBeNull();
  expect(data?.contactImport.errors[0]?.message).toMatch(message);
  const { prisma } = await testDatabase();
  expect(await prisma.importJob.count({ where: { orgId: organization.id } })).toBe(0);
});
