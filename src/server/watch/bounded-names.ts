/**
 * Names that callers choose, as labels: each label is memory here and in Prometheus for as long as it runs, and
 * whoever sent a new name with each request would fill both.
 */
export class BoundedNames {
  readonly #most: number;
  readonly #known = new Set<string>();

  /** @param most names that are labels of their own, the first that come */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param answered whether it was answered: what is refused costs nothing to send, and gets no label of its own */
  labelOf(name: string, answered: boolean): string {
    if (this.#known.has(name)) return name;
    if (!answered || this.#known.size >= this.#most || name.length > MOST_CHARACTERS) return OTHER;
    this.#known.add(name);
    return name;
  }
}

/** Characters of a name that is a label of its own. */
const MOST_CHARACTERS = 100;
/** The label of all that came too late. */
const OTHER = "other";
