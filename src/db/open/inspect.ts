import type { Database } from "../database.ts";
import { adapterFactory } from "../prisma/adapter.ts";
import { READ_ONLY } from "../read/read-only.ts";

/** The database cannot be used as it is; the message says why and how to correct it. */
export class UnfitDatabaseError extends Error {
  override readonly name = "UnfitDatabaseError";
}

/** Settings of a database and of a session in it. */
export interface Found {
  /** Such as 150020 for 15.20. */
  readonly version: number;
  readonly encoding: string;
  /** Whether it is a standby, or its sessions are read-only. */
  readonly readOnly: boolean;
  readonly schema: string | null;
  readonly isolation: string;
  readonly strings: string;
  /** Whether `statement_timeout` is set. */
  readonly limited: boolean;
}

/** The oldest major version of PostgreSQL that is tested. */
const OLDEST = 14;

/** @returns all reasons why a database cannot be used; empty if there are none */
export function problemsOf({ version, encoding, schema, isolation, strings }: Found): string[] {
  const major = Math.floor(version / 10_000);
  const reset = (setting: string) => `reset ${setting} (ALTER DATABASE … or ALTER ROLE … RESET ${setting}).`;
  return [
    major < OLDEST && `It is PostgreSQL ${major}; ${OLDEST} or newer is needed.`,
    encoding !== "UTF8" && `Its encoding is ${encoding}; make a database with ENCODING 'UTF8'.`,
    schema !== "public" &&
      `Its sessions look for tables in ${schema ?? "no schema that exists"}, but the tables are in public: ${reset("search_path")}`,
    isolation !== "read committed" &&
      `The isolation of its transactions is ${isolation} and must be read committed: ${reset("default_transaction_isolation")}`,
    strings !== "on" && `Its standard_conforming_strings is ${strings} and must be on.`,
  ].filter((problem) => problem !== false);
}

/** A timestamp in summer with milliseconds, so that a wrong time zone or format changes it. */
const SENT = "2026-07-01T12:00:00.123Z";

/**
 * Checks whether a database can be used, before any table is read. Two statements.
 *
 * @returns whether it is read-only, and warnings for the operator
 * @throws UnfitDatabaseError with all reasons
 */
export async function inspect({ pool, embedded }: Pick<Database, "pool" | "embedded">) {
  const { rows } = await pool.query<Found>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
       ${READ_ONLY} AS "readOnly",
       current_schema() AS schema, current_setting('default_transaction_isolation') AS isolation,
       current_setting('standard_conforming_strings') AS strings,
       current_setting('statement_timeout') <> '0' AS limited`,
  );
  const [found] = rows;
  if (!found) throw new Error("a SELECT without a table returned no row");
  const problems = problemsOf(found);
  const received = await roundTrip(pool);
  if (received !== SENT) {
    problems.push(
      `It returns the timestamp ${SENT} as ${received}: its sessions, or a pooler in between, change TimeZone or DateStyle.`,
    );
  }
  if (problems.length > 0) {
    throw new UnfitDatabaseError(`This database cannot be used. ${problems.join(" ")}`);
  }
  const warnings =
    found.limited || embedded
      ? []
      : [
          "STATEMENT_TIMEOUT_MS does not reach PostgreSQL through this pooler. " +
            "To limit statements, run ALTER ROLE … SET statement_timeout = '30s'.",
        ];
  return { readOnly: found.readOnly, warnings };
}

/** Sends SENT through Prisma's adapter, and returns the value read back. */
async function roundTrip(pool: Database["pool"]): Promise<string> {
  const adapter = await adapterFactory(pool).connect();
  try {
    const { rows } = await adapter.queryRaw({
      sql: "SELECT $1::timestamptz",
      args: [SENT],
      argTypes: [{ scalarType: "datetime", dbType: "TIMESTAMPTZ", arity: "scalar" }],
    });
    return String(rows[0]?.[0]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "a text that is not in ISO 8601";
  } finally {
    await adapter.dispose();
  }
}
