import type { Viewer } from "../auth/viewer.ts";
import type { Db } from "../db/scope/db.ts";

/** Something that was accepted and should be done otherwise. Shown in the answer's `extensions.warnings`. */
export interface Warning {
  readonly code: "DEPRECATED_CUSTOM_FIELD_NAME" | "ADDRESS_IN_TRASH" | "ADDRESS_REDIRECTED" | "WISH_KEPT";
  readonly message: string;
  /** Where in the arguments. */
  readonly path: readonly string[];
}

/** What a resolver has: who asks, and the door to the rows that they may see. */
export interface Context {
  readonly viewer: Viewer;
  /** Put in its place once the operation is known: a query ends when its caller hangs up. */
  db: Db;
  /** One moment for the whole request. */
  readonly now: Date;
  /** Added to while the request is answered. */
  readonly warnings: Warning[];
  /** How many writes the request has done: what was read before one may be stale after it. */
  readonly progress: { writes: number };
}

/** What a write needs of a context; jobs and command lines make their own. */
export interface Caller extends Pick<Context, "db" | "now" | "warnings" | "progress"> {
  readonly viewer: Pick<Viewer, "memberId" | "dataScope" | "credentialId" | "apiKeyId" | "source">;
}
