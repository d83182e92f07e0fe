import { type Refusal, refusal } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { MAX_COLUMNS } from "./records.ts";

/** What a file's columns are called: their headings, each once. Pure. */

/**
 * The headings of a file as names of its columns, so that each means one: one without a heading is called by its place
 * (`Column 3`), and one whose heading stands there for the second time by its number (`Notes (2)`).
 */
export function columnNames(headings: readonly string[]): string[] {
  const written = new Set(headings.map((heading) => fold(heading.trim())));
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return headings.map((heading, at) => {
    const text = heading.trim();
    const plain = text === "" ? `Column ${at + 1}` : text;
    const key = fold(plain);
    let name = plain;
    let number = counts.get(key) ?? 1;
    // A name that is made must be nobody's own.
    const isTaken = (candidate: string) =>
      taken.has(candidate) || (candidate !== fold(text) && written.has(candidate));
    for (let folded = key; isTaken(folded); folded = fold(name)) {
      number += 1;
      name = `${plain} (${number})`;
    }
    counts.set(key, number);
    taken.add(fold(name));
    return name;
  });
}

/** What is wrong with a file's headings. */
export function headingRefusals(headings: readonly string[]): Refusal[] {
  const path = ["input", "file"];
  if (headings.length > MAX_COLUMNS) {
    return [refusal("TOO_MANY_ITEMS", path, `the file has more than ${MAX_COLUMNS} columns`)];
  }
  const problem = headings.map(headingProblem).find((found) => found !== null);
  if (problem != null) return [refusal("INVALID_VALUE", path, problem)];
  return headings.includes("__proto__") ? [refusal("INVALID_VALUE", path, 'has a heading "__proto__"')] : [];
}

/** Why a heading is no text. */
function headingProblem(heading: string, at: number): string | null {
  const problem =
    textProblem(heading) ?? (heading.includes("\ufffd") ? "has bytes that cannot be read as text" : null);
  return problem && `the heading of column ${at + 1} ${problem}; is the file in another encoding?`;
}
