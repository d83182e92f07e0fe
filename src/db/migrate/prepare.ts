import { Prisma } from "../../generated/prisma/client.ts";
import type { Database } from "../database.ts";
import { inspect, UnfitDatabaseError } from "../open/inspect.ts";
import { columnOf } from "../prisma/columns.ts";
import { applyMigrations, migrationStatus } from "./migrate.ts";

/** The result of a preparation. */
export interface Prepared {
  /** The migrations that were applied. */
  readonly applied: readonly string[];
  /** Whether the database is read-only, such as a standby. */
  readonly readOnly: boolean;
  /** Messages for the operator. */
  readonly warnings: readonly string[];
}

/**
 * Prepares a database for this version: checks whether it can be used, applies the pending migrations, and checks
 * that no table lacks a column that Prisma reads. A read-only database must have all migrations already.
 *
 * @throws UnfitDatabaseError, MigrationError
 */
export async function prepareDatabase(database: Database): Promise<Prepared> {
  const { readOnly, warnings } = await inspect(database);
  const { pool, embedded } = database;
  if (readOnly) {
    const { pending } = await migrationStatus(pool);
    if (pending.length > 0) {
      throw new UnfitDatabaseError(
        `This database can only be read, and lacks ${pending.join(", ")}: apply the migrations at its primary first (npm run db:migrate).`,
      );
    }
  }
  const applied = await applyMigrations(pool, embedded);
  const missing = await missingColumns(database);
  if (missing.length > 0) {
    throw new UnfitDatabaseError(
      `All migrations are noted as applied, but this database lacks ${missing.slice(0, 10).join(", ")}` +
        `${missing.length > 10 ? ` and ${missing.length - 10} more` : ""}. ` +
        "Somebody has changed it by hand, or only a part of it was restored: restore it from a backup.",
    );
  }
  return { applied, readOnly, warnings };
}

/** Models whose table has another name. */
const tables: Readonly<Record<string, string>> = { User: "app_user" };

/** Every column that Prisma reads, such as `contact.linkedin_url`. */
const expected: readonly string[] = Object.keys(Prisma.ModelName).flatMap((model) => {
  const fields = (Prisma as unknown as Record<string, object | undefined>)[`${model}ScalarFieldEnum`];
  const table = tables[model] ?? columnOf(model.charAt(0).toLowerCase() + model.slice(1));
  return Object.keys(fields ?? {}).map((field) => `${table}.${columnOf(field)}`);
});

async function missingColumns({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname || '.' || a.attname AS name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0
       AND NOT a.attisdropped`,
  );
  const there = new Set(rows.map(({ name }) => name));
  return expected.filter((name) => !there.has(name));
}
