import type { Logger } from "pino";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "../../db/database.ts";
import { requestCodes } from "../../lib/error-codes.ts";
import type { Account } from "./account.ts";
import { BoundedNames } from "./bounded-names.ts";
import { jobsGauge } from "./jobs-gauge.ts";
import { watchDatabase, watchWork } from "./metrics-of-work.ts";
import type { Ended, Observer } from "./watch.ts";

/**
 * Metrics for Prometheus. Callers choose the names of operations: the first names become labels, and all others share
 * one label. No label contains an organization, a member, a key or an address.
 */

/** Maximum number of operation names that become labels; each has about fifty series. */
const MOST_OPERATIONS = 100;

/** Buckets in seconds: a prepared read takes a few milliseconds, and STATEMENT_TIMEOUT_MS is thirty seconds. */
const OPERATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Buckets for statements of an operation: a list has two to four. If the number grows with its rows, that is a bug. */
const STATEMENTS = [0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 50, 100];
/** Buckets for the cost of an operation, up to the default of COST_LIMIT and beyond. */
const COST = [1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000];
/** Buckets for the bytes of an answer; the maximum is 64 MiB. */
const BYTES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 67_108_864];

export interface Metrics extends Observer {
  readonly registry: Registry;
  /** Stops counting. */
  stop(): void;
}

/**
 * Begins to count requests, operations, statements and jobs of this process.
 *
 * @param version the product's version
 */
export function startMetrics(database: Database, logger: Logger, version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const operations = new BoundedNames(MOST_OPERATIONS);

  new Gauge({
    name: "rolograph_build_info",
    help: "Always 1; its labels are the running version and the version of Node.js.",
    labelNames: ["version", "node"],
    aggregator: "first",
    registers,
  }).set({ version, node: process.version }, 1);

  const requests = requestMetrics(registry);
  const operationMetrics = metricsOfOperations(registry);
  const stops = [watchDatabase(registry, database), watchWork(registry)];
  jobsGauge(registry, database, logger);

  return {
    registry,
    began: () => requests.inFlight.inc(),
    ended({ account, milliseconds, status, bytes, gone }: Ended) {
      const { route } = account;
      requests.inFlight.dec();
      requests.total.inc({ route, status: String(status) });
      requests.seconds.observe({ route }, milliseconds / 1000);
      if (gone) requests.gone.inc({ route });
      if (bytes !== null) requests.bytes.observe(bytes);
      if (account.reason !== null) requests.refused.inc({ reason: account.reason });
      if (account.code === "RATE_LIMITED")
        requests.limited.inc({ limit: account.reason === null ? "cost" : "guesses" });
      if (account.operationTook !== null)
        operationMetrics(account, operations.labelOf(nameOf(account), account.code === "OK"));
    },
    stop: () => {
      for (const stop of stops) stop();
      registry.clear();
    },
  };
}

/** An operation's name; `unread` if it could not be read, `anonymous` if it has no name. */
const nameOf = ({ operation, type }: Account): string =>
  operation ?? (type === null ? "unread" : "anonymous");

function requestMetrics(registry: Registry) {
  const registers = [registry];
  return {
    total: new Counter({
      name: "rolograph_http_requests_total",
      help: "Ended requests, by route and HTTP status; 499 if the caller hung up before there was an answer.",
      labelNames: ["route", "status"],
      registers,
    }),
    seconds: new Histogram({
      name: "rolograph_http_request_duration_seconds",
      help: "Time from the headers of a request to the last byte of its answer.",
      labelNames: ["route"],
      buckets: OPERATION_SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: "rolograph_http_requests_in_flight",
      help: "Requests that are being answered.",
      registers,
    }),
    bytes: new Histogram({
      name: "rolograph_http_response_bytes",
      help: "Bytes sent for a request, headers included.",
      buckets: BYTES,
      registers,
    }),
    gone: new Counter({
      name: "rolograph_http_requests_abandoned_total",
      help: "Requests whose caller hung up before the whole answer was sent.",
      labelNames: ["route"],
      registers,
    }),
    refused: new Counter({
      name: "rolograph_credentials_refused_total",
      help: "Requests whose credential was refused, by reason; the caller does not learn the reason.",
      labelNames: ["reason"],
      registers,
    }),
    limited: new Counter({
      name: "rolograph_rate_limited_total",
      help: "Requests refused because of a rate limit: on the cost per minute, or on wrong credentials.",
      labelNames: ["limit"],
      registers,
    }),
  };
}

/** @returns a function that counts an operation that has ended, under the label of its name */
function metricsOfOperations(registry: Registry) {
  const registers = [registry];
  const total = new Counter({
    name: "rolograph_operations_total",
    help: "GraphQL operations by name, type and code of the first error, or OK. The first 100 names that are answered without an error are labels; all others are counted as other.",
    labelNames: ["operation", "type", "code"],
    registers,
  });
  const seconds = new Histogram({
    name: "rolograph_operation_duration_seconds",
    help: "Time from the arrival of an operation to its result.",
    labelNames: ["operation"],
    buckets: OPERATION_SECONDS,
    registers,
  });
  const statements = new Histogram({
    name: "rolograph_operation_sql_statements",
    help: "Number of SQL statements of one operation, including the lookup of its credential.",
    labelNames: ["operation"],
    buckets: STATEMENTS,
    registers,
  });
  const sqlSeconds = new Histogram({
    name: "rolograph_operation_sql_seconds",
    help: "Sum of the times of one operation's SQL statements.",
    labelNames: ["operation"],
    buckets: OPERATION_SECONDS,
    registers,
  });
  const requested = new Histogram({
    name: "rolograph_operation_cost_requested",
    help: "Cost of an operation as computed before it runs (docs/limits.md).",
    buckets: COST,
    registers,
  });
  const actual = new Histogram({
    name: "rolograph_operation_cost_actual",
    help: "Actual cost of an operation, counted if the caller asks for it with x-cost.",
    buckets: COST,
    registers,
  });
  const executed = new Counter({
    name: "rolograph_operations_executed_total",
    help: "Executed operations: by code compiled from their document (compiled) or by graphql-js (interpreted).",
    labelNames: ["by"],
    registers,
  });
  return (account: Account, operation: string) => {
    const { type, code, cost, operationTook, statements: sent, compiled } = account;
    total.inc({ operation, type: type ?? "unread", code: labelOf(code) });
    seconds.observe({ operation }, (operationTook ?? 0) / 1000);
    statements.observe({ operation }, sent.count);
    sqlSeconds.observe({ operation }, sent.milliseconds / 1000);
    if (!cost) return;
    executed.inc({ by: compiled ? "compiled" : "interpreted" });
    requested.observe(cost.requested);
    if (cost.actual !== undefined) actual.observe(cost.actual);
  };
}

/** Our own codes are a fixed list. Codes of libraries are counted as `other`. */
const labelOf = (code: string | null): string =>
  code === "OK" || (code !== null && Object.hasOwn(requestCodes, code)) ? code : "other";
