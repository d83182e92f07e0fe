import { Temporal } from "temporal-polyfill";
import type { WeekDay } from "../../generated/prisma/enums.ts";
import { formatDay } from "../../lib/exact.ts";

/**
 * Relative dates. Days begin at midnight of the caller's time zone, and ranges include their start and exclude their
 * end, so that neighbouring ranges neither overlap nor leave a gap when the clocks change.
 */

/**
 * The clock by which relative dates are resolved: the moment of the request, its time zone, and the first day of the
 * week.
 */
export interface Clock {
  readonly now: Date;
  /** IANA name. */
  readonly timeZone: string;
  readonly weekStart: WeekDay;
}

export const durationUnits = ["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] as const;
export type DurationUnit = (typeof durationUnits)[number];
export const calendarUnits = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** Most units of a range. */
export const MAX_AMOUNT = 10_000;

export interface Amount {
  readonly amount: number;
  readonly unit: DurationUnit;
}

export type RelativeRange =
  | { readonly last: Amount }
  | { readonly next: Amount }
  | { readonly this: CalendarUnit }
  | { readonly previous: CalendarUnit };

/** A range of days or times, with inclusive start and exclusive end. Null means unbounded. */
export interface Span {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** A duration cannot be used here; the message says why. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

type Days = { readonly from: Temporal.PlainDate | null; readonly to: Temporal.PlainDate };

/** The kind of values that the range is for: moments, or calendar days as midnight UTC. */
export type DateKind = "dateTime" | "date";

/** One calendar day, as midnight UTC. */
export function daySpan(day: Date, kind: DateKind, { timeZone }: Clock): Span {
  const from = Temporal.PlainDate.from(formatDay(day));
  return spanOf({ from, to: from.add({ days: 1 }) }, kind, timeZone);
}

/**
 * Resolves a relative range. `last` and `next` are whole days including today; hours count from the moment of the
 * request; `this` and `previous` are calendar periods.
 *
 * @throws DurationError for hours in a calendar day
 */
export function rangeSpan(range: RelativeRange, kind: DateKind, clock: Clock): Span {
  const { timeZone, weekStart } = clock;
  const today = zonedNow(clock).toPlainDate();
  if ("this" in range) {
    const from = beginOf(today, range.this, weekStart);
    return spanOf({ from, to: from.add(durationOf({ amount: 1, unit: range.this })) }, kind, timeZone);
  }
  if ("previous" in range) {
    const to = beginOf(today, range.previous, weekStart);
    return spanOf({ from: to.subtract(durationOf({ amount: 1, unit: range.previous })), to }, kind, timeZone);
  }
  const amount = "last" in range ? range.last : range.next;
  if (amount.unit === "HOUR") {
    if (kind === "date") throw new DurationError("must not contain hours: the field has days without a time");
    const hours = amount.amount * 3_600_000;
    const now = clock.now.getTime();
    return "last" in range
      ? bounded(new Date(now - hours), clock.now)
      : bounded(clock.now, new Date(now + hours));
  }
  const duration = durationOf(amount);
  const days =
    "last" in range
      ? { from: today.subtract(duration).add({ days: 1 }), to: today.add({ days: 1 }) }
      : { from: today, to: today.add(duration) };
  return spanOf(days, kind, timeZone);
}

/**
 * Everything more than a duration ago: `P30D` is all before the range of `last: { amount: 30, unit: DAY }`.
 *
 * @param text ISO 8601, such as `P30D`, `P1Y6M` or `PT12H`
 * @throws DurationError for other texts, for durations that are not positive, and for hours of a calendar day
 */
export function olderSpan(text: string, kind: DateKind, clock: Clock): Span {
  const duration = readDuration(text);
  const { years, months, weeks, days } = duration;
  const timed =
    Temporal.Duration.compare(duration, { years, months, weeks, days }, { relativeTo: anyDay }) !== 0;
  if (timed && kind === "date") {
    throw new DurationError("must not contain hours: the field has days without a time");
  }
  try {
    const now = zonedNow(clock);
    const span = timed
      ? { from: null, to: new Date(now.subtract(duration).epochMilliseconds) }
      : spanOf(
          { from: null, to: now.toPlainDate().subtract(duration).add({ days: 1 }) },
          kind,
          clock.timeZone,
        );
    if (span.to !== null && span.to.getTime() >= earliest) return span;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new DurationError("goes further back than the year 1");
}

const anyDay = Temporal.PlainDate.from("2026-01-01");

function readDuration(text: string): Temporal.Duration {
  let duration: Temporal.Duration;
  try {
    duration = Temporal.Duration.from(text);
  } catch {
    throw new DurationError('must be an ISO 8601 duration, such as "P30D", "P1Y6M" or "PT12H"');
  }
  if (duration.sign <= 0) throw new DurationError("must be longer than zero");
  return duration;
}

const zonedNow = ({ now, timeZone }: Clock): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);

function durationOf({ amount, unit }: Amount): Temporal.DurationLike {
  switch (unit) {
    case "HOUR":
      return { hours: amount };
    case "DAY":
      return { days: amount };
    case "WEEK":
      return { weeks: amount };
    case "MONTH":
      return { months: amount };
    case "QUARTER":
      return { months: 3 * amount };
    case "YEAR":
      return { years: amount };
  }
}

/** By ISO 8601 number, from 1. */
const weekDays: readonly WeekDay[] = [
  "MONDAY",
  "TUESDAY",
  "WEDNESDAY",
  "THURSDAY",
  "FRIDAY",
  "SATURDAY",
  "SUNDAY",
];

function beginOf(day: Temporal.PlainDate, unit: CalendarUnit, weekStart: WeekDay): Temporal.PlainDate {
  switch (unit) {
    case "DAY":
      return day;
    case "WEEK":
      return day.subtract({ days: (day.dayOfWeek - 1 - weekDays.indexOf(weekStart) + 7) % 7 });
    case "MONTH":
      return day.with({ day: 1 });
    case "QUARTER":
      return day.with({ month: day.month - ((day.month - 1) % 3), day: 1 });
    case "YEAR":
      return day.with({ month: 1, day: 1 });
  }
}

function spanOf({ from, to }: Days, kind: DateKind, timeZone: string): Span {
  const at = (day: Temporal.PlainDate | null): Date | null => {
    if (day === null) return null;
    // Where the clocks go forward at midnight, the day starts later than midnight.
    const moment = kind === "date" ? day.toZonedDateTime("UTC") : day.toZonedDateTime(timeZone);
    return new Date(moment.epochMilliseconds);
  };
  return bounded(at(from), at(to));
}

const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

/** Bounds outside the years 1 to 9999 become null: no value lies there. */
function bounded(from: Date | null, to: Date | null): Span {
  return {
    from: from !== null && from.getTime() >= earliest ? from : null,
    to: to !== null && to.getTime() <= latest ? to : null,
  };
}
