import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "../../src/jobs/import/csv.ts";
import { sniff } from "../../src/jobs/import/sniff.ts";
import { type Encoding, fileDecoder } from "../../src/lib/decoders.ts";
import { encode } from "../support/encode.ts";

/** In which encoding a file is, by short lists as people have them. */

const lists: Record<string, { readonly of: readonly Encoding[]; readonly rows: readonly string[] }> = {
  German: {
    of: ["windows-1252", "iso-8859-15", "macintosh"],
    rows: ["Jürgen;Müller;Straße 1", "Käthe;Weiß;Köln", "Thomas;Schröder;Gießen"],
  },
  "German with signs": {
    of: ["windows-1252", "macintosh"],
    rows: ["Jörg;Müller – Söhne;„Zum Löwen“", "Änne;Groß;12 €", "Zoë;O’Brien;ÖPNV…"],
  },
  French: {
    of: ["windows-1252", "iso-8859-15", "macintosh"],
    rows: ["Émile;Lefèvre;Besançon", "Hélène;Côté;Cœur de ville", "Benoît;Nuñez;Orléans"],
  },
  "One Frenchman": { of: ["windows-1252", "macintosh"], rows: ["Bob;Smith;x", "René;Brown;y"] },
  Spanish: {
    of: ["windows-1252", "iso-8859-15", "macintosh"],
    rows: ["José;Núñez;Málaga", "Íñigo;Peña;León"],
  },
  Portuguese: { of: ["windows-1252", "macintosh"], rows: ["João;Simões;São Paulo", "Inês;Conceição;Évora"] },
  Swedish: { of: ["windows-1252", "macintosh"], rows: ["Åsa;Sjöberg;Malmö", "Mårten;Ström;Västerås"] },
  Danish: { of: ["windows-1252", "macintosh"], rows: ["Søren;Ødegård;Tromsø", "Pål;Nygård;København"] },
  Icelandic: { of: ["windows-1252"], rows: ["Guðmundur;Jónsson;Reykjavík", "Þór;Þórsson;Ísafjörður"] },
  Polish: {
    of: ["windows-1250", "iso-8859-2"],
    rows: ["Michał;Wiśniewski;Łódź", "Grażyna;Kamiński;Kraków", "Żaneta;Piątek;Gdańsk"],
  },
  "One Pole": { of: ["windows-1250", "iso-8859-2"], rows: ["John;Smith;x", "Michał;Brown;y"] },
  Czech: {
    of: ["windows-1250", "iso-8859-2"],
    rows: ["Jiří;Dvořák;Plzeň", "Tomáš;Růžička;Ústí", "Kateřina;Šimek;Žilina"],
  },
  Hungarian: {
    of: ["windows-1250", "iso-8859-2"],
    rows: ["László;Győrfi;Győr", "Zsófia;Erdős;Gödöllő", "István;Fűzfa;Kőszeg"],
  },
  Romanian: { of: ["windows-1250"], rows: ["Mădălina;Brâncuşi;Iaşi", "Ştefan;Ţepeş;Constanţa"] },
  Croatian: { of: ["windows-1250", "iso-8859-2"], rows: ["Željko;Jurić;Čakovec", "Đuro;Šarić;Zagreb"] },
  Russian: {
    of: ["windows-1251", "koi8-r", "x-mac-cyrillic", "ibm866"],
    rows: ["Иван;Щербаков;Москва", "Юлия;Королёв;Уфа"],
  },
  Ukrainian: { of: ["windows-1251", "koi8-u"], rows: ["Олексій;Їжакевич;Київ", "Євген;Бойко;Львів"] },
  Greek: { of: ["windows-1253"], rows: ["Γιώργος;Παπαδόπουλος;Αθήνα", "Ελένη;Βλάχος;Πάτρα"] },
  Turkish: {
    of: ["windows-1254"],
    rows: ["Ayşe;Yılmaz;İstanbul", "Çağrı;Öztürk;Şişli", "Gülşen;Doğan;İzmir"],
  },
  Lithuanian: { of: ["windows-1257"], rows: ["Rūta;Žukauskas;Panevėžys", "Eglė;Jankūnas;Šiauliai"] },
  Japanese: {
    of: ["shift_jis", "euc-jp"],
    rows: ["太郎;佐藤;株式会社サクラ", "花子;鈴木;トヨタ自動車", "健一;田中;東京都"],
  },
  Korean: { of: ["euc-kr"], rows: ["민수;김;삼성전자", "지영;이;주식회사 한국"] },
  "Simplified Chinese": { of: ["gb18030"], rows: ["伟;王;北京科技有限公司", "秀英;张;深圳市中山路"] },
  "Traditional Chinese": { of: ["big5"], rows: ["志明;陳;台積電股份有限公司", "怡君;黃;高雄市"] },
};

