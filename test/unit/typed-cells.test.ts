import { expect, test } from "vitest";
import { type DateOrder, orderShown, readDay } from "../../src/jobs/import/days.ts";
import { type Decimal, decimalShown, readNumber } from "../../src/jobs/import/numbers.ts";

/** Numbers and days as people and spreadsheets write them. */

test.each<[cell: string, shows: Decimal | null, number: string, currency?: string]>([
  ["12", null, "12"],
  ["-12", null, "-12"],
  ["+12", null, "12"],
  ["\u221212", null, "-12"],
  ["12-", null, "-12"],
  ["(12)", null, "-12"],
  ["0012", null, "0012"],
  ["12.5", ".", "12.5"],
  ["12,5", ",", "12.5"],
  ["0,125", ",", "0.125"],
  ["0.125", ".", "0.125"],
  ["1234,567", ",", "1234.567"],
  ["1.234,56", ",", "1234.56"],
  ["1,234.56", ".", "1234.56"],
  ["1'234.56", ".", "1234.56"],
  ["1’234,50", ",", "1234.50"],
  ["1 234,56", ",", "1234.56"],
  ["1\u00a0234,56", ",", "1234.56"],
  ["1\u202f234\u202f567", null, "1234567"],
  ["1 234,567", ",", "1234.567"],
  ["1.234.567", ",", "1234567"],
  ["1,234,567", ".", "1234567"],
  ["12.345.678,9", ",", "12345678.9"],
  ["12,34,567.5", ".", "1234567.5"],
  ["€ 1.234,56", ",", "1234.56", "EUR"],
  ["1.234,56 €", ",", "1234.56", "EUR"],
  ["-€ 12,50", ",", "-12.50", "EUR"],
  ["€ -12,50", ",", "-12.50", "EUR"],
  ["(€12.50)", ".", "-12.50", "EUR"],
  ["12,50 EUR", ",", "12.50", "EUR"],
  ["eur 12,50", ",", "12.50", "EUR"],
  ["CHF 1'234.50", ".", "1234.50", "CHF"],
  ["1 234,50 zł", ",", "1234.50", "PLN"],
  ["R$ 1.234,50", ",", "1234.50", "BRL"],
  ["$1,234.50", ".", "1234.50"],
  ["US$5", null, "5", "USD"],
])("%j is a number, which shows %j before decimals", (cell, shows, number, currency) => {
  expect(decimalShown(cell)).toBe(shows);
  expect(readNumber(cell, shows, shows !== null)).toEqual({ number, currency: currency ?? null });
});

test.each([
  ["", "many", "1.234.5", "1.234,567,8", "12 34", "1..5", "1,2,3", "5 apples", "5 abc", "€", "--5"],
  ["12.345.67", "1e5", "4,91512E+11", "0x10", "NaN", "Infinity", "1/2", "10 %", "٣", "1.234 1.234", ".5"],
])("what is no number is left as it is: %j and others", (...cells) => {
  for (const cell of cells) {
    expect({ cell, read: readNumber(cell, ".", true) }).toEqual({ cell, read: null });
    expect(decimalShown(cell)).toBeNull();
  }
});

test.each<[cell: string, decimal: Decimal | null, shown: boolean, read: unknown]>([
  ["1.234", ".", true, "1.234"],
  ["1.234", ",", true, "1234"],
  ["1,234", ".", true, "1234"],
  ["1,234", ",", true, "1.234"],
  ["-1.234", ",", true, "-1234"],
  ["1.234 €", ",", true, "1234"],
  // Nothing shows it: what is usual in the file stands before decimals, and the other one may be anything.
  ["1.234", ".", false, "1.234"],
  ["1,234", ".", false, ["1234", "1.234"]],
  ["1,234", ",", false, "1.234"],
  ["1.234", ",", false, ["1234", "1.234"]],
  // Both are shown.
  ["1.234", null, true, ["1234", "1.234"]],
  ["1,234", null, true, ["1234", "1.234"]],
  ["12,5", null, true, "12.5"],
])("%j, where %j stands before decimals (shown: %j), is %j", (cell, decimal, shown, read) => {
  const found = readNumber(cell, decimal, shown);
  expect(found !== null && ("number" in found ? found.number : found.either)).toEqual(read);
});

const day = (cell: string, order: DateOrder | null = null, asked = false) => {
  const read = readDay(cell, { order, asked, timeZone: null });
  return read === null ? null : "text" in read ? read.text : read.either;
};

