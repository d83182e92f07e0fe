import { isDeepStrictEqual } from "node:util";

/** Answers in one form, so that servers can be compared. */

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Moments as ISO text in UTC, numbers as numbers, keys in order, nothing where nothing is known. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]),
    );
  }
  if (typeof value !== "string") return value;
  if (moment.test(value)) return new Date(value).toISOString();
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** @throws Error that shows where two answers part */
export function mustAgree(
  what: string,
  names: readonly [string, string],
  left: unknown,
  right: unknown,
): void {
  const [one, other] = [canonical(left), canonical(right)];
  if (isDeepStrictEqual(one, other)) return;
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  let at = 0;
  while (a[at] === b[at]) at += 1;
  const shown = (text: string) => text.slice(Math.max(0, at - 120), at + 160);
  throw new Error(`${what}: ${names[0]} and ${names[1]} differ\n${shown(a)}\n${shown(b)}`);
}
