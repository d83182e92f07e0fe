import fc from "fast-check";
import { Temporal } from "temporal-polyfill";

/** Error-prone values, for rows and for the operands of filters. */

const letters = (letter: string, count: number) => letter.repeat(count);

/** Texts with characters that are special in SQL, LIKE, JSON or Unicode. */
const words = [
  "Ann",
  "ann corp",
  "50% Off_Shop \\ Söhne",
  "50X OFFXSHOP",
  "%",
  "_",
  "\\",
  "\\%",
  "100%",
  "a_b",
  "axb",
  "a\\_b",
  "Straße",
  "STRASSE",
  "İstanbul",
  "i̇stanbul",
  "ıstanbul",
  "ISTANBUL",
  "Σίσυφος",
  "ΣΊΣΥΦΟΣ",
  "Café 😀",
  "CAFE\u0301",
  "cafe",
  "👩‍👩‍👧",
  "one\ntwo",
  "one\\ntwo",
  "tab\there",
  " padded ",
  "ﬁn",
  "fin",
  "Å\u212b",
  "null",
  "true",
  "0",
  "city",
  "city:paris",
  "' OR 1=1 --",
  '"quoted"',
  "{{7*7}} $1",
  "Ⅷ",
  "ǅ",
  letters("x", 63),
  letters("X", 64),
  letters("x", 65),
  letters("😀", 32),
  `${letters("😀", 32)}!`,
  letters("e\u0301", 64),
  letters("long ", 20),
  letters("Ä", 66),
  letters("ab%", 30),
];
const blanks = ["", " ", "\n\t", "\u00a0", "\u200b\ufeff", "\u2003 "];

const word = fc.constantFrom(...words);
const stranger = fc.string({ unit: "grapheme", maxLength: 6 });

/** A text with at least one visible character. */
export const shownText = fc
  .oneof(
    { weight: 6, arbitrary: word },
    { weight: 2, arbitrary: fc.tuple(word, word).map((both) => both.join(" ")) },
    { weight: 1, arbitrary: stranger },
  )
  .filter((text) => !/^[\s\p{Cf}]*$/u.test(text));

/** Any text, also a blank one. */
export const anyText = fc.oneof(
  { weight: 5, arbitrary: shownText },
  { weight: 1, arbitrary: fc.constantFrom(...blanks) },
);

/** A part of a text, in another case or decomposed; never a part of a character. */
const bent = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(texts, fc.nat(12), fc.nat(12), fc.nat(6)).map(([text, from, length, how]) => {
    if (how === 0) return text.toUpperCase();
    if (how === 1) return text.toLowerCase();
    if (how === 2) return text.normalize("NFD");
    if (how === 3) return text;
    return [...text].slice(from % ([...text].length || 1), from + length + 1).join("");
  });

/** Operands of comparisons with texts. */
export const textOperand = bent(anyText);

const addresses = [
  "Ann@Example.com",
  "ann.corp@example.com",
  "a_b@example.com",
  "axb@example.com",
  "100%@example.com",
  "Ünal@Bücher.de",
  "info@xn--bcher-kva.de",
  "İ@example.com",
  "straße@example.com",
  "o'neil+tag@sub.example.org",
];

/** A unique e-mail address for a row. */
export const addressOf = (index: number, chosen: string): string =>
  chosen.replace(/@/, index === 0 ? "@" : `${index}@`);
export const address = fc.constantFrom(...addresses);
export const addressOperand = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.nat(20), address).map(([index, chosen]) => addressOf(index, chosen)) },
  { weight: 3, arbitrary: bent(address) },
  {
    weight: 2,
    arbitrary: bent(fc.constantFrom("bücher", "@BÜCHER.de", "cher.de", "bücher.de", "xn--bcher", "info@bü")),
  },
  {
    weight: 1,
    arbitrary: bent(fc.constantFrom(" Ann@EXAMPLE.com ", "ann", "@", "example", ".de", "%", "_")),
  },
);

export const phone = fc
  .tuple(fc.constantFrom("+33612345", "+1415555", "+4416329"), fc.integer({ min: 100, max: 139 }))
  .map((parts) => parts.join(""));
export const phoneOperand = fc.oneof(
  phone,
  phone.map((number) => `${number.slice(0, 3)} (${number.slice(3, 6)}) ${number.slice(6)}`),
  phone.map((number) => number.slice(3, 9)),
  phone.map((number) => number.slice(-3)),
  phone.map((number) => number.replace("+", "00")),
  phone.map((number) => `(0${number.slice(3, 6)}) ${number.slice(6)}`),
  fc.constantFrom("+", "+33", "", "%", "_", "+3361234510_", "letters"),
);

