import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import type { OidcConfig } from "./auth/token.ts";
import { addressProblem } from "./db/open/address.ts";
import type { DatabaseConfig } from "./db/open/database.ts";
import { origins, redisUrl, secureUrl, webUrl, wholeNumber } from "./lib/settings.ts";

/** Everything an operator can set, read and checked once. The README's table lists the same names. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "silent";
  /** Origins that browsers may call from; none by default. */
  readonly corsOrigins: readonly string[];
  /** Bytes; a larger request body is refused. */
  readonly bodyLimit: number;
  /** Bytes; a larger file to import is refused. */
  readonly fileLimit: number;
  readonly limits: {
    /** Maximum cost of one operation, computed as in docs/limits.md. */
    readonly costLimit: number;
    /** Whether introspection is allowed. */
    readonly introspection: boolean;
  };
  /** Maximum cost per minute, computed as in docs/limits.md; 0 for no limit. */
  readonly rates: { readonly perCaller: number; readonly perOrganization: number };
  /** Where costs per minute are counted: by each process, or for all instances together. */
  readonly rateStore: "memory" | "redis" | "postgres";
  /** The Redis in which all instances count costs together; null if they are not counted in Redis. */
  readonly redisUrl: string | null;
  /** Milliseconds that a shutdown waits for running requests. */
  readonly shutdownTimeout: number;
  /** Maximum milliseconds that a shutdown still accepts connections: see `Listener.stop`. */
  readonly shutdownDelay: number;
  /** Milliseconds for which a connection without a request is kept open. */
  readonly keepAliveTimeout: number;
  /** Number of proxies in front whose X-Forwarded-For is trusted. */
  readonly trustedProxies: number;
  /** Maximum number of wrong credentials per minute from one address; 0 for no limit. */
  readonly authFailures: number;
  /** The port for Prometheus; null without metrics. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Whether requests are traced; the OpenTelemetry libraries read their other variables themselves. */
  readonly traces: boolean;
  /** An operation that takes at least this many milliseconds is logged with its statements; 0 for none. */
  readonly slowOperation: number;
  /** Minutes between two purges of the trash; 0 for none. */
  readonly purgeEvery: number;
  /** Days for which audit events are kept; 0 for ever. */
  readonly auditDays: number;
  /** Number of processes that serve; with 1 there is no supervising process. */
  readonly workers: number;
  readonly database: DatabaseConfig;
  /** True without DATABASE_URL: the embedded database with demo data, a demo key and GraphiQL. */
  readonly demo: boolean;
  /** The identity provider whose tokens are accepted; null for API keys alone. */
  readonly oidc: OidcConfig | null;
}

/** A setting is invalid; the message names the setting and what is valid. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const AUTO = "auto";
const MAX_WORKERS = 250;

const workers = z
  .string()
  .default("1")
  .refine(
    (text) => text === AUTO || (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_WORKERS),
    `must be a whole number from 1 to ${MAX_WORKERS}, or ${AUTO} for one a core`,
  );

const postgresUrl = z.string().superRefine((text, context) => {
  const message = addressProblem(text);
  if (message !== null) context.addIssue({ code: "custom", message });
});

/** Traces are sent as JSON. Collectors that accept protobuf over HTTP accept JSON at the same address. */
const otlpProtocol = z
  .enum(["http/json", "http/protobuf"], "must be http/json or http/protobuf: gRPC is not supported")
  .optional();

/** Default cost per minute of one key or user. */
const COST_PER_MINUTE = 20_000_000;

