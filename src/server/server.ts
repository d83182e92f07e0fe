import { createYoga } from "graphql-yoga";
import type { Logger } from "pino";
import type { VerifyToken } from "../auth/token.ts";
import type { Database } from "../db/open/database.ts";
import type { Context } from "../graphql/context.ts";
import { useDownloads } from "../jobs/import/use-downloads.ts";
import { schema } from "../schema.ts";
import { isFault, maskError, useErrors } from "./plugins/use-errors.ts";
import { useJit } from "./plugins/use-jit.ts";
import { useJsonText } from "./plugins/use-json-text.ts";
import { defaultLimits, type LimitOptions, useLimits } from "./plugins/use-limits.ts";
import { useReadiness } from "./plugins/use-readiness.ts";
import { useStrictRequests } from "./plugins/use-strict-requests.ts";
import { useViewer } from "./plugins/use-viewer.ts";
import { useWarnings } from "./plugins/use-warnings.ts";

export interface ServerOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly corsOrigins: readonly string[];
  /** Bytes. */
  readonly bodyLimit: number;
  /** Bytes of an imported file. */
  readonly fileLimit: number;
  /** Checks the tokens of an identity provider; without it, only API keys are accepted. */
  readonly verifyToken?: VerifyToken | null;
  /** What an operation may cost, and whether the schema may be asked for; as the settings' defaults when left out. */
  readonly limits?: LimitOptions;
  /** How often a query comes before it is compiled; once when left out. */
  readonly compileAfter?: number;
  /** GraphiQL, with this key and query filled in; none when null. */
  readonly graphiql: { readonly key: string; readonly query: string } | null;
}

/** The server as a value: it opens no port, so that tests go through its `fetch`. */
export function createServer({
  database,
  logger,
  corsOrigins,
  bodyLimit,
  fileLimit,
  limits = defaultLimits,
  graphiql,
  verifyToken = null,
  compileAfter = 1,
}: ServerOptions) {
  return createYoga<object, Context>({
    schema,
    plugins: [
      useErrors(logger),
      useJsonText(),
      useDownloads(database, verifyToken, logger),
      useStrictRequests(bodyLimit, fileLimit),
      useViewer(database, verifyToken),
      useWarnings(),
      useLimits(limits),
      useJit(compileAfter),
      useReadiness(database),
    ],
    maskedErrors: {
      maskError,
      errorMessage: "Something went wrong here. The request's id helps to find out what.",
    },
    logging: {
      debug: (...words) => logger.debug(words),
      info: (...words) => logger.info(words),
      warn: (...words) => logger.warn(words),
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
            exposedHeaders: ["x-request-id"],
          }
        : false,
    graphiql: graphiql
      ? {
          title: "Rolograph",
          defaultQuery: graphiql.query,
          headers: JSON.stringify({ Authorization: `Bearer ${graphiql.key}` }, null, 2),
        }
      : false,
    // Nine megabytes of JavaScript, which most processes never send.
    renderGraphiQL: async (options) =>
      (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(options),
    landingPage: false,
    batching: false,
    // The request parser of our own has limits for JSON and for files; Yoga's would cut a file at 25 MB.
    maxRequestBodySize: false,
  });
}
