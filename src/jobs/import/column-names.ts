import { type Refusal, refusal } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { MAX_COLUMNS } from "./records.ts";

/** Names of a file's columns: their headings, made unique. Pure. */

/**
 * Names of a file's columns from its headings: a column without a heading is named by its position (`Column 3`), and
 * one whose heading was used before gets a number (`Notes (2)`).
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
    // A generated name must not equal another heading.
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

/** Problems of a file's headings. */
export function headingRefusals(headings: readonly string[]): Refusal[] {
  const path = ["input", "file"];
  if (headings.length > MAX_COLUMNS) {
    return [refusal("TOO_MANY_ITEMS", path, `the file has more than ${MAX_COLUMNS} columns`)];
  }
  const problem = headings.map(headingProblem).find((found) => found !== null);
  if (problem != null) return [refusal("INVALID_VALUE", path, problem)];
  return headings.includes("__proto__") ? [refusal("INVALID_VALUE", path, 'has a heading "__proto__"')] : [];
}

/** Why a heading is no readable text. */
function headingProblem(heading: string, at: number): string | null {
  const problem =
    textProblem(heading) ?? (heading.includes("\ufffd") ? "has bytes that cannot be read as text" : null);
  return problem && `the heading of column ${at + 1} ${problem}; is the file in another encoding?`;
}
