import { uuidOf } from "../../src/lib/typeid.ts";

/**
 * Marks in the texts, numbers, dates and phone numbers of each test row, by which the row is recognized in any answer.
 * The marks of a row are made from one number.
 */

export interface Mark {
  /** Letters and digits in lower case, which folding does not change. */
  readonly text: string;
  /** Ten digits, within GraphQL's Int. */
  readonly number: number;
  /** E.164. */
  readonly phone: string;
  /** A day of the 19th century. */
  readonly day: Date;
}

/** Days between the days of two rows: a range of one day ends on the next, and a time zone may shift it by one. */
const APART = 3;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(1850, 0, 1);
const FIRST_NUMBER = 1_730_000_000;

let counter = 0;

export function nextMark(): Mark {
  counter += 1;
  const number = FIRST_NUMBER + counter;
  return {
    text: `zq${counter.toString(36).padStart(5, "0")}qz`,
    number,
    phone: `+49${number}`,
    day: new Date(FIRST_DAY + counter * APART * DAY),
  };
}

const marks =
  /zq[0-9a-z]{5}qz|(?<!\d)(?:49)?173\d{7}(?!\d)|(?<!\d)18[5-9]\d-\d\d-\d\d|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=_)[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])/gi;

/** The marks and ids in a text, in a uniform notation: ids as UUIDs. */
export function marksIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const [whole] of text.matchAll(marks)) found.add(canonical(whole.toLowerCase()));
  return found;
}

const canonical = (mark: string): string => {
  if (mark.length === 26) return uuidOf(`x_${mark}`) ?? mark;
  return mark.length === 12 ? mark.slice(2) : mark;
};

/** A text with its cursors decoded, so that the sort values in them can be searched. */
export function withCursorsOpened(text: string): string {
  const opened = [...text.matchAll(/"[A-Za-z]*[cC]ursor":"([A-Za-z0-9_-]{20,})"/g)].map(([, cursor = ""]) =>
    Buffer.from(cursor, "base64url").toString("latin1"),
  );
  return [text, ...opened].join("\n");
}
