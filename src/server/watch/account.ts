import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { DocumentNode } from "graphql";
import type { Viewer } from "../../auth/viewer.ts";
import { connectionAwaited, statementSent } from "../../lib/events.ts";
import { StatementTally } from "./statement-tally.ts";

/** What was asked for, as far as the address tells: any other address is a caller's own words, and is not kept. */
export type Route = "graphql" | "download" | "probe" | "other";

/** What a request comes to: gathered while it is answered, and told when it has ended. */
export class Account {
  /** Sent as X-Request-Id, told with every error, and in each of the request's log lines. */
  readonly requestId = randomUUID();
  /** By the clock of `performance.now()`. */
  readonly began = performance.now();
  /** The operation's, or why the request was refused; null for what is no GraphQL and was answered. */
  code: string | null = null;
  /** The status with which the connection was ended while the request was being answered. */
  refusedWith: number | null = null;
  /** Null for an operation without a name, and where none was read. */
  operation: string | null = null;
  type: "query" | "mutation" | "subscription" | null = null;
  document: DocumentNode | null = null;
  /** Whether the operation was executed by code that was made for it. */
  compiled = false;
  /** When the operation had arrived, and how many milliseconds it took until it was answered. */
  operationBegan: number | null = null;
  operationTook: number | null = null;
  cost: { readonly requested: number; actual?: number } | null = null;
  viewer: Pick<Viewer, "apiKeyId" | "credentialId" | "orgId"> | null = null;
  /** Why the credential was refused: for the log, and not for who sent it. */
  reason: string | null = null;
  /** The key that a refused credential names. */
  refusedKeyId: string | null = null;
  /** The address that a refused credential came from. */
  address: string | null = null;
  traceId: string | null = null;
  readonly statements: StatementTally;
  /** Milliseconds for which connections to the database were waited for. */
  waited = 0;

  /** @param keepTexts whether the texts of its statements are kept, for the case that it is slow */
  constructor(
    readonly route: Route,
    readonly method: string,
    keepTexts: boolean,
  ) {
    this.statements = new StatementTally(keepTexts);
  }
}

const current = new AsyncLocalStorage<Account>();

/** The account of the request in whose name something is done; undefined beside requests, as in background jobs. */
export const currentAccount = (): Account | undefined => current.getStore();

/** Does work in a request's name: what it sends to the database is put on its account. */
export const onAccount = <Result>(account: Account, work: () => Result): Result => current.run(account, work);

let attributing = false;

/** Begins to put statements on the accounts of requests, in the whole process. */
export function attributeStatements(): void {
  if (attributing) return;
  attributing = true;
  statementSent.watch((sent) => {
    const account = current.getStore();
    if (account) sent.whenDone((milliseconds) => account.statements.add(sent.text, milliseconds));
  });
  connectionAwaited.watch(({ milliseconds }) => {
    const account = current.getStore();
    if (account) account.waited += milliseconds;
  });
}

/** @param url absolute or from its path on */
export function routeOf(url: string): Route {
  const [, path = ""] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? [];
  if (path === "/graphql") return "graphql";
  if (path === "/health" || path === "/ready") return "probe";
  return path.startsWith("/imports/") || path.startsWith("/exports/") ? "download" : "other";
}
