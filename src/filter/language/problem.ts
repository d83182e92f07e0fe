/** Limits of one filter. */
export const limits = {
  groups: 10,
  conditions: 20,
  leaves: 100,
  depth: 8,
  values: 500,
  relations: 2,
  /** Comparisons, including those of named smart lists. */
  total: 1_000,
  /** Values of one statement. Prisma allows 32,766; with that many it blocks the event loop for 0.2 s. */
  parameters: 10_000,
  /**
   * Values compared under a key of a JSON column: each becomes a condition in Prisma, and planning this many takes
   * 0.1 s.
   */
  inJson: 500,
} as const;

/** A problem of a filter. */
export interface Problem {
  readonly code:
    | "UNKNOWN_FILTER_FIELD"
    | "UNKNOWN_FILTER_OPERATOR"
    | "INVALID_FILTER_VALUE"
    | "UNKNOWN_REFERENCE"
    | "CIRCULAR_LIST"
    | "NEEDS_ALL_DATA"
    | "FILTER_TOO_LARGE";
  readonly message: string;
  /** The path, such as `query.groups[1].conditions[0].field`. */
  readonly path: string;
  readonly suggestions: readonly string[];
}

/**
 * Counts the comparisons of a whole filter including named smart lists, since nested lists would multiply the limit.
 */
export class Total {
  #leaves = 0;

  get spent(): boolean {
    return this.#leaves > limits.total;
  }

  hasRoom(): boolean {
    this.#leaves += 1;
    return !this.spent;
  }
}

/** `has 12 groups; the limit is 10`, or null within the limit. */
export function limitProblem(path: string, what: keyof typeof limits, count: number): Problem | null {
  if (count <= limits[what]) return null;
  const names = {
    depth: `a depth of ${count}`,
    relations: `${count} relations inside each other`,
    total: "too many comparisons, including those of the smart lists that it names",
    parameters: `${count} values in all`,
    inJson: `${count} values of custom fields that are compared one by one, since they have no column of their own`,
  };
  const said = what in names ? names[what as keyof typeof names] : `${count} ${what}`;
  const message = `has ${said}; the limit is ${limits[what]}`;
  return { code: "FILTER_TOO_LARGE", message, path, suggestions: [] };
}
