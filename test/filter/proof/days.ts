import { Temporal } from "temporal-polyfill";
import type { Input, Json } from "./model.ts";

/** Relative dates in local time: the day of a moment in a time zone, and the days that a condition means. */

/** The moment of a query in milliseconds, and its time zone. */
export interface At {
  readonly now: number;
  readonly timeZone: string;
}

type Day = Temporal.PlainDate;

const wall = (moment: number, { timeZone }: At) =>
  Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone);

const isBefore = (one: Day, other: Day) => Temporal.PlainDate.compare(one, other) < 0;

/** Whether a date or a moment fulfils `on`, `within` or `olderThan`. */
export function lies(value: string, type: "date" | "dateTime", op: string, said: Json, at: At): boolean {
  const moment = Date.parse(value);
  const day = type === "date" ? Temporal.PlainDate.from(value) : wall(moment, at).toPlainDate();
  const today = wall(at.now, at).toPlainDate();
  if (op === "on") return day.equals(String(said));
  if (op === "olderThan") {
    const length = Temporal.Duration.from(String(said));
    const byTheHour = length.hours + length.minutes + length.seconds > 0;
    if (byTheHour) return moment < wall(at.now, at).subtract(length).epochMilliseconds;
    return !isBefore(today.subtract(length), day);
  }
  const [[how, what] = ["", null]] = Object.entries(said as Input);
  if (how === "this") return unitOf(day, String(what)) === unitOf(today, String(what));
  if (how === "previous") {
    const lastOfPrevious = firstOf(today, String(what)).subtract({ days: 1 });
    return unitOf(day, String(what)) === unitOf(lastOfPrevious, String(what));
  }
  const { amount, unit } = what as { amount: number; unit: string };
  if (unit === "HOUR") {
    const span = amount * 60 * 60 * 1000;
    return how === "last"
      ? at.now - span <= moment && moment < at.now
      : at.now <= moment && moment < at.now + span;
  }
  const length = unit === "QUARTER" ? { months: amount * 3 } : { [`${unit.toLowerCase()}s`]: amount };
  return how === "last"
    ? isBefore(today.subtract(length), day) && !isBefore(today, day)
    : !isBefore(day, today) && isBefore(day, today.add(length));
}

/** A name of the calendar unit (month, quarter, …) that contains a day. */
function unitOf(day: Day, unit: string): string {
  switch (unit) {
    case "DAY":
      return day.toString();
    case "WEEK":
      return weekOf(day);
    case "MONTH":
      return `${day.year} ${day.month}`;
    case "QUARTER":
      return `${day.year} ${Math.ceil(day.month / 3)}`;
    default:
      return String(day.year);
  }
}

/** The organization's weeks begin on Sunday, a day before those of ISO 8601. */
function weekOf(day: Day): string {
  const next = day.add({ days: 1 });
  return `${next.yearOfWeek} ${next.weekOfYear}`;
}

/** The first day of the unit that contains a day, found by going back day by day. */
function firstOf(day: Day, unit: string): Day {
  let first = day;
  while (unitOf(first.subtract({ days: 1 }), unit) === unitOf(day, unit)) first = first.subtract({ days: 1 });
  return first;
}
