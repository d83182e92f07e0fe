import { beforeEach, expect, test } from "vitest";
import type { Encoding } from "../../src/lib/decoders.ts";
import { encode } from "../support/encode.ts";
import { contactsOf, imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Files in the encodings that people's programs write, and files that mix them. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const names = async () => (await contactsOf(organization.key, "name")).map(({ name }) => name);
const bytesOf = (...parts: readonly (readonly [Encoding, string])[]) =>
  new Uint8Array(Buffer.concat(parts.map(([encoding, text]) => encode(text, encoding))));

test.each([
  ["windows-1250", "Michał Wiśniewski", "Łódź"],
  ["iso-8859-2", "Tomáš Růžička", "Plzeň"],
  ["windows-1251", "Иван Щербаков", "Москва"],
  ["koi8-r", "Иван Щербаков", "Москва"],
  ["macintosh", "Jürgen Müller", "Köln"],
  ["iso-8859-15", "Hélène Lefèvre", "Cœur de ville"],
  ["shift_jis", "佐藤 太郎", "株式会社サクラ"],
  ["gb18030", "王秀英", "北京科技有限公司"],
] as const)("a file in %s is read as such, and says so", async (encoding, name, city) => {
  const job = await imported(
    organization,
    bytesOf([encoding, `name;email;city\nA;a@example.com;\n${name};b@example.com;${city}\n`]),
  );
  expect(job).toMatchObject({ encoding, delimiter: ";", created: 2, failed: 0 });
  expect(await contactsOf(organization.key, "name address { city }")).toContainEqual({
    name,
    address: { city },
  });
});

test("quotes, dashes and the euro sign of Windows-1252 are read as they are", async () => {
  const notes = "„Zum Löwen“ – 12 €…";
  const job = await imported(
    organization,
    bytesOf(["windows-1252", `name,email,notes\nJörg O’Brien,o@example.com,${notes}\n`]),
  );
  expect(job).toMatchObject({ encoding: "windows-1252", created: 1, failed: 0 });
  expect(await contactsOf(organization.key, "name notes")).toEqual([{ name: "Jörg O’Brien", notes }]);
});

test.each(["\n", "\r\n", "\r"])(
  "rows in UTF-8 among those of another encoding are read as UTF-8, lines ended by %j",
  async (end) => {
    const job = await imported(
      organization,
      bytesOf(
        [
          "windows-1252",
          `name,email,notes${end}José A,a@example.com,x${end}Zoë B,b@example.com,"two${end}Länder"${end}`,
        ],
        ["utf-8", `José C,c@example.com,"zwei${end}Länder"${end}`],
        ["windows-1252", `Björn D,d@example.com,y${end}`],
      ),
    );
    expect(job).toMatchObject({ encoding: "windows-1252", total: 4, created: 4, failed: 0 });
    expect(await contactsOf(organization.key, "name notes")).toEqual([
      { name: "Björn D", notes: "y" },
      { name: "José A", notes: "x" },
      { name: "José C", notes: `zwei${end}Länder` },
      { name: "Zoë B", notes: `two${end}Länder` },
    ]);
  },
);

test("headings in UTF-8 above rows of another encoding are known", async () => {
  const job = await imported(
    organization,
    bytesOf(
      ["utf-8", "prénom;nom;email\n"],
      ["windows-1252", "Zoë;Côté;z@example.com\nRené;Lemaître;r@example.com\n"],
    ),
  );
  expect(job).toMatchObject({ encoding: "windows-1252", created: 2 });
  expect(await names()).toEqual(["René Lemaître", "Zoë Côté"]);
});

test("each row of a long file is read as what it is, far from its beginning and where pieces of it meet", async () => {
  const notes = "x".repeat(400);
  const rows = Array.from({ length: 4_000 }, (_, at): readonly [Encoding, string] => [
    at % 7 === 3 ? "utf-8" : "windows-1252",
    `Zoë ${"é".repeat(at % 5)} ${at},p${at}@example.com,${notes}\n`,
  ]);
  const job = await imported(organization, bytesOf(["utf-8", "name,email,notes\n"], ...rows), {
    dryRun: true,
  });
  expect(job).toMatchObject({ encoding: "windows-1252", total: 4_000, created: 4_000, failed: 0 });
  const tail = bytesOf(
    ["utf-8", "name,email,notes\n"],
    ...rows.slice(0, 3_990).map(([encoding, text]) => [encoding, `,${text}`] as const),
    ...rows.slice(3_990),
  );
  const written = await imported(organization, tail);
  expect(written).toMatchObject({ total: 4_000, created: 10 });
  expect(new Set(await names())).toEqual(
    new Set(Array.from({ length: 10 }, (_, at) => `Zoë ${"é".repeat((3_990 + at) % 5)} ${3_990 + at}`)),
  );
});

test("a file whose first letters beyond ASCII come after a megabyte has rows refused rather than misread", async () => {
  const plain = Array.from({ length: 2_500 }, (_, at) => `P${at},p${at}@example.com,${"x".repeat(450)}\n`);
  const job = await imported(
    organization,
    bytesOf(
      ["utf-8", `name,email,notes\n${plain.join("")}`],
      ["windows-1252", "Björn,b@example.com,x\n"],
      ["utf-8", "Zoë,z@example.com,x\n"],
    ),
    { dryRun: true },
  );
  expect(job).toMatchObject({
    encoding: "utf-8",
    created: 2_501,
    failed: 1,
    errors: [
      { row: 2_501, line: 2_502, column: "name", message: expect.stringMatching(/in another encoding/) },
    ],
  });
});

test("the encoding that a caller says is believed, for every row", async () => {
  const file = bytesOf(
    ["windows-1252", "name,email\nBjörn,b@example.com\nMärta,m@example.com\n"],
    ["utf-8", "José,j@example.com\n"],
  );
  expect(await imported(organization, file, { encoding: "MACINTOSH" })).toMatchObject({
    encoding: "macintosh",
    created: 3,
  });
  expect(await names()).toEqual(["Bjˆrn", "Jos√©", "M‰rta"]);
});

test("words that are none in any encoding are refused row by row", async () => {
  const file = new Uint8Array(
    Buffer.from(
      "name,email\nJos\xc3,a@example.com\nM\xa4\xac\xb8r,b@example.com\nC,c@example.com\n",
      "latin1",
    ),
  );
  expect(await imported(organization, file)).toMatchObject({
    created: 1,
    failed: 2,
    errors: [
      { line: 2, column: "name" },
      { line: 3, column: "name" },
    ],
  });
});

test("a stray quote costs its own row in a file in UTF-16 without a byte order mark", async () => {
  const file = bytesOf([
    "utf-16be",
    'name;email\nАнна;a@example.com\nBo"b;b@example.com\nЮлия;c@example.com\n',
  ]);
  const job = await imported(organization, file);
  expect(job).toMatchObject({ encoding: "utf-16be", delimiter: ";", created: 2, errors: [{ line: 3 }] });
  expect(await names()).toEqual(["Анна", "Юлия"]);
});
