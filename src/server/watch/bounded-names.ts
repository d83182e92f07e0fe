/**
 * Labels for names that callers choose. Each label takes memory here and in Prometheus until the end of the process,
 * and a caller who sent a new name with each request would fill both: the number of labels is limited.
 */
export class BoundedNames {
  readonly #most: number;
  readonly #known = new Set<string>();

  /** @param most maximum number of names that become labels, on a first-come basis */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param answered whether the operation succeeded: names of refused operations, which are cheap, get no label */
  labelOf(name: string, answered: boolean): string {
    if (this.#known.has(name)) return name;
    if (!answered || this.#known.size >= this.#most || name.length > MOST_CHARACTERS) return OTHER;
    this.#known.add(name);
    return name;
  }
}

/** Maximum number of characters of a name that becomes a label. */
const MOST_CHARACTERS = 100;
/** The label of all other names. */
const OTHER = "other";
