import type { Viewer } from "../auth/viewer.ts";
import type { Db } from "../db/scope/db.ts";

/** Advice about an input that was accepted. Shown in the answer's `extensions.warnings`. */
export interface Warning {
  readonly code: "DEPRECATED_CUSTOM_FIELD_NAME" | "ADDRESS_IN_TRASH" | "ADDRESS_REDIRECTED" | "WISH_KEPT";
  readonly message: string;
  /** Where in the arguments. */
  readonly path: readonly string[];
}

/** The context of resolvers: the viewer, and the client that is scoped to the rows they may see. */
export interface Context {
  /** The request's, sent as X-Request-Id and told with every error. */
  readonly requestId: string;
  /** Replaced when the request changes the organization. */
  viewer: Viewer;
  /** Replaced once the operation is known, because a query is cancelled when its caller disconnects. */
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
  readonly viewer: Pick<
    Viewer,
    "memberId" | "role" | "dataScope" | "scopes" | "credentialId" | "apiKeyId" | "source"
  >;
}
