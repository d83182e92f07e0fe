/**
 * Remembers lists that had few rows when they were last counted. For these, one statement that finds every row gives
 * both the page and the total; for long lists two statements are faster. It only decides which: the answer is the same.
 */

/** Most rows of a short list: sorting them takes a fraction of the time of finding them. */
const FEW = 2000;

/** Most lists that are remembered; a further one replaces the oldest. */
const MOST_LISTS = 10_000;

const few = new Set<string>();

/**
 * Whether a list had few rows when it was last counted.
 *
 * @param list identifies the list and its organization, such as the fingerprint of its cursors
 */
export const hasFew = (list: string): boolean => few.has(list);

/** Remembers a list's total. */
export function noteCount(list: string, count: number): void {
  few.delete(list);
  if (count > FEW) return;
  few.add(list);
  const [oldest] = few;
  if (few.size > MOST_LISTS && oldest !== undefined) few.delete(oldest);
}
