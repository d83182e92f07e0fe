/** What one filter may be made of. */
export const limits = {
  groups: 10,
  conditions: 20,
  leaves: 100,
  depth: 8,
  values: 500,
  relations: 2,
} as const;

/** Something that is wrong with a filter. */
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
  /** Where, such as `query.groups[1].conditions[0].field`. */
  readonly path: string;
  readonly suggestions: readonly string[];
}

/** `has 12 groups; the limit is 10`, or null within the limit. */
export function limitProblem(path: string, what: keyof typeof limits, count: number): Problem | null {
  if (count <= limits[what]) return null;
  const names = { depth: `a depth of ${count}`, relations: `${count} relations inside each other` };
  const said = what in names ? names[what as keyof typeof names] : `${count} ${what}`;
  const message = `has ${said}; the limit is ${limits[what]}`;
  return { code: "FILTER_TOO_LARGE", message, path, suggestions: [] };
}
