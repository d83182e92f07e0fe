import { describe, expect, test } from "vitest";
import { DurationError, daySpan, olderSpan, rangeSpan, type Span } from "../../src/filter/language/dates.ts";
import type { WeekDay } from "../../src/generated/prisma/enums.ts";

/** Relative dates to moments: local days of any length, half-open, wherever the clocks are put forward or back. */

const at = (now: string, timeZone: string, weekStart: WeekDay = "MONDAY") => ({
  now: new Date(now),
  timeZone,
  weekStart,
});
const shown = ({ from, to }: Span) => [from?.toISOString() ?? null, to?.toISOString() ?? null];
const day = (text: string) => new Date(`${text}T00:00:00Z`);

describe("a day", () => {
  test.each([
    ["Europe/Paris", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z", 23],
    ["Europe/Paris", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z", 25],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z", 23],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z", 25],
    // Half an hour forward, and midnight that does not exist.
    ["Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00.000Z", "2026-10-04T13:00:00.000Z", 23.5],
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z", "2018-11-05T02:00:00.000Z", 23],
    ["UTC", "2026-02-28", "2026-02-28T00:00:00.000Z", "2026-03-01T00:00:00.000Z", 24],
  ])("in %s, %s goes from %s to %s, %d hours", (timeZone, text, from, to, hours) => {
    const span = daySpan(day(text), "dateTime", at("2026-01-01T00:00:00Z", timeZone));
    expect(shown(span)).toEqual([from, to]);
    expect((Number(span.to) - Number(span.from)) / 3_600_000).toBe(hours);
  });

  test("neighbouring days touch, for ten years in four time zones", () => {
    for (const timeZone of ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]) {
      const clock = at("2026-01-01T00:00:00Z", timeZone);
      let end: Date | null = null;
      for (let n = 0; n < 3653; n += 1) {
        const span = daySpan(new Date(Date.UTC(2016, 0, 1 + n)), "dateTime", clock);
        if (end) expect(span.from).toEqual(end);
        end = span.to;
      }
    }
  });

  test("the first and the last of the calendar have no end that no date can have", () => {
    const clock = at("2026-01-01T00:00:00Z", "Etc/GMT-14");
    expect(daySpan(day("0001-01-01"), "dateTime", clock).from).toBeNull();
    expect(daySpan(day("9999-12-31"), "date", clock).to).toBeNull();
  });
});

describe("today, at one and the same moment,", () => {
  test.each([
    ["Pacific/Kiritimati", "2026-06-30T09:59:00Z", "2026-06-29T10:00:00.000Z", "2026-06-30T10:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-06-30T10:00:00Z", "2026-06-30T10:00:00.000Z", "2026-07-01T10:00:00.000Z"],
    ["Etc/GMT+12", "2026-07-01T11:59:00Z", "2026-06-30T12:00:00.000Z", "2026-07-01T12:00:00.000Z"],
    ["Etc/GMT+12", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00.000Z", "2026-07-02T12:00:00.000Z"],
  ])("in %s at %s is from %s to %s", (timeZone, now, from, to) => {
    expect(shown(rangeSpan({ this: "DAY" }, "dateTime", at(now, timeZone)))).toEqual([from, to]);
  });
});

describe("this week and the previous one", () => {
  // Sunday, 22 November 2026.
  test.each([
    ["MONDAY", "2026-11-16", "2026-11-09"],
    ["TUESDAY", "2026-11-17", "2026-11-10"],
    ["WEDNESDAY", "2026-11-18", "2026-11-11"],
    ["THURSDAY", "2026-11-19", "2026-11-12"],
    ["FRIDAY", "2026-11-20", "2026-11-13"],
    ["SATURDAY", "2026-11-21", "2026-11-14"],
    ["SUNDAY", "2026-11-22", "2026-11-15"],
  ] as const)("of an organization whose weeks begin on %s begin on %s and %s", (weekStart, now, before) => {
    const clock = at("2026-11-22T12:00:00Z", "UTC", weekStart);
    const week = rangeSpan({ this: "WEEK" }, "date", clock);
    const previous = rangeSpan({ previous: "WEEK" }, "date", clock);
    expect([week.from, previous.from]).toEqual([day(now), day(before)]);
    expect(previous.to).toEqual(week.from);
    expect(Number(week.to) - Number(week.from)).toBe(7 * 86_400_000);
  });
});

describe("a relative date", () => {
  // A Saturday in Paris, and already Sunday in Auckland.
  const paris = at("2026-11-21T12:00:00Z", "Europe/Paris");
  test.each([
    [{ last: { amount: 1, unit: "DAY" } }, "2026-11-21", "2026-11-22"],
    [{ last: { amount: 7, unit: "DAY" } }, "2026-11-15", "2026-11-22"],
    [{ last: { amount: 1, unit: "MONTH" } }, "2026-10-22", "2026-11-22"],
    [{ last: { amount: 1, unit: "QUARTER" } }, "2026-08-22", "2026-11-22"],
    [{ next: { amount: 2, unit: "WEEK" } }, "2026-11-21", "2026-12-05"],
    [{ next: { amount: 1, unit: "YEAR" } }, "2026-11-21", "2027-11-21"],
    [{ this: "WEEK" }, "2026-11-16", "2026-11-23"],
    [{ this: "QUARTER" }, "2026-10-01", "2027-01-01"],
    [{ previous: "DAY" }, "2026-11-20", "2026-11-21"],
    [{ previous: "MONTH" }, "2026-10-01", "2026-11-01"],
    [{ previous: "YEAR" }, "2025-01-01", "2026-01-01"],
  ] as const)("%j goes from %s up to %s", (range, from, to) => {
    expect(rangeSpan(range, "date", paris)).toEqual({ from: day(from), to: day(to) });
  });

  test("of a month counts to the last day where the other month is shorter", () => {
    const march = at("2026-03-31T12:00:00Z", "UTC");
    expect(rangeSpan({ last: { amount: 1, unit: "MONTH" } }, "date", march).from).toEqual(day("2026-03-01"));
  });

  test("in hours counts from the moment, across a change of the clocks", () => {
    const clock = at("2026-03-29T03:30:00Z", "Europe/Paris");
    expect(shown(rangeSpan({ last: { amount: 24, unit: "HOUR" } }, "dateTime", clock))).toEqual([
      "2026-03-28T03:30:00.000Z",
      "2026-03-29T03:30:00.000Z",
    ]);
    expect(() => rangeSpan({ next: { amount: 1, unit: "HOUR" } }, "date", clock)).toThrow(DurationError);
  });
});

describe("longer ago", () => {
  const clock = at("2026-11-21T12:00:00Z", "Europe/Paris");
  test.each([
    ["P30D", { amount: 30, unit: "DAY" }],
    ["P2W", { amount: 2, unit: "WEEK" }],
    ["P6M", { amount: 6, unit: "MONTH" }],
    ["P1Y", { amount: 1, unit: "YEAR" }],
    ["PT36H", { amount: 36, unit: "HOUR" }],
  ] as const)("than %s is what `last` of the same length leaves", (text, amount) => {
    const older = olderSpan(text, "dateTime", clock);
    expect(older).toEqual({ from: null, to: rangeSpan({ last: amount }, "dateTime", clock).from });
  });

  test.each(["P0D", "-P1D", "30 days", "", "P", "P1Y1", "P9999Y", "P999999999999D"])(
    "than %j is refused",
    (text) => {
      expect(() => olderSpan(text, "dateTime", clock)).toThrow(DurationError);
    },
  );
});
