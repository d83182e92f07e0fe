import type { Viewer } from "../auth/viewer.ts";
import type { IdType } from "../db/ids.ts";
import type { Db } from "../db/scope/db.ts";
import type { Turn } from "../db/turn.ts";

/** A warning about an accepted input, shown in `extensions.warnings` of the answer. */
export interface Warning {
  readonly code: "DEPRECATED_CUSTOM_FIELD_NAME" | "ADDRESS_IN_TRASH" | "ADDRESS_REDIRECTED" | "WISH_KEPT";
  readonly message: string;
  /** Path in the arguments. */
  readonly path: readonly string[];
}

/** The origin of a request, job or command, for its audit events; the viewer says who it is. */
interface Origin {
  /** X-Request-Id of the answer; null for jobs and commands. */
  readonly requestId: string | null;
  /** The client's network address; null if it is unknown. */
  readonly address: string | null;
  /** The job, if a job writes. */
  readonly job: { readonly type: IdType; readonly id: string } | null;
  /** Whether a command of the operator writes, in the member's name. */
  readonly operator: boolean;
}

/** The context of resolvers: the viewer, and the client that is scoped to the rows they may see. */
export interface Context {
  /** The request id, sent as X-Request-Id and in every error. */
  readonly requestId: string;
  readonly origin: Origin;
  /** Replaced when the request changes the organization's settings. */
  viewer: Viewer;
  /** The request's turn for connections to the database. */
  readonly turn: Turn;
  /** Replaced once the operation is known, because a query is cancelled when its caller disconnects. */
  db: Db;
  /** The time of the request, the same for all of it. */
  readonly now: Date;
  /** Filled while the request is processed. */
  readonly warnings: Warning[];
  /** Number of writes of the request: data read before a write may be stale after it. */
  readonly progress: { writes: number };
}

/** The part of the context that a write needs; jobs and commands build their own. */
export interface Caller extends Pick<Context, "db" | "now" | "warnings" | "progress" | "origin"> {
  readonly viewer: Pick<
    Viewer,
    "memberId" | "role" | "dataScope" | "scopes" | "credentialId" | "apiKeyId" | "source"
  >;
}
