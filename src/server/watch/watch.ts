import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type DocumentNode, Kind, print, type ValueNode, visit } from "graphql";
import type { Logger } from "pino";
import { Account, attributeStatements, onAccount, type Route, routeOf } from "./account.ts";
import { cut, rounded } from "./statement-tally.ts";

/** How a request ended. */
export interface End {
  readonly status: number;
  /** Sent to the caller; null where nobody has counted them. */
  readonly bytes: number | null;
  /** Whether the caller hung up before all of the answer was sent. */
  readonly gone: boolean;
}

/** A request that has ended, as metrics and traces see it. */
export interface Ended extends End {
  readonly account: Account;
  readonly milliseconds: number;
}

/** What else is told of requests, beside the log. */
export interface Observer {
  began?(account: Account): void;
  ended(request: Ended): void;
}

/** Traces requests, beside what is told of them. */
export interface Tracer {
  /** Does a request's work within its trace. @param headers where the caller's own trace may be named */
  request<Result>(account: Account, headers: IncomingHttpHeaders, work: () => Result): Result;
  /** Does an operation's work within its part of the trace. */
  operation<Result>(account: Account, work: () => Result): Result;
  operationEnded(account: Account): void;
  ended(request: Ended): void;
}

export interface WatchOptions {
  readonly logger: Logger;
  /** Milliseconds from which on an operation is logged with its statements; 0 for never. */
  readonly slowOperation: number;
  readonly observer?: Observer | null | undefined;
  readonly tracer?: Tracer | null | undefined;
}

/** Characters of an operation's name in the log: a name is its caller's word. */
const MOST_NAME = 100;
/** Texts of statements that a slow operation is logged with. */
const MOST_STATEMENTS = 20;

/** Follows requests from their beginning to their end, and tells of each once. */
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

  /** @param url absolute or from its path on */
  begin(method: string, url: string): Account {
    const account = new Account(routeOf(url), method, this.#slow > 0);
    this.#observer?.began?.(account);
    return account;
  }

  /**
   * Does the work of a request in its name.
   *
   * @param headers where the caller's own trace may be named
   */
  run<Result>(account: Account, headers: IncomingHttpHeaders, work: () => Result): Result {
    const { tracer } = this;
    return onAccount(account, () => (tracer ? tracer.request(account, headers, work) : work()));
  }

  /** An operation has its result. */
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

  /** A request has its answer, or nobody who would read it. */
  end(account: Account, end: End): void {
    const milliseconds = performance.now() - account.began;
    this.#observer?.ended({ account, milliseconds, ...end });
    this.tracer?.ended({ account, milliseconds, ...end });
    const level = levels[account.route];
    if (this.#logger.isLevelEnabled(level))
      this.#logger[level](lineOf(account, milliseconds, end), "request");
  }
}

/** Probes come every few seconds, for ever. */
const levels: Readonly<Record<Route, "info" | "debug">> = {
  graphql: "info",
  download: "info",
  other: "info",
  probe: "debug",
};

/** Of an address, a body and variables nothing is told: what stands there is people's. */
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
    ...(account.refusedKeyId !== null && { keyId: account.refusedKeyId }),
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
  return { ...(apiKeyId === null ? { userId: credentialId } : { keyId: apiKeyId }), orgId };
}

/** A document without the values that stand in it, and a hash that is the same for all documents of that form. */
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
