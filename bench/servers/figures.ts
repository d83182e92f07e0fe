/** Figures of several rounds to one, and the spread of them. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

export const round = (value: number): number => Number(value.toPrecision(3));

/** The middle; null of nothing. */
export const middle = (values: readonly number[]): number | null =>
  values.length > 0 ? round(median(values)) : null;

/** The least and the greatest. */
export type Range = readonly [number, number];

export const rangeOf = (values: readonly number[]): Range | null =>
  values.length > 0 ? [round(Math.min(...values)), round(Math.max(...values))] : null;

/** How much a line through some values, taken at even times, rises from its first to its last point, as a share. */
export function growthOf(values: readonly number[]): number {
  const centre = (values.length - 1) / 2;
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  let [above, below] = [0, 0];
  for (const [at, value] of values.entries()) {
    above += (at - centre) * (value - mean);
    below += (at - centre) ** 2;
  }
  const slope = below > 0 ? above / below : 0;
  return (slope * 2 * centre) / (mean - slope * centre);
}
