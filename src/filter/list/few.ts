/**
 * Lists that had few rows when they were last counted. Their page and their number are found together, in one
 * statement that finds every row once; of many rows the number is found faster without them, and the page without
 * most of them. What is noted here only decides between the two: both answer the same.
 */

/** Rows that are sorted in memory in a fraction of the time in which they are found. */
const FEW = 2000;

/** Lists that are noted; those beyond them displace the oldest. */
const MOST_LISTS = 10_000;

const few = new Set<string>();

/** @param list tells a list of an organization from every other, such as the fingerprint of its cursors */
export const hasFew = (list: string): boolean => few.has(list);

export function noteCount(list: string, count: number): void {
  few.delete(list);
  if (count > FEW) return;
  few.add(list);
  const [oldest] = few;
  if (few.size > MOST_LISTS && oldest !== undefined) few.delete(oldest);
}
