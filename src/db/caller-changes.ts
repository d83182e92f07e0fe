/**
 * Changes of keys, members and organizations: what a caller is may be known from an earlier request for as long as
 * every change is heard of.
 */
export interface CallerChanges {
  /**
   * Whether every change that was committed more than a second ago has been told. While it is false, each request must
   * look up its caller.
   */
  isCurrent(): boolean;
  /** Grows with each change that was told or may have been missed: what was read before may be outdated since. */
  readonly epoch: number;
  /** @param forget called with the organization that changed; with null if any may have changed */
  subscribe(forget: (orgId: string | null) => void): void;
  /** Tells of a change that this process has committed. */
  tell(orgId: string): void;
  close(): Promise<void>;
}

/**
 * The changes that this process commits.
 *
 * @param alone whether no other process can change the database; otherwise the changes are never current
 */
export class OwnChanges implements CallerChanges {
  readonly #alone: boolean;
  readonly #subscribers: ((orgId: string | null) => void)[] = [];
  #epoch = 0;

  constructor(alone: boolean) {
    this.#alone = alone;
  }

  get epoch(): number {
    return this.#epoch;
  }

  isCurrent(): boolean {
    return this.#alone;
  }

  subscribe(forget: (orgId: string | null) => void): void {
    this.#subscribers.push(forget);
  }

  tell(orgId: string | null): void {
    this.#epoch += 1;
    for (const forget of this.#subscribers) forget(orgId);
  }

  async close(): Promise<void> {}
}
