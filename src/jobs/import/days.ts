import { Temporal } from "temporal-polyfill";
import { fold } from "../../lib/fold.ts";

/** Reads dates and times as people and spreadsheets write them. Pure. */

export const dateOrders = ["DAY_FIRST", "MONTH_FIRST"] as const;

/** Whether the day or the month comes first in numeric dates that end with the year. */
export type DateOrder = (typeof dateOrders)[number];

/** Longest text that is parsed. */
const MAX_LENGTH = 60;

const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"];

/** Month numbers by name and abbreviation in several languages, folded. */
const months: ReadonlyMap<string, number> = new Map([
  // Excel's abbreviation of March in German.
  ["mrz", 3],
  ...languages.flatMap((language) =>
    (["long", "short"] as const).flatMap((month) => {
      const alone = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" });
      const beside = new Intl.DateTimeFormat(language, { day: "numeric", month, timeZone: "UTC" });
      return Array.from({ length: 12 }, (_, at) => at).flatMap((at): [string, number][] => {
        const date = Date.UTC(2024, at, 15);
        const named = beside.formatToParts(date).find(({ type }) => type === "month")?.value ?? "";
        return [alone.format(date), named].map((name) => [monthKey(name), at + 1]);
      });
    }),
  ),
]);

function monthKey(name: string): string {
  return fold(name)
    .normalize("NFD")
    .replace(/[\p{M}.]/gu, "");
}

/** A time after a date. */
const time = String.raw`(?:(?:T|,?\s+)(?:à |um |at )?(\d{1,2})[:h.](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;

const forms = {
  yearFirst: new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${time}$`, "i"),
  compact: /^((?:19|20)\d{2})(\d{2})(\d{2})$/,
  yearLast: new RegExp(String.raw`^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\.?${time}$`, "i"),
  dayAndName: new RegExp(
    String.raw`^(\d{1,2})(?:\.|er|º|st|nd|rd|th)?[\s-]*(?:de |of )?(\p{L}{3,12})\.?,?[\s-]*(?:de |del )?(\d{4}|\d{2})${time}$`,
    "iu",
  ),
  nameAndDay: new RegExp(
    String.raw`^(\p{L}{3,12})\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4}|\d{2})${time}$`,
    "iu",
  ),
  /** Days since the end of 1899, as spreadsheets count them, with a fraction for the time. */
  serial: /^(\d{5})(?:[.,](\d{1,15}))?$/,
};

/** A time of day as written, with its UTC offset. */
interface Time {
  readonly nanoseconds: number;
  readonly offset: string | null;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly time: Time | null;
}

/** Two-digit years are 1950 to 2049. */
const yearOf = (text: string): number =>
  Number(text) + (text.length === 4 ? 0 : Number(text) < 50 ? 2000 : 1900);

const HOUR = 3_600_000_000_000;

