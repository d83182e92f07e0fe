import { channel } from "node:diagnostics_channel";

/**
 * Events below the server, which the server counts, times and traces. An event goes through a channel of
 * `node:diagnostics_channel`, so that its sender does not know who watches it. Without a watcher, nothing is done.
 */
export interface Event<Told> {
  /** Whether anybody watches. */
  readonly watched: boolean;
  tell(told: Told): void;
  /**
   * Watches from now on, in the whole process.
   *
   * @param watcher must not throw
   * @returns a function that stops watching
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

/** A statement sent to PostgreSQL, without its parameters. */
export class SentStatement {
  readonly #began = performance.now();
  #watchers: ((milliseconds: number, failure: unknown) => void)[] = [];

  /**
   * @param text the SQL as it is sent, with `$1`, `$2` in place of values
   * @param request the request that it is sent for; null for other work
   */
  constructor(
    readonly text: string,
    readonly request: object | null,
  ) {}

  /** @param watcher called once, with the error that the statement failed with, or null */
  whenDone(watcher: (milliseconds: number, failure: unknown) => void): void {
    this.#watchers.push(watcher);
  }

  done(failure: unknown): void {
    const milliseconds = performance.now() - this.#began;
    for (const watcher of this.#watchers) watcher(milliseconds, failure);
    this.#watchers = [];
  }
}

/** A statement is handed to the driver. Published in the asynchronous context of its sender. */
export const statementSent = event<SentStatement>("statement");

/** Somebody waited for a connection of the pool. */
export const connectionAwaited = event<{
  readonly milliseconds: number;
  /** Whether they got one. */
  readonly got: boolean;
  /** The request that waited; null for other work. */
  readonly request: object | null;
}>("connection");

/** A loader read the keys that it was asked for at one time. */
export const batchLoaded = event<{
  readonly loader: string;
  /** Number of keys. */
  readonly keys: number;
}>("batch");

/** A mutation was sent again with its idempotency key and got its first answer. */
export const writeRepeated = event<{ readonly mutation: string }>("repeated");

/** A background job ended. */
export const jobEnded = event<{ readonly kind: string; readonly state: "DONE" | "FAILED" }>("job");

/** Records were erased because their time in the trash was over. */
export const trashPurged = event<{ readonly contacts: number; readonly leads: number }>("purge");
