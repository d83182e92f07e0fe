import { createYoga } from "graphql-yoga";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { Guesses } from "../auth/guesses.ts";
import type { VerifyToken } from "../auth/token.ts";
import { authenticate, type ViewerOf } from "../auth/viewer.ts";
import type { Database } from "../db/database.ts";
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
import { type RateOptions, ratesOf } from "./rates.ts";
import type { RequestContext } from "./request.ts";
import { currentAccount } from "./watch/account.ts";
import { Watch } from "./watch/watch.ts";

export interface ServerOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly corsOrigins: readonly string[];
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds for the body of a JSON request to arrive; 15 seconds when left out. */
  readonly bodyTimeout?: number;
  /** Bytes of an imported file. */
  readonly fileLimit: number;
  /** Checks the tokens of an identity provider; without it, only API keys are accepted. */
  readonly verifyToken?: VerifyToken | null;
  /** What an operation may cost, and whether the schema may be asked for; as the settings' defaults when left out. */
  readonly limits?: LimitOptions;
  /** What callers may ask for in a minute; any amount when left out. */
  readonly rates?: RateOptions;
  /** Where all instances count together; each counts for itself when left out. */
  readonly redis?: Redis | null;
  /** Proxies in front whose X-Forwarded-For is believed; none when left out. */
  readonly trustedProxies?: number;
  /** Wrong credentials a minute from one address, after which it is refused; any number when left out. */
  readonly authFailures?: number;
  /** How often a query comes before it is compiled; once when left out. */
  readonly compileAfter?: number;
  /** Milliseconds from which on an operation is logged with its statements; never when left out. */
  readonly slowOperation?: number;
  /** GraphiQL, with this key and query filled in; none when null. */
  readonly graphiql: GraphiqlOptions | null;
  /** Whether the server is about to end: it is not ready then, and each answer ends its connection. */
  readonly isStopping?: () => boolean;
}

/** The server as a value: it opens no port, so that tests go through its `fetch`. */
export function createServer({
  database,
  logger,
  corsOrigins,
  bodyLimit,
  fileLimit,
  limits = defaultLimits,
  rates = { perCaller: 0, perOrganization: 0 },
  redis = null,
  graphiql,
  bodyTimeout = 15_000,
  verifyToken = null,
  trustedProxies = 0,
  authFailures = 0,
  compileAfter = 1,
  slowOperation = 0,
  isStopping = () => false,
}: ServerOptions): Gateway {
  const { pool, statementName } = database;
  const authority = { pool, statementName, verifyToken, guesses: new Guesses(authFailures) };
  const addressOf = addressFinder(trustedProxies);
  const watch = new Watch({ logger, slowOperation });
  const viewerOf: ViewerOf = async ({ headers }, context) => {
    const { account } = context as RequestContext;
    try {
      const viewer = await authenticate(headers, authority, () => addressOf(context));
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
      useDownloads(database, viewerOf, logger),
      useStrictRequests({ bytes: bodyLimit, milliseconds: bodyTimeout }, fileLimit),
      useViewer(database, viewerOf),
      useWarnings(),
      useLimits(limits, ratesOf(rates, redis)),
      useErrorOrder(),
      useJit(compileAfter),
      useProbes(database, isStopping),
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
        if (isFault(words[0]))
          logger.error({ err: words[0], requestId: currentAccount()?.requestId }, "fault");
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
    // Nine megabytes of JavaScript, which most processes never send.
    renderGraphiQL: async (options) =>
      (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    landingPage: false,
    healthCheckEndpoint: NO_ENDPOINT,
    batching: false,
    // The request parser of our own has limits for JSON and for files; Yoga's would cut a file at 25 MB.
    maxRequestBodySize: false,
  });
  return gatewayOf(yoga, watch, logger, isStopping);
}

/** Of what the library says, its words: what it shows with them may be its callers'. */
const wordsOf = (words: readonly unknown[]): string =>
  words.filter((word) => typeof word === "string").join(" ");
