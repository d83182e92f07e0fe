import {
  type Context,
  context,
  DiagLogLevel,
  diag,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import {
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
  DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from "@opentelemetry/semantic-conventions";
import { createOpenTelemetryWrapper } from "@pothos/tracing-opentelemetry";
import type { Logger } from "pino";
import { traceRootFields } from "../../graphql/tracing.ts";
import { statementSent } from "../../lib/events.ts";
import type { Account } from "./account.ts";
import { cut } from "./statement-tally.ts";
import type { Ended, Tracer } from "./watch.ts";

/**
 * Traces with OpenTelemetry: HTTP requests, operations, the fields of Query and Mutation, and SQL statements. The
 * OpenTelemetry libraries read their own variables, which set what is sent, where, and how many traces are sampled.
 * Spans have no arguments, variables or parameters.
 */

export interface Tracing extends Tracer {
  /** Ends tracing, and tries to send the remaining spans. */
  stop(): Promise<void>;
}

/** Milliseconds that the end of tracing waits for the collector. */
const LAST = 2_000;
/** Milliseconds between two log lines about a collector that does not answer. */
const SAID_EVERY = 60_000;

/** @param version the product's version */
export function startTracing(logger: Logger, version: string): Tracing {
  sayFailures(logger);
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: "rolograph", [ATTR_SERVICE_VERSION]: version }))
      .merge(detectResources({ detectors: [envDetector, serviceInstanceIdDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = trace.getTracer("rolograph", version);
  const begun = new WeakMap<
    Account,
    { readonly request: Span; readonly within: Context; operation?: Span }
  >();

  // Messages of errors may contain values: spans have only the code.
  const ofField = createOpenTelemetryWrapper(tracer, { ignoreError: true });
  traceRootFields((resolve, { parentType, name }) =>
    ofField(resolve, null, { onSpan: (span) => void span.updateName(`${parentType}.${name}`) }),
  );
  const stopStatements = statementSent.watch((sent) => {
    // Background jobs are not traced: a job of an hour would be a trace of an hour.
    if (!trace.getSpan(context.active())?.isRecording()) return;
    const [, command = "SQL"] = /^\s*(\w+)/.exec(sent.text) ?? [];
    const span = tracer.startSpan(command.toUpperCase(), {
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL,
        [ATTR_DB_QUERY_TEXT]: cut(sent.text),
      },
    });
    sent.whenDone((_milliseconds, failure) => {
      if (failure !== null) fail(span, String((failure as { code?: unknown }).code ?? "connection"));
      span.end();
    });
  });

  return {
    request(account, headers, work) {
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const span = tracer.startSpan(
        `${account.method} ${account.route}`,
        {
          kind: SpanKind.SERVER,
          attributes: { [ATTR_HTTP_REQUEST_METHOD]: account.method, [ATTR_HTTP_ROUTE]: account.route },
        },
        parent,
      );
      const within = trace.setSpan(parent, span);
      if (span.isRecording()) account.traceId = span.spanContext().traceId;
      begun.set(account, { request: span, within });
      return context.with(within, work);
    },
    operation(account, work) {
      const entry = begun.get(account);
      if (!entry) return work();
      const span = tracer.startSpan("operation", {}, entry.within);
      entry.operation = span;
      return context.with(trace.setSpan(entry.within, span), work);
    },
    operationEnded(account) {
      const { operation: span } = begun.get(account) ?? {};
      if (!span) return;
      const { type, operation, code, cost, statements } = account;
      span.updateName(`${type ?? "operation"} ${operation?.slice(0, 100) ?? "anonymous"}`);
      span.setAttributes({
        ...(type !== null && { "graphql.operation.type": type }),
        ...(operation !== null && { "graphql.operation.name": operation.slice(0, 100) }),
        ...(cost && { "rolograph.cost.requested": cost.requested }),
        "rolograph.statements": statements.count,
      });
      if (code !== "OK") fail(span, String(code));
      span.end();
    },
    ended({ account, status, gone }: Ended) {
      const { request: span } = begun.get(account) ?? {};
      if (!span) return;
      span.setAttributes({
        [ATTR_HTTP_RESPONSE_STATUS_CODE]: status,
        "rolograph.request_id": account.requestId,
        ...(gone && { "rolograph.gone": true }),
      });
      if (status >= 500) fail(span, account.code ?? String(status));
      span.end();
    },
    async stop() {
      stopStatements();
      traceRootFields(null);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LAST);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

function fail(span: Span, code: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Logs once a minute that spans cannot be sent. */
function sayFailures(logger: Logger): void {
  let said = Number.NEGATIVE_INFINITY;
  const say = () => {
    if (performance.now() - said < SAID_EVERY) return;
    said = performance.now();
    logger.warn("traces cannot be sent: the collector at OTEL_EXPORTER_OTLP_ENDPOINT does not accept them");
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: say, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
