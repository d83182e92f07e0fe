import { randomUUID } from "node:crypto";
import type { DocumentNode } from "graphql";
import type { Viewer } from "../../auth/viewer.ts";
import { connectionAwaited, statementSent } from "../../lib/events.ts";
import { StatementTally } from "./statement-tally.ts";

/** The kind of path that was requested. The path itself is not kept: it may contain anything that a caller sends. */
export type Route = "graphql" | "download" | "probe" | "other";

/** Figures of one request, collected while it is answered, for its log line, metrics and spans. */
export class Account {
  /** Sent as X-Request-Id and with every error, and logged with each line about the request. */
  readonly requestId = randomUUID();
  /** A value of `performance.now()`. */
  readonly began = performance.now();
  /** The code of the operation or of the refusal; null for an answered request outside of GraphQL. */
  code: string | null = null;
  /** The status with which the connection was ended while the request was being answered. */
  refusedWith: number | null = null;
  /** The operation's name; null if it has none, or no operation was read. */
  operation: string | null = null;
  type: "query" | "mutation" | "subscription" | null = null;
  document: DocumentNode | null = null;
  /** Whether the operation was executed by code compiled from its document. */
  compiled = false;
  /** When the operation had arrived, and the milliseconds from then until its result. */
  operationBegan: number | null = null;
  operationTook: number | null = null;
  cost: { readonly requested: number; actual?: number } | null = null;
  viewer: Pick<Viewer, "apiKeyId" | "credentialId" | "orgId"> | null = null;
  /** Why the credential was refused; the caller does not learn it. */
  reason: string | null = null;
  /** The key that a refused credential names. */
  refusedKeyId: string | null = null;
  /** The address that a refused credential came from. */
  address: string | null = null;
  traceId: string | null = null;
  readonly statements: StatementTally;
  /** Milliseconds spent waiting for connections to the database. */
  waited = 0;

  /** @param keepTexts whether to keep the texts of its statements, which are logged if the operation is slow */
  constructor(
    readonly route: Route,
    readonly method: string,
    keepTexts: boolean,
  ) {
    this.statements = new StatementTally(keepTexts);
  }
}

let attributing = false;

/** Begins to count statements and waits on the accounts of requests, in the whole process. */
export function attributeStatements(): void {
  if (attributing) return;
  attributing = true;
  statementSent.watch((sent) => {
    const { request, text } = sent;
    if (request instanceof Account)
      sent.whenDone((milliseconds) => request.statements.add(text, milliseconds));
  });
  connectionAwaited.watch(({ milliseconds, request }) => {
    if (request instanceof Account) request.waited += milliseconds;
  });
}

/** @param url absolute, or only path and query string */
export function routeOf(url: string): Route {
  const [, path = ""] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url) ?? [];
  if (path === "/graphql") return "graphql";
  if (path === "/health" || path === "/ready") return "probe";
  return path.startsWith("/imports/") || path.startsWith("/exports/") ? "download" : "other";
}
