import { distance } from "fastest-levenshtein";

/**
 * Suggestions for a mistyped name, nearest first.
 *
 * @returns at most three names, whose distance is at most a third of the text's length, or two letters
 */
export function nearest(text: string, names: Iterable<string>): string[] {
  const wanted = text.toLowerCase().slice(0, 100);
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return [...names]
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
}