const heading = "First name;Last name;Company";
const cases = Object.entries(lists).flatMap(([language, { of, rows }]) =>
  of.map((encoding) => ({ language, encoding, rows })),
);

test.each(cases)("a list in $language is found to be $encoding", ({ encoding, rows }) => {
  const text = [heading, ...rows, ""].join("\r\n");
  const bytes = encode(text, encoding);
  const found = sniff(bytes, true);
  const decoder = fileDecoder(found);
  expect(`${decoder.decode(bytes)}${decoder.decode()}`).toBe(text);
  expect(found).toMatchObject({ delimiter: ";", headings: heading.split(";") });
});

test.each(cases)(
  "whatever a list in $language ($encoding) has of rows in UTF-8, each row is read as what it is",
  ({ encoding, rows }) => {
    const text = [heading, ...rows, ...rows, "Zoë;Žofie;株式会社"].join("\n");
    const bytes = Buffer.concat([
      encode(`${[heading, ...rows, ...rows].join("\n")}\n`, encoding),
      Buffer.from("Zoë;Žofie;株式会社"),
    ]);
    const decoder = fileDecoder(sniff(bytes, true));
    expect(`${decoder.decode(bytes)}${decoder.decode()}`).toBe(text);
  },
);

test("words that are none in any encoding are read in none", () => {
  const bytes = Buffer.concat([Buffer.from("a,b\n"), Buffer.from("Jos\xc3,M\xa4\xac\xb8r\n", "latin1")]);
  expect(sniff(bytes, true)).toMatchObject({ encoding: "utf-8" });
});

test.each([
  ["utf-16le", "name,email\nАнна,a@example.com\n"],
  ["utf-16be", "name,email\nАнна,a@example.com\n"],
  ["utf-16le", "名前,メール\r\n佐藤,s@example.com\r\n"],
  ["utf-16be", "名前,メール\r\n佐藤,s@example.com\r\n"],
] as const)("%s without a byte order mark is found, whatever its letters: %j", (encoding, text) => {
  expect(sniff(encode(text, encoding), true)).toMatchObject({ encoding });
});

test.each(["name,em\0ail\n", "name,e\0mail\nx,y\0\n", "\0\0\0\0\n\n", "a\0"])(
  "a text with NUL characters is no UTF-16 for that: %j",
  (text) => {
    expect(sniff(Buffer.from(`${text}x,y\n`), true)).toMatchObject({ encoding: "utf-8" });
  },
);

test("what a file says does not depend on the pieces in which it arrives, nor on how its lines end", async () => {
  const cell = fc.constantFrom("José", "Müller", "x", "Zoë Ïx", '"two\nlines é"', '"ü""\r\nö"', "", "é");
  const row = fc.record({ cells: fc.array(cell, { minLength: 1, maxLength: 3 }), utf8: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 6 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.integer({ min: 1, max: 9 }),
      async (rows, end, piece) => {
        const lines = rows.map(({ cells, utf8 }) =>
          Buffer.from(`${cells.join(",")}${end}`, utf8 ? "utf8" : "latin1"),
        );
        const file = Buffer.concat(lines);
        async function* pieces() {
          for (let at = 0; at < file.length; at += piece) yield file.subarray(at, at + piece);
        }
        const read: string[] = [];
        const format = { encoding: "windows-1252", byLine: true, delimiter: ",", before: -1 } as const;
        for await (const { records } of readCsv(pieces(), format)) {
          read.push(...records.map(({ raw }) => raw));
        }
        const said = rows.map(({ cells }) => cells.join(",")).filter((text) => /[^,]/.test(text));
        expect(read).toEqual(said);
      },
    ),
    { numRuns: 200 },
  );
});
