import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type DocumentNode, Kind, print, type ValueNode, visit } from "graphql";
import type { Logger } from "pino";
import { encodeId } from "../../db/ids.ts";
import { Account, attributeStatements, type Route, routeOf } from "./account.ts";
import { cut, rounded } from "./statement-tally.ts";

/** How a request ended. */
export interface End {
  readonly status: number;
  /** Bytes sent to the caller; null if they were not counted. */
  readonly bytes: number | null;
  /** Whether the caller hung up before the whole answer was sent. */
  readonly gone: boolean;
}

/** A request that has ended, for metrics and traces. */
export interface Ended extends End {
  readonly account: Account;
  readonly milliseconds: number;
}

/** Observes requests, in addition to the log. */
export interface Observer {
  began?(account: Account): void;
  ended(request: Ended): void;
}

/** Traces requests, in addition to the log and the observer. */
export interface Tracer {
  /** Does a request's work inside its span. @param headers may name the caller's own trace */
  request<Result>(account: Account, headers: IncomingHttpHeaders, work: () => Result): Result;
  /** Does an operation's work inside its span. */
  operation<Result>(account: Account, work: () => Result): Result;
  operationEnded(account: Account): void;
  ended(request: Ended): void;
}

export interface WatchOptions {
  readonly logger: Logger;
  /** An operation that takes at least this many milliseconds is logged with its statements; 0 for none. */
  readonly slowOperation: number;
  readonly observer?: Observer | null | undefined;
  readonly tracer?: Tracer | null | undefined;
}

/** Maximum number of characters of an operation's name in the log: callers choose names. */
const MOST_NAME = 100;
/** Maximum number of statement texts in the log line of a slow operation. */
const MOST_STATEMENTS = 20;

/** Follows requests from their beginning to their end, and reports each once. */
export class Watch {
  readonly #logger: Logger;
  readonly #slow: number;
  readonly #observer: Observer | null;
  readonly tracer: Tracer | null;

  constructor({ logger, slowOperation, observer = null, tracer = null }: WatchOptions) {
    attributeStatements();
    this.#logger = logger;
    this.#slow = slowOperation;
    this.#observer = observer;
    this.tracer = tracer;
  }

  /** @param url absolute, or only path and query string */
  begin(method: string, url: string): Account {
    const account = new Account(routeOf(url), method, this.#slow > 0);
    this.#observer?.began?.(account);
    return account;
  }

  /**
   * Does the work of a request, inside its span if it is traced.
   *
   * @param headers may name the caller's own trace
   */
  run<Result>(account: Account, headers: IncomingHttpHeaders, work: () => Result): Result {
    const { tracer } = this;
    return tracer ? tracer.request(account, headers, work) : work();
  }

  /** Called when an operation has its result. */
  operationEnded(account: Account): void {
    if (account.operationBegan === null) return;
    account.operationTook = performance.now() - account.operationBegan;
    this.tracer?.operationEnded(account);
    if (this.#slow === 0 || account.operationTook < this.#slow) return;
    const { requestId, document, statements, operationTook, waited, traceId } = account;
    this.#logger.warn(
      {
        requestId,
        ...operationOf(account),
        ms: rounded(operationTook),
        ...(document && documentOf(document)),
        poolMs: rounded(waited),
        sqlMs: rounded(statements.milliseconds),
        statements: statements
          .slowest(MOST_STATEMENTS)
          .map(({ text, count, milliseconds }) => ({ text, count, ms: milliseconds })),
        ...(traceId !== null && { traceId }),
      },
      "slow operation",
    );
  }

  /** Called when a request was answered, or its caller hung up. */
  end(account: Account, end: End): void {
    const milliseconds = performance.now() - account.began;
    this.#observer?.ended({ account, milliseconds, ...end });
    this.tracer?.ended({ account, milliseconds, ...end });
    const level = levels[account.route];
    if (this.#logger.isLevelEnabled(level))
      this.#logger[level](lineOf(account, milliseconds, end), "request");
  }
}

/** Log levels of requests. Probes arrive every few seconds, and would fill the log at `info`. */
const levels: Readonly<Record<Route, "info" | "debug">> = {
  graphql: "info",
  download: "info",
  other: "info",
  probe: "debug",
};

/** A request's log line. It has nothing of the path, the body or the variables, which contain data of people. */
function lineOf(account: Account, milliseconds: number, { status, bytes, gone }: End) {
  const { requestId, route, method, code, statements, waited, cost, viewer, reason, traceId } = account;
  return {
    requestId,
    method,
    route,
    ...(account.type !== null && operationOf(account)),
    ...(code !== null && { code }),
    status,
    ms: rounded(milliseconds),
    statements: statements.count,
    sqlMs: rounded(statements.milliseconds),
    poolMs: rounded(waited),
    ...(cost && { cost }),
    ...callerOf(viewer),
    ...(reason !== null && { reason }),
    ...(account.refusedKeyId !== null && { keyId: encodeId("ApiKey", account.refusedKeyId) }),
    ...(account.address !== null && { address: account.address }),
    ...(bytes !== null && { bytes }),
    ...(gone && { gone }),
    ...(traceId !== null && { traceId }),
  };
}

const operationOf = ({ operation, type }: Account) => ({
  operation: operation === null ? "anonymous" : operation.slice(0, MOST_NAME),
  type,
});

function callerOf(viewer: Account["viewer"]) {
  if (!viewer) return {};
  const { apiKeyId, credentialId, orgId } = viewer;
  const who = apiKeyId === null ? { userId: credentialId } : { keyId: encodeId("ApiKey", apiKeyId) };
  return { ...who, orgId: encodeId("Organization", orgId) };
}

/** A document without its values, and a hash that is the same for all documents of the same form. */
function documentOf(document: DocumentNode) {
  const text = print(visit(document, { enter: (node) => withoutValue(node as ValueNode) }));
  return { document: cut(text), documentHash: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}

function withoutValue(node: ValueNode): ValueNode | undefined {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return { kind: Kind.INT, value: "0" };
    case Kind.STRING:
      return { kind: Kind.STRING, value: "" };
    case Kind.LIST:
      return { kind: Kind.LIST, values: [] };
    default:
      return undefined;
  }
}