const Settings = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535, 4000),
  WORKERS: workers,
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL: wholeNumber(1, 500, 10),
  DATABASE_WAIT_MS: wholeNumber(100, 60_000, 1_500),
  STATEMENT_TIMEOUT_MS: wholeNumber(100, 3_600_000, 30_000),
  PREPARED_STATEMENTS: z.enum(["true", "false"], "must be true or false").default("true"),
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "silent"],
      "must be one of fatal, error, warn, info, debug, silent",
    )
    .default("info"),
  CORS_ORIGINS: origins.default([]),
  BODY_LIMIT_BYTES: wholeNumber(1024, 1_073_741_824, 1_048_576),
  COST_LIMIT: wholeNumber(1000, 1_000_000_000, 50_000),
  COST_PER_MINUTE: wholeNumber(0, 1_000_000_000_000, COST_PER_MINUTE),
  ORGANIZATION_COST_PER_MINUTE: wholeNumber(0, 1_000_000_000_000, 3 * COST_PER_MINUTE),
  REDIS_URL: redisUrl.optional(),
  RATE_STORE: z.enum(["memory", "redis", "postgres"], "must be memory, redis or postgres").optional(),
  INTROSPECTION: z.enum(["true", "false"], "must be true or false").default("true"),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(0, 600_000, 10_000),
  SHUTDOWN_DELAY_MS: wholeNumber(0, 600_000, 2_000),
  KEEP_ALIVE_TIMEOUT_MS: wholeNumber(1_000, 3_600_000, 75_000),
  TRUST_PROXY: wholeNumber(0, 10, 0),
  AUTH_FAILURES_PER_MINUTE: wholeNumber(0, 100_000, 30),
  METRICS_PORT: wholeNumber(0, 65_535, -1),
  METRICS_HOST: z.string().default("127.0.0.1"),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(["otlp", "none"], "must be otlp or none").optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: webUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: otlpProtocol,
  SLOW_OPERATION_MS: wholeNumber(0, 3_600_000, 1_000),
  IMPORT_LIMIT_BYTES: wholeNumber(1024, 1_073_741_824, 209_715_200),
  PURGE_EVERY_MINUTES: wholeNumber(0, 10_080, 60),
  AUDIT_DAYS: wholeNumber(0, 36_500, 365),
  OIDC_ISSUER: secureUrl.optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_JWKS_URL: secureUrl.optional(),
});

type OidcSettings = Pick<z.infer<typeof Settings>, "OIDC_ISSUER" | "OIDC_AUDIENCE" | "OIDC_JWKS_URL">;

/** @throws ConfigError if OIDC_ISSUER or OIDC_AUDIENCE is missing although another of these settings is set */
function readOidc({ OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL }: OidcSettings): OidcConfig | null {
  if (OIDC_ISSUER === undefined) {
    for (const [name, value] of Object.entries({ OIDC_AUDIENCE, OIDC_JWKS_URL })) {
      if (value !== undefined) throw new ConfigError(`${name} needs OIDC_ISSUER, which is not set`);
    }
    return null;
  }
  if (OIDC_AUDIENCE === undefined) {
    throw new ConfigError("OIDC_AUDIENCE must be set with OIDC_ISSUER: the audience of its tokens");
  }
  return { issuer: OIDC_ISSUER, audience: OIDC_AUDIENCE, jwksUrl: OIDC_JWKS_URL ?? null };
}

/** Naming a collector turns traces on. Without one, the libraries would send to this machine. */
function wantsTraces(settings: z.infer<typeof Settings>): boolean {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = settings;
  if (OTEL_SDK_DISABLED?.toLowerCase() === "true" || OTEL_TRACES_EXPORTER === "none") return false;
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  return OTEL_TRACES_EXPORTER === "otlp" || endpoint !== undefined;
}

/** Minimum connections of a worker: with a single one, every request would wait for the statements of others. */
const WORKER_POOL = 2;

/** @throws ConfigError if the database allows only one process, or the pool is too small for the workers */
function readWorkers({ WORKERS, DATABASE_URL, DATABASE_POOL }: z.infer<typeof Settings>): number {
  if (WORKERS === "1") return 1;
  if (DATABASE_URL === undefined) {
    throw new ConfigError(
      "WORKERS needs DATABASE_URL, which is not set: the embedded database can be opened by one process. " +
        "Set DATABASE_URL to a PostgreSQL, or leave WORKERS out.",
    );
  }
  const most = Math.max(1, Math.floor(DATABASE_POOL / WORKER_POOL));
  if (WORKERS === AUTO) return Math.min(availableParallelism(), most);
  const count = Number(WORKERS);
  if (count === 1 || count <= most) return count;
  throw new ConfigError(
    `WORKERS share the connections of DATABASE_POOL, ${WORKER_POOL} each at least: ` +
      `set DATABASE_POOL to ${count * WORKER_POOL} or more, or WORKERS to ${most} or fewer.`,
  );
}

