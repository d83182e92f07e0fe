import pg from "pg";

/** Addresses of PostgreSQL, `postgresql://user:password@host:5432/database?parameter=value`. */

/** What the driver does as the parameter says. */
const held = new Set([
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

/** Values that say what is done anyway, or that the driver does. */
const values: Readonly<Record<string, readonly string[]>> = {
  sslmode: ["disable", "require", "verify-ca", "verify-full", "no-verify"],
  schema: ["public"],
  client_encoding: ["utf8", "UTF8", "utf-8", "UTF-8"],
  channel_binding: ["disable", "prefer", "require"],
  gssencmode: ["disable", "prefer"],
  target_session_attrs: ["any"],
  pgbouncer: ["false"],
};

/** What to do instead of some that are known from other programs. */
const instead: Readonly<Record<string, string>> = {
  schema: "the tables are in the schema public",
  connection_limit: "set DATABASE_POOL",
  statement_timeout: "set STATEMENT_TIMEOUT_MS",
  connect_timeout: "connecting is given up after 5 seconds",
  pool_timeout: "waiting for a connection is given up after 5 seconds",
  pgbouncer: "set PREPARED_STATEMENTS=false",
  statement_cache_size: "set PREPARED_STATEMENTS",
  target_session_attrs: "name the primary, or a proxy that leads to it",
};

/**
 * Whether PostgreSQL can be reached as an address says: nothing that it says may be passed over in silence.
 *
 * @returns what is wrong with it and what would be right, without repeating the address, which may hold a password;
 *   null when nothing is
 */
export function addressProblem(text: string): string | null {
  const form = "must be a PostgreSQL address such as postgresql://user:password@host:5432/database";
  const [, authority = "", rest = ""] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/.exec(text) ?? [];
  if (rest === "") return form;
  if (authority.slice(authority.lastIndexOf("@") + 1).includes(",")) {
    return "must name one host: the primary, or a proxy that leads to it";
  }
  // A socket's address has no host there, which only the driver reads: postgresql://user@/database?host=/run/postgresql
  const whole = text.replace("@/", "@localhost/");
  if (!URL.canParse(whole)) return form;
  const { pathname, searchParams } = new URL(whole);
  if (pathname.length < 2) return form;
  for (const [name, value] of searchParams) {
    if (held.has(name) || values[name]?.includes(value)) continue;
    const hint = instead[name] ?? (values[name] && `it takes ${values[name].join(", ")}`);
    return values[name]
      ? `has ${name}=${value}, which is not done here: ${hint}`
      : `has the parameter ${name}, which is not read here${hint ? `: ${hint}` : ""}`;
  }
  if (searchParams.get("host")?.includes(",")) return "must name one host";
  try {
    new pg.Client(text);
    return null;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

/** The driver's settings for an address that has no problem. */
export const addressSettings = (url: string): pg.ClientConfig => ({
  connectionString: url,
  // With SCRAM over TLS, where the server offers it.
  enableChannelBinding: /[?&]channel_binding=(prefer|require)/.test(url),
});
