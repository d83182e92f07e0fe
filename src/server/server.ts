import { createYoga } from "graphql-yoga";
import type { Logger } from "pino";
import { Guesses } from "../auth/guesses.ts";
import { KnownCallers } from "../auth/known-callers.ts";
import type { VerifyToken } from "../auth/token.ts";
import { authenticate, type ViewerOf } from "../auth/viewer.ts";
import type { Database } from "../db/database.ts";
import type { Send } from "../db/open/query.ts";
import type { Context } from "../graphql/context.ts";
import { useDownloads } from "../jobs/use-downloads.ts";
import { RequestError } from "../lib/errors.ts";
import { schema } from "../schema.ts";
import { addressFinder } from "./address.ts";
import { type Gateway, gatewayOf } from "./gateway.ts";
import { type GraphiqlOptions, graphiqlFor } from "./graphiql.ts";
import { useErrorOrder } from "./plugins/use-error-order.ts";
import { isFault, maskError, useErrors } from "./plugins/use-errors.ts";
import { useJit } from "./plugins/use-jit.ts";
import { useJsonText } from "./plugins/use-json-text.ts";
import { defaultLimits, type LimitOptions, useLimits } from "./plugins/use-limits.ts";
import { NO_ENDPOINT, useProbes } from "./plugins/use-probes.ts";
import { useStrictRequests } from "./plugins/use-strict-requests.ts";
import { useViewer } from "./plugins/use-viewer.ts";
import { useWarnings } from "./plugins/use-warnings.ts";
import { useWatch } from "./plugins/use-watch.ts";
import { problemOf } from "./problem.ts";
import type { BucketStore } from "./rates/buckets.ts";
import { type RateOptions, ratesOf } from "./rates/rates.ts";
import type { RequestContext } from "./request.ts";
import { type Observer, type Tracer, Watch } from "./watch/watch.ts";

export interface ServerOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly corsOrigins: readonly string[];
  /** Most bytes of a JSON body. */
  readonly bodyLimit: number;
  /** Milliseconds for the body of a JSON request to arrive; 15 seconds by default. */
  readonly bodyTimeout?: number;
  /** Most bytes of an imported file. */
  readonly fileLimit: number;
  /** Verifies the tokens of an identity provider; without it, only API keys are accepted. */
  readonly verifyToken?: VerifyToken | null;
  /** Cost limit of an operation, and whether introspection is allowed; the defaults of the settings if omitted. */
  readonly limits?: LimitOptions;
  /** Rate limits; none by default. */
  readonly rates?: RateOptions;
  /** Counts costs for all instances together; without it, each process counts for itself. */
  readonly rateStore?: BucketStore | null;
  /** Number of proxies whose X-Forwarded-For is trusted; 0 by default. */
  readonly trustedProxies?: number;
  /** Wrong credentials per minute and address, after which the address is refused; no limit by default. */
  readonly authFailures?: number;
  /** How many times a query runs before it is compiled; once by default. */
  readonly compileAfter?: number;
  /** An operation that takes at least this many milliseconds is logged with its statements; none by default. */
  readonly slowOperation?: number;
  /** Observes requests; none by default. */
  readonly observer?: Observer | null;
  /** Traces requests; none by default. */
  readonly tracer?: Tracer | null;
  /** GraphiQL with this key and query filled in; null for no GraphiQL. */
  readonly graphiql: GraphiqlOptions | null;
  /** Whether the server is stopping: then `/ready` answers 503 and each answer closes its connection. */
  readonly isStopping?: () => boolean;
  /** Whether the first queries would load nothing any more: until then `/ready` answers 503. */
  readonly isWarm?: () => boolean;
}

/** The server as a function, which opens no port: tests call its `fetch`. */
export function createServer({
  database,
  logger,
  corsOrigins,
  bodyLimit,
  fileLimit,
  limits = defaultLimits,
  rates = { perCaller: 0, perOrganization: 0 },
  rateStore = null,
  graphiql,
  bodyTimeout = 15_000,
  verifyToken = null,
  trustedProxies = 0,
  authFailures = 0,
  compileAfter = 1,
  slowOperation = 0,
  observer = null,
  tracer = null,
  isStopping = () => false,
  isWarm = () => true,
}: ServerOptions): Gateway {
  const { pool, readFor, statementName, callerChanges } = database;
  const callers = new KnownCallers(callerChanges);
  const authority = { pool, statementName, callers, verifyToken, guesses: new Guesses(authFailures) };
  const addressOf = addressFinder(trustedProxies);
  const watch = new Watch({ logger, slowOperation, observer, tracer });
  const viewerOf: ViewerOf = async ({ headers }, context) => {
    const { account } = context as RequestContext;
    try {
      const read: Send = (statement) => readFor(account)(statement);
      const viewer = await authenticate(headers, { ...authority, read }, () => addressOf(context));
      account.viewer = viewer;
      return viewer;
    } catch (error) {
      if (error instanceof RequestError && error.why) {
        account.reason = error.why.reason;
        account.refusedKeyId = error.why.keyId ?? null;
        account.address = addressOf(context);
      }
      throw error;
    }
  };
  const yoga = createYoga<object, Context>({
    schema,
    plugins: [
      useErrors(logger),
      useWatch(watch),
      useJsonText(),
      useDownloads(
        database,
        viewerOf,
        (context) => ({ requestId: (context as RequestContext).requestId, address: addressOf(context) }),
        logger,
      ),
      useStrictRequests({ bytes: bodyLimit, milliseconds: bodyTimeout }, fileLimit),
      useViewer(database, viewerOf, addressOf),
      useWarnings(),
      useLimits(limits, ratesOf(rates, rateStore, logger)),
      useErrorOrder(),
      useJit(compileAfter),
      useProbes(database, () => isWarm() && !isStopping()),
    ],
    maskedErrors: {
      maskError,
      errorMessage: problemOf(500).message,
    },
    logging: {
      debug: (...words) => logger.debug(wordsOf(words)),
      info: (...words) => logger.info(wordsOf(words)),
      warn: (...words) => logger.warn(wordsOf(words)),
      error: (...words) => {
        if (isFault(words[0])) logger.error({ err: words[0] }, "fault");
      },
    },
    cors:
      corsOrigins.length > 0
        ? {
            origin: [...corsOrigins],
            credentials: false,
            methods: ["POST"],
            exposedHeaders: [
              "x-request-id",
              "retry-after",
              "ratelimit-limit",
              "ratelimit-remaining",
              "ratelimit-reset",
            ],
          }
        : false,
    graphiql: graphiql ? graphiqlFor(graphiql) : false,
    // Loaded on demand: 9 MB of JavaScript, which most processes never send.
    renderGraphiQL: async (options) =>
      (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    landingPage: false,
    healthCheckEndpoint: NO_ENDPOINT,
    batching: false,
    // Body limits are checked in `use-strict-requests.ts`; Yoga's own limit would cut files at 25 MB.
    maxRequestBodySize: false,
  });
  return gatewayOf(yoga, watch, logger, isStopping);
}

/** The texts of a library's log message, without its values, which may contain data of callers. */
const wordsOf = (words: readonly unknown[]): string =>
  words.filter((word) => typeof word === "string").join(" ");
