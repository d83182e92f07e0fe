import { uuidOf } from "../../src/lib/typeid.ts";
import type { Known } from "./secrets.ts";

/** Prepares answers for comparison, by removing the parts that differ in every request. */

const ids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z_]+_([0-7][0-9a-hjkmnp-tv-z]{25})(?![0-9a-z])/g;

/**
 * A text without request ids, current times, and ids that the caller does not know: ids of new rows, and of rows that
 * the caller may not see.
 *
 * @param isMutation whether the text may contain new rows, with new cursors and keys
 */
export function steady(text: string, isMutation = false, known?: Known): string {
  // The length of the body changes with these parts.
  const plain = text
    .replace(/^(x-request-id|content-length): .*$/gim, "")
    .replace(/"requestId":"[^"]*"/g, '"requestId":""')
    .replace(/"planToken":"[^"]*"/g, '"planToken":"T"')
    .replace(/"prefix":"[^"]*"/g, '"prefix":"P"')
    .replace(/\b20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g, "NOW");
  const named = known
    ? plain.replace(ids, (whole, suffix: string | undefined) =>
        known.ids.has(suffix === undefined ? whole : (uuidOf(`x_${suffix}`) ?? "")) ? whole : "ID",
      )
    : plain;
  if (!isMutation) return named;
  return named.replace(/"[A-Za-z]*[cC]ursor":"[^"]*"/g, '"cursor":"C"').replace(/sk_(live|test)_\w+/g, "KEY");
}

/** The first difference between two texts. */
export function difference(one: string, two: string): string {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at += 1;
  const from = Math.max(0, at - 200);
  return `differs at ${at}:\n… ${one.slice(from, at + 300)}\n… ${two.slice(from, at + 300)}`;
}

/** The text around a mark. */
export function around(text: string, mark: string): string {
  const at = text.toLowerCase().indexOf(mark.slice(0, 7));
  return text.slice(Math.max(0, at - 300), at + 200);
}
