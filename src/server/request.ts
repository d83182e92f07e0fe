import type { Account } from "./watch/account.ts";

/** What the server knows of each request from its beginning on; Yoga hands it to plugins and resolvers. */
export interface RequestContext {
  /** Sent as X-Request-Id, told with every error, and in each of the request's log lines. */
  readonly requestId: string;
  /** What the request comes to. */
  readonly account: Account;
}