/**
 * A limit per minute must allow one operation of the maximum cost. Defaults are raised to COST_LIMIT if it is larger.
 *
 * @throws ConfigError if a limit that the operator set is smaller than COST_LIMIT
 */
function readRates(
  settings: z.infer<typeof Settings>,
  given: Readonly<Record<string, unknown>>,
): Config["rates"] {
  const { COST_LIMIT } = settings;
  const roomFor = (name: "COST_PER_MINUTE" | "ORGANIZATION_COST_PER_MINUTE"): number => {
    const value = settings[name];
    if (value === 0 || value >= COST_LIMIT) return value;
    if (given[name] === undefined) return COST_LIMIT;
    throw new ConfigError(`${name} must be 0 for any amount, or at least COST_LIMIT, which is ${COST_LIMIT}`);
  };
  return { perCaller: roomFor("COST_PER_MINUTE"), perOrganization: roomFor("ORGANIZATION_COST_PER_MINUTE") };
}

/** @throws ConfigError if the setting of the address of a store is missing */
function readRateStore({
  RATE_STORE,
  REDIS_URL,
  DATABASE_URL,
}: z.infer<typeof Settings>): Config["rateStore"] {
  if (RATE_STORE === "redis" && REDIS_URL === undefined)
    throw new ConfigError("RATE_STORE=redis needs REDIS_URL, which is not set");
  if (RATE_STORE === "postgres" && DATABASE_URL === undefined)
    throw new ConfigError("RATE_STORE=postgres needs DATABASE_URL, which is not set");
  return RATE_STORE ?? (REDIS_URL === undefined ? "memory" : "redis");
}

/**
 * Reads the settings of a process.
 *
 * @param env environment variables; an empty value counts as unset
 * @throws ConfigError that names every invalid setting and what is valid
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(Settings.shape).flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])),
  );
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("\n"),
    );
  }
  const settings = parsed.data;
  const rateStore = readRateStore(settings);
  return {
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    corsOrigins: settings.CORS_ORIGINS,
    bodyLimit: settings.BODY_LIMIT_BYTES,
    shutdownTimeout: settings.SHUTDOWN_TIMEOUT_MS,
    shutdownDelay: settings.SHUTDOWN_DELAY_MS,
    keepAliveTimeout: settings.KEEP_ALIVE_TIMEOUT_MS,
    trustedProxies: settings.TRUST_PROXY,
    authFailures: settings.AUTH_FAILURES_PER_MINUTE,
    metrics: settings.METRICS_PORT < 0 ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    traces: wantsTraces(settings),
    slowOperation: settings.SLOW_OPERATION_MS,
    fileLimit: settings.IMPORT_LIMIT_BYTES,
    limits: { costLimit: settings.COST_LIMIT, introspection: settings.INTROSPECTION === "true" },
    rates: readRates(settings, given),
    rateStore,
    redisUrl: rateStore === "redis" ? (settings.REDIS_URL ?? null) : null,
    purgeEvery: settings.PURGE_EVERY_MINUTES,
    auditDays: settings.AUDIT_DAYS,
    workers: readWorkers(settings),
    demo: settings.DATABASE_URL === undefined,
    oidc: readOidc(settings),
    database:
      settings.DATABASE_URL === undefined
        ? { kind: "embedded", directory: resolve(settings.DATA_DIR) }
        : {
            kind: "postgres",
            url: settings.DATABASE_URL,
            poolSize: settings.DATABASE_POOL,
            wait: settings.DATABASE_WAIT_MS,
            statementTimeout: settings.STATEMENT_TIMEOUT_MS,
            preparedStatements: settings.PREPARED_STATEMENTS === "true",
          },
  };
}