test.each([
  "2024-04-03",
  "2024-4-3",
  "2024/4/3",
  "2024.04.03",
  "20240403",
  "3.4.2024",
  "03.04.24",
  "3. 4. 2024",
  "03.04.2024.",
  "3 April 2024",
  "3rd April 2024",
  "April 3, 2024",
  "Apr 3 2024",
  "3-Apr-24",
  "3. April 2024",
  "03. Apr. 2024",
  "3 avril 2024",
  "3 avr. 2024",
  "3 de abril de 2024",
  "3 aprile 2024",
  "3 apr 2024",
  "3 de abr. de 2024",
  "3 kwietnia 2024",
  "3 kwi 2024",
  "45385",
  "45385.75",
  "45385,5",
  "2024-04-03 14:30",
  "2024-04-03T14:30:00.000Z",
  "3.4.2024, 14:30 Uhr".replace(" Uhr", ""),
  "3 April 2024 2:30 pm",
  "3 avril 2024 à 14:30",
])("%j is the third of April 2024", (cell) => {
  expect(day(cell)).toBe("2024-04-03");
});

test.each([
  ["1 janvier 2024", "2024-01-01"],
  ["1er août 2024", "2024-08-01"],
  ["5 März 2024", "2024-03-05"],
  ["5. Mrz. 24", "2024-03-05"],
  ["5 maart 2024", "2024-03-05"],
  ["31 dic 2023", "2023-12-31"],
  ["31 grudnia 2023", "2023-12-31"],
  ["1 października 2023", "2023-10-01"],
  ["29.2.2024", "2024-02-29"],
  ["1.1.49", "2049-01-01"],
  ["1.1.50", "1950-01-01"],
  ["24.12.1999", "1999-12-24"],
  ["13/04/2024", "2024-04-13"],
  ["04/13/2024", "2024-04-13"],
  ["04.13.2024", "2024-04-13"],
  ["4/4/2024", "2024-04-04"],
  ["45292", "2024-01-01"],
])("%j is %s", (cell, read) => {
  expect(day(cell)).toBe(read);
});

test.each<[string, DateOrder | null, boolean, unknown]>([
  ["03/04/2024", null, false, ["2024-04-03", "2024-03-04"]],
  ["03-04-24", null, false, ["2024-04-03", "2024-03-04"]],
  ["03/04/2024", "DAY_FIRST", false, "2024-04-03"],
  ["03/04/2024", "MONTH_FIRST", false, "2024-03-04"],
  ["13/04/2024", "MONTH_FIRST", false, "2024-04-13"],
  ["3.4.2024", "MONTH_FIRST", false, "2024-04-03"],
  // What is said is believed: there is no thirteenth month, which the field says.
  ["13/04/2024", "MONTH_FIRST", true, "2024-13-04"],
  ["3.4.2024", "MONTH_FIRST", true, "2024-03-04"],
])("%j of a column in the order %s (asked for: %j) is %j", (cell, order, asked, read) => {
  expect(day(cell, order, asked)).toEqual(read);
});

test.each([
  ["13/04/2024", "DAY_FIRST"],
  ["04/13/2024", "MONTH_FIRST"],
  ["04/13/24 5:00 PM", "MONTH_FIRST"],
  ["3.4.2024", "DAY_FIRST"],
  ["03/04/2024", null],
  ["2024-04-13", null],
  ["13/13/2024", null],
  ["13 April 2024", null],
])("%j shows the order %s", (cell, order) => {
  expect(orderShown(cell)).toBe(order);
});

test.each([
  "soon",
  "2024",
  "April 2024",
  "3 Foo 2024",
  "3/4",
  "1234",
  "123456",
  "2024-04-03 25:00",
  "2024-04-03 14:60",
  "2024-04-03 14:30 pm",
])("%j is no day, and is left to the field", (cell) => {
  expect(day(cell)).toBeNull();
});

test.each([
  ["2024-04-03", "Europe/Berlin", "2024-04-02T22:00:00Z"],
  ["3.4.2024 14:30", "Europe/Berlin", "2024-04-03T12:30:00Z"],
  ["3.4.2024 14:30:15", "UTC", "2024-04-03T14:30:15Z"],
  ["2024-04-03T14:30:00+02:00", "Asia/Tokyo", "2024-04-03T12:30:00Z"],
  ["2024-04-03 14:30 Z", "Asia/Tokyo", "2024-04-03T14:30:00Z"],
  ["2024-04-03T14:30:15.123Z", "UTC", "2024-04-03T14:30:15.123Z"],
  ["Apr 3, 2024, 2:30 PM", "UTC", "2024-04-03T14:30:00Z"],
  ["Apr 3, 2024 12:05 a.m.", "UTC", "2024-04-03T00:05:00Z"],
  ["45385.75", "Europe/Berlin", "2024-04-03T16:00:00Z"],
  ["45385.604166666664", "UTC", "2024-04-03T14:30:00Z"],
  // The hour that is left out in spring is counted on.
  ["2024-03-31 02:30", "Europe/Berlin", "2024-03-31T01:30:00Z"],
  ["31.02.2024 10:00", "UTC", null],
  ["2024-04-03T14:30:00+25:00", "UTC", null],
])("%j in %s is the moment %s", (cell, timeZone, moment) => {
  const read = readDay(cell, { order: null, asked: false, timeZone });
  expect(read).toEqual(moment === null ? null : { text: moment });
});