const whole = [0, 1, 2, 3, 10, 60, 3600, 2_147_483_646, 2_147_483_647];
export const count = fc.oneof(fc.constantFrom(...whole), fc.nat(5));
export const countOperand = fc.oneof(
  count,
  fc.constantFrom(-1, -2_147_483_647, ...whole),
  fc.integer({ min: -1, max: 5 }),
);

const numbers = [
  "0",
  "-1",
  "1.5",
  "12.5",
  "0.1",
  "0.000001",
  "-0.000001",
  "1250.5",
  "100000000.000001",
  "999999999999999",
  "-999999999999999",
];
const manyDigits = ["0.100000000001", "999999999999999.000001", "-999999999999999.5", "0.000001000001"];
const largest = ["999999999999999999", "-999999999999999999.999999999999", "123456789012345678.123456789012"];

/** A number as a custom field stores it: fifteen digits, six of them decimals. */
export const number = fc.oneof(fc.constantFrom(...numbers), fc.integer({ min: -3, max: 3 }).map(String));
export const numberOperand = fc.oneof(
  { weight: 6, arbitrary: number },
  { weight: 1, arbitrary: number.map((text) => (text.includes(".") ? `${text}00` : `${text}.00`)) },
  { weight: 1, arbitrary: fc.constantFrom(...manyDigits, ...largest) },
);

/** An amount of money. */
export const amount = fc.constantFrom("0", "0.01", "100", "100.50", "250", "9999999999999999.99");

export const timeZones = [
  "Europe/Paris",
  "America/New_York",
  "Pacific/Kiritimati",
  "Etc/GMT+12",
  "Australia/Lord_Howe",
  "America/Santiago",
  "UTC",
] as const;

/** Moments of queries, in order: shortly before and after changes to summer time, ends of months, a leap day. */
export const nows = [
  "2024-02-29T12:00:00.000Z",
  "2026-01-01T00:00:00.000Z",
  "2026-03-08T07:00:00.000Z",
  "2026-03-29T00:59:59.999Z",
  "2026-04-04T15:10:00.000Z",
  "2026-09-06T04:00:00.000Z",
  "2026-10-25T00:30:00.000Z",
  "2026-10-31T23:30:00.000Z",
].map((text) => Date.parse(text));

const away = [0, 1, -1, 2, -2, 3, -3, 7, -7, 8, 30, -30, 31, -366];

const extreme = fc.constantFrom(
  "0001-01-01T00:00:00.000Z",
  "1582-10-10T12:00:00.000Z",
  "1970-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
);

/** Moments as ISO texts in UTC, and days: limits of days near the moments of queries, in each time zone. */
export function around(nows: readonly number[]) {
  const now = fc.constantFrom(...nows);
  const edge = fc
    .tuple(
      now,
      fc.constantFrom(...timeZones),
      fc.constantFrom(...away),
      fc.constantFrom(-1, 0, 1, 3_600_000, -3_600_000),
    )
    .map(([now, zone, days, apart]) => {
      const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
      const begin = today.add({ days }).toZonedDateTime(zone).epochMilliseconds;
      return new Date(begin + apart).toISOString();
    });
  const hour = fc
    .tuple(now, fc.integer({ min: -3, max: 3 }), fc.constantFrom(-1, 0, 1))
    .map(([now, hours, apart]) => new Date(now + hours * 3_600_000 + apart).toISOString());
  const near = fc
    .tuple(now, fc.constantFrom(...away))
    .map(([now, days]) => new Date(now + days * 86_400_000).toISOString());
  const dayOf = (moments: fc.Arbitrary<string>) => moments.map((text) => text.slice(0, 10));
  return {
    moment: fc.oneof(
      { weight: 6, arbitrary: edge },
      { weight: 2, arbitrary: hour },
      { weight: 1, arbitrary: extreme },
    ),
    day: dayOf(fc.oneof({ weight: 6, arbitrary: near }, { weight: 1, arbitrary: extreme })),
  };
}

const { moment, day } = around(nows);
export const dayOperand = day;
/** A moment as callers may write it. */
export const momentOperand = fc.tuple(moment, fc.nat(3)).map(([text, how]) => {
  if (how !== 0 || text.startsWith("0001") || text.startsWith("9999")) return text;
  return `${new Date(Date.parse(text) + 5.5 * 3_600_000).toISOString().slice(0, -1)}+05:30`;
});
