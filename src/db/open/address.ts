import pg from "pg";

/** PostgreSQL addresses: `postgresql://user:password@host:5432/database?parameter=value`. */

/** Parameters that the driver supports with any value. */
const honoured = new Set([
  "host",
  "port",
  "user",
  "password",
  "application_name",
  "fallback_application_name",
  "options",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "ssl",
  "sslcert",
  "sslkey",
  "sslrootcert",
  "sslnegotiation",
  "uselibpqcompat",
]);

/** Parameters that are accepted only with these values: the default, or what the driver supports. */
const acceptedValues: Readonly<Record<string, readonly string[]>> = {
  sslmode: ["disable", "require", "verify-ca", "verify-full", "no-verify"],
  schema: ["public"],
  client_encoding: ["utf8", "UTF8", "utf-8", "UTF-8"],
  channel_binding: ["disable", "prefer", "require"],
  gssencmode: ["disable", "prefer"],
  target_session_attrs: ["any"],
  pgbouncer: ["false"],
};

/** Settings to use instead of parameters of other programs (Prisma, libpq, PgBouncer). */
const alternatives: Readonly<Record<string, string>> = {
  schema: "the tables are in the schema public",
  connection_limit: "set DATABASE_POOL",
  statement_timeout: "set STATEMENT_TIMEOUT_MS",
  connect_timeout: "connecting times out after 5 seconds",
  pool_timeout: "waiting for a connection times out after 5 seconds",
  pgbouncer: "set PREPARED_STATEMENTS=false",
  statement_cache_size: "set PREPARED_STATEMENTS",
  target_session_attrs: "name the primary, or a proxy that leads to it",
};

/**
 * Checks a PostgreSQL address: a parameter that would be ignored is refused.
 *
 * @returns what is wrong and what is valid, without repeating the address, which may contain a password; null if it
 *   is valid
 */
export function addressProblem(text: string): string | null {
  const form = "must be a PostgreSQL address such as postgresql://user:password@host:5432/database";
  const [, authority = "", rest = ""] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/.exec(text) ?? [];
  if (rest === "") return form;
  if (authority.slice(authority.lastIndexOf("@") + 1).includes(",")) {
    return "must name one host: the primary, or a proxy that leads to it";
  }
  // `URL` refuses an empty host, which the driver accepts for Unix sockets:
  // postgresql://user@/database?host=/run/postgresql
  const whole = text.replace("@/", "@localhost/");
  if (!URL.canParse(whole)) return form;
  const { pathname, searchParams } = new URL(whole);
  if (pathname.length < 2) return form;
  for (const [name, value] of searchParams) {
    if (honoured.has(name) || acceptedValues[name]?.includes(value)) continue;
    const hint =
      alternatives[name] ?? (acceptedValues[name] && `it takes ${acceptedValues[name].join(", ")}`);
    return acceptedValues[name]
      ? `has ${name}=${value}, which is not supported: ${hint}`
      : `has the parameter ${name}, which is not supported${hint ? `: ${hint}` : ""}`;
  }
  if (searchParams.get("host")?.includes(",")) return "must name one host";
  try {
    new pg.Client(text);
    return null;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

/** The driver's settings for a valid address. */
export const addressSettings = (url: string): pg.ClientConfig => ({
  connectionString: url,
  // SCRAM-SHA-256-PLUS over TLS, if the server offers it.
  enableChannelBinding: /[?&]channel_binding=(prefer|require)/.test(url),
});
