import type { Account } from "./watch/account.ts";

/** What every request has from the start; Yoga passes it to plugins and resolvers. */
export interface RequestContext {
  /** Sent as X-Request-Id, in every error, and in each log line of the request. */
  readonly requestId: string;
  /** Figures of the request, for its log line, metrics and spans. */
  readonly account: Account;
}
