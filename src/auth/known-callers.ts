import type { CallerChanges } from "../db/caller-changes.ts";

/** Milliseconds for which rows are known, if no change of them is heard. */
const KNOWN_FOR = 30_000;

/** Most credentials that are known at a time. */
const MOST = 10_000;

interface Known {
  readonly rows: readonly CallerRow[];
  readonly until: number;
  /** Whether rows of other organizations could join these. */
  readonly open: boolean;
}

/** A row that says what a credential is. */
interface CallerRow {
  readonly orgId: string | null;
}

/**
 * What credentials are, known from earlier requests while every change of keys, members and organizations is heard.
 * A credential that was not found is never known: its next request looks again.
 */
export class KnownCallers {
  readonly #changes: CallerChanges;
  readonly #known = new Map<string, Known>();

  constructor(changes: CallerChanges) {
    this.#changes = changes;
    changes.subscribe((orgId) => this.#forget(orgId));
  }

  /**
   * The rows of a credential: known ones, or those that are read now.
   *
   * @param credential identifies the credential, but is not a secret
   * @param read reads the rows; they may be given to several requests
   * @param open whether a change of any organization may add rows
   */
  async find<Row extends CallerRow>(
    credential: string,
    read: () => Promise<readonly Row[]>,
    open = false,
  ): Promise<readonly Row[]> {
    const known = this.#known.get(credential);
    const current = this.#changes.isCurrent();
    if (known && current && known.until > performance.now()) return known.rows as readonly Row[];
    const { epoch } = this.#changes;
    const rows = await read();
    // A change that was told meanwhile may not be in these rows.
    if (current && epoch === this.#changes.epoch && rows.some(({ orgId }) => orgId !== null)) {
      this.#known.delete(credential);
      const [oldest] = this.#known.keys();
      if (oldest !== undefined && this.#known.size >= MOST) this.#known.delete(oldest);
      this.#known.set(credential, { rows, open, until: performance.now() + KNOWN_FOR });
    }
    return rows;
  }

  #forget(changed: string | null): void {
    if (changed === null) this.#known.clear();
    for (const [credential, { rows, open }] of this.#known)
      if (open || rows.some(({ orgId }) => orgId === changed)) this.#known.delete(credential);
  }
}