/** @returns null without a time; an invalid time is detected where it is used */
function timeOf([hour, minute, second = "0", fraction = "", half, offset]: readonly (
  | string
  | undefined
)[]): Time | null {
  if (hour === undefined || minute === undefined) return null;
  const afternoon = half?.toLowerCase().startsWith("p") === true;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (afternoon ? 12 : 0);
  const seconds = Number(minute) * 60 + Number(second);
  if (Number(minute) > 59 || Number(second) > 59 || (half !== undefined && Number(hour) > 12))
    return { nanoseconds: 25 * HOUR, offset: null };
  const nanoseconds = hours * HOUR + seconds * 1_000_000_000 + Number(fraction.padEnd(9, "0").slice(0, 9));
  const zone =
    offset === undefined ? null : /^[+-]/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(-2)}` : "Z";
  return { nanoseconds, offset: zone };
}

/** The first two numbers of a date whose order is unknown. */
interface Unordered {
  readonly first: number;
  readonly second: number;
  readonly order: DateOrder | null;
  readonly at: (order: DateOrder) => Day;
}

function unordered(cell: string): Unordered | null {
  const [, one = "", separator, two = "", year = "", ...rest] = forms.yearLast.exec(cell) ?? [];
  if (separator === undefined) return null;
  const [first, second] = [Number(one), Number(two)];
  const shown = first > 12 && second <= 12 ? "DAY_FIRST" : second > 12 && first <= 12 ? "MONTH_FIRST" : null;
  return {
    first,
    second,
    // With dots, the day comes first.
    order: shown ?? (separator === "." ? "DAY_FIRST" : null),
    at: (order) => ({
      year: yearOf(year),
      month: order === "DAY_FIRST" ? second : first,
      day: order === "DAY_FIRST" ? first : second,
      time: timeOf(rest),
    }),
  };
}

/** The order of a date, if the date itself shows it (a number above 12). */
export function orderShown(cell: string): DateOrder | null {
  return cell.length > MAX_LENGTH ? null : (unordered(cell)?.order ?? null);
}

/** A date in any supported form. */
function dayIn(cell: string): Day | null {
  const [, year, , month, day, ...rest] = forms.yearFirst.exec(cell) ?? [];
  if (year !== undefined)
    return { year: Number(year), month: Number(month), day: Number(day), time: timeOf(rest) };
  const [, ...compact] = forms.compact.exec(cell) ?? [];
  if (compact.length > 0) {
    const [of = 0, at = 0, on = 0] = compact.map(Number);
    return { year: of, month: at, day: on, time: null };
  }
  const [, before, name, of = "", ...after] = forms.dayAndName.exec(cell) ?? [];
  if (name !== undefined) return named(of, name, before, after);
  const [, first, on, its = "", ...last] = forms.nameAndDay.exec(cell) ?? [];
  if (first !== undefined) return named(its, first, on, last);
  const [, days, part = ""] = forms.serial.exec(cell) ?? [];
  if (days === undefined) return null;
  const counted = Temporal.PlainDate.from("1899-12-30").add({ days: Number(days) });
  // Spreadsheets are exact only to the second.
  const seconds = Math.round(Number(`0.${part || "0"}`) * 86_400);
  const time = part === "" ? null : { nanoseconds: Math.min(seconds, 86_399) * 1_000_000_000, offset: null };
  return { year: counted.year, month: counted.month, day: counted.day, time };
}

function named(
  year: string,
  name: string,
  day: string | undefined,
  rest: readonly (string | undefined)[],
): Day | null {
  const month = months.get(monthKey(name));
  return month === undefined ? null : { year: yearOf(year), month, day: Number(day), time: timeOf(rest) };
}

/** A parsed date or time: in the form of the field, or the two dates that it may be. */
export type ReadDay = { readonly text: string } | { readonly either: readonly [string, string] };

const pad = (number: number, length = 2): string => String(number).padStart(length, "0");
const dayText = ({ year, month, day }: Day): string => `${pad(year, 4)}-${pad(month)}-${pad(day)}`;

/**
 * Parses a date.
 *
 * @param order of the column; null if unknown
 * @param asked whether the caller gave the order, which then applies to every cell
 * @param timeZone of times without an offset; null for dates, whose time is ignored
 * @returns null for a text that is no date
 */
export function readDay(
  cell: string,
  {
    order,
    asked,
    timeZone,
  }: { readonly order: DateOrder | null; readonly asked: boolean; readonly timeZone: string | null },
): ReadDay | null {
  if (cell.length > MAX_LENGTH) return null;
  const text = cell.replace(/[\u00a0\u202f]/g, " ");
  const figures = unordered(text);
  if (figures === null) return textOf(dayIn(text), timeZone);
  const { first, second } = figures;
  const own = asked ? order : (figures.order ?? order);
  if (own === null && first !== second) {
    return { either: [dayText(figures.at("DAY_FIRST")), dayText(figures.at("MONTH_FIRST"))] };
  }
  return textOf(figures.at(own ?? "DAY_FIRST"), timeZone);
}

function textOf(day: Day | null, timeZone: string | null): ReadDay | null {
  if (day === null) return null;
  const { year, month, time } = day;
  const nanoseconds = time?.nanoseconds ?? 0;
  if (nanoseconds >= 24 * HOUR) return null;
  if (timeZone === null) return { text: dayText(day) };
  try {
    const date = Temporal.PlainDate.from({ year, month, day: day.day }, { overflow: "reject" });
    const clock = Temporal.PlainTime.from("00:00").add({ nanoseconds });
    const moment = date.toPlainDateTime(clock);
    const offset = time?.offset ?? null;
    const instant =
      offset === null
        ? moment.toZonedDateTime(timeZone).toInstant()
        : Temporal.Instant.from(`${moment.toString()}${offset}`);
    return { text: instant.toString() };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
