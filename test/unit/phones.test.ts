import { describe, expect, test } from "vitest";
import { type PhoneReason, parsePhone, phoneProblems } from "../../src/lib/phone.ts";

/** What a text is as a phone number, and why it is none: each reason has words of its own. */

const germany = "DE";

test.each<[string, string | null, string]>([
  ["030 998877", germany, "+4930998877"],
  ["(030) 99 88-77", germany, "+4930998877"],
  ["030/998877 Ext 12", germany, "+4930998877;ext=12"],
  ["٠٣٠ ٩٩٨٨٧٧", germany, "+4930998877"],
  ["０３０ ９９８８７７", germany, "+4930998877"],
  ["\u202a030 998877\u202c", germany, "+4930998877"],
  ["\u200e+49 30\u200b 998877", null, "+4930998877"],
  ["0049 30 998877", null, "+4930998877"],
  ["0049 30 998877", "US", "+4930998877"],
  ["011 49 30 998877", "US", "+4930998877"],
  ["0011 49 30 998877", "AU", "+4930998877"],
  ["0044 20 7946 0958", "AU", "+442079460958"],
  ["+44 (0)20 7946 0958", germany, "+442079460958"],
  ["06 1234 567", "IT", "+39061234567"],
  ["(512) 867-5309", "US", "+15128675309"],
  ["1 512 867 5309 x7", "CA", "+15128675309;ext=7"],
  ["+15128675309;ext=0012", germany, "+15128675309;ext=0012"],
  ["079 123 45 67", "CH", "+41791234567"],
])("%s of %s is %s", (text, country, number) => {
  const read = parsePhone(text, country);
  expect(read).toEqual({ number });
  // What is stored is read as itself, in whatever country.
  for (const again of [null, germany, "US", "JP"]) expect(parsePhone(number, again)).toEqual({ number });
});

const refused: Record<PhoneReason, [string, string | null, RegExp][]> = {
  BLANK: [
    ["", null, /^is blank$/],
    [" \u00a0\u200b", germany, /^is blank$/],
  ],
  TOO_LONG_TEXT: [["1".repeat(101), germany, /^is too long: .* 100 characters$/]],
  LETTERS: [
    ["call me", germany, /has letters.* mark an extension/],
    ["+1 800 FLOWERS", null, /has letters/],
    ["Тел. +49 30 998877", null, /has letters/],
    ["+4930998877 ext. zwölf", null, /has letters/],
  ],
  NOT_A_NUMBER: [
    ["+", null, /^is not a phone number, such as \+33612345678$/],
    ["()", germany, /^is not a phone number/],
    ["+49 30 998877, +49 30 998878", null, /^is not a phone number/],
    ["4,91512E+11".replace("E", ""), germany, /^is not a phone number/],
  ],
  TWO_NUMBERS: [
    ["+1 415 555 0134 / 35", null, /^looks like two phone numbers/],
    ["030 998877 / 030 998878", germany, /^looks like two phone numbers/],
  ],
  LONG_EXTENSION: [
    ["+15128675309 ext. 12345678", null, /^has an extension that is too long: it may have 7 digits$/],
  ],
  NEEDS_COUNTRY: [
    ["030 998877", null, /^needs its country code, .* the input, of the import or of the organization$/],
  ],
  NO_SUCH_COUNTRY: [
    ["+999 12345678", null, /^has a country code that does not exist/],
    ["00999 12345678", germany, /^has a country code that does not exist/],
    ["+0 12345678", null, /^has a country code that does not exist/],
  ],
  TOO_SHORT: [
    ["+33 6 12", null, /^is too short for a phone number with the country code \+33$/],
    ["+4", null, /^is too short for a phone number with a country code$/],
    ["112", germany, /^is too short for a phone number of DE, the default country$/],
    ["1", germany, /^is too short for a phone number of DE/],
    ["867-5309", "US", /^is too short for a phone number of US/],
  ],
  TOO_LONG: [
    ["+1 415-555-0134 12", null, /^is too long for a phone number with the country code \+1$/],
    ["030 12345678901234", germany, /^is too long for a phone number of DE, the default country$/],
    ["0044 20 7946 0958 1234", "US", /^is too long for a phone number of US/],
  ],
  INVALID_LENGTH: [
    ["+376 5555555", null, /^is too short or too long for a phone number with the country code \+376$/],
  ],
};

describe.each(Object.entries(refused))("%s", (reason, cases) => {
  test.each(cases)("%s of %s", (text, country, words) => {
    const read = parsePhone(text, country);
    expect(read).toMatchObject({ reason, problem: expect.stringMatching(words) });
  });
});

test("every reason has its own words, and an example where one helps", () => {
  const said = Object.values(phoneProblems).map((words) => words("of XX"));
  expect(new Set(said).size).toBe(said.length);
});
