import { channel } from "node:diagnostics_channel";

/**
 * What happens below the server and is counted, timed and traced there. An event goes through a channel of
 * `node:diagnostics_channel`, so that no room knows who watches it; where nobody does, nothing is done.
 */
export interface Event<Told> {
  /** Whether anybody watches. */
  readonly watched: boolean;
  tell(told: Told): void;
  /**
   * Watches from now on, in the whole process.
   *
   * @param watcher must not throw
   * @returns a function that ends it
   */
  watch(watcher: (told: Told) => void): () => void;
}

function event<Told>(name: string): Event<Told> {
  const told = channel(`rolograph:${name}`);
  return {
    get watched() {
      return told.hasSubscribers;
    },
    tell: (what) => told.publish(what),
    watch(watcher) {
      const listener = (what: unknown) => watcher(what as Told);
      told.subscribe(listener);
      return () => void told.unsubscribe(listener);
    },
  };
}

/** A statement on its way to PostgreSQL. Its parameters are not told. */
export class SentStatement {
  readonly #began = performance.now();
  #watchers: ((milliseconds: number, failure: unknown) => void)[] = [];

  /** @param text as it is sent, with `$1`, `$2` in the place of values */
  constructor(readonly text: string) {}

  /** @param watcher called once, with what the statement failed with, or null */
  whenDone(watcher: (milliseconds: number, failure: unknown) => void): void {
    this.#watchers.push(watcher);
  }

  done(failure: unknown): void {
    const milliseconds = performance.now() - this.#began;
    for (const watcher of this.#watchers) watcher(milliseconds, failure);
    this.#watchers = [];
  }
}

/** A statement is handed to the driver. Told in the asynchronous context of whoever sends it. */
export const statementSent = event<SentStatement>("statement");

/** A connection was waited for, by whoever asked the pool for one. */
export const connectionAwaited = event<{
  readonly milliseconds: number;
  /** Whether there was one in the end. */
  readonly got: boolean;
}>("connection");

/** A loader read what was asked of it at one time. */
export const batchLoaded = event<{
  readonly loader: string;
  /** How many it was asked for. */
  readonly keys: number;
}>("batch");

/** A mutation was answered with what it answered before under the same idempotency key. */
export const writeRepeated = event<{ readonly mutation: string }>("repeated");

/** A background job came to its end. */
export const jobEnded = event<{ readonly kind: string; readonly state: "DONE" | "FAILED" }>("job");

/** Records were erased because they had been in the trash for too long. */
export const trashPurged = event<{ readonly contacts: number; readonly leads: number }>("purge");
