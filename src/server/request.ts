import type { Account } from "./watch/account.ts";

/** What every request has from the start; Yoga passes it to plugins and resolvers. */
export interface RequestContext {
  /** Sent as X-Request-Id, in every error, and in each log line of the request. */
  readonly requestId: string;
  /** What the request comes to. */
  readonly account: Account;
}
