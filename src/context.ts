import type { Db } from "./db/scoped.ts";
import type { Viewer } from "./viewer.ts";

/** What a resolver has: who asks, and the door to the rows that they may see. */
export interface Context {
  readonly viewer: Viewer;
  readonly db: Db;
  /** One moment for the whole request. */
  readonly now: Date;
}
