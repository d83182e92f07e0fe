import { readFile } from "node:fs/promises";
import { inject } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { openDatabase } from "../../src/db/open/database.ts";

/** One migrated database per worker. Its tests share it, and each test makes its own organization. */

/** The embedded database has one connection: tests in which one client waits for another are skipped on it. */
export const oneConnection: boolean = inject("postgresUrl") === null;

const statements: string[] = [];

const open = (): Promise<Database> => {
  // The update of a key's last use belongs to no answer, and happens whenever a minute has passed.
  const onStatement = (sql: string) => {
    if (!sql.startsWith("UPDATE api_key SET last_used_at")) statements.push(sql);
  };
  const url = inject("databaseUrl");
  if (url !== null)
    return openDatabase(
      // Requests may wait longer for a connection than in production, because tests compile queries meanwhile.
      { kind: "postgres", url, poolSize: 5, statementTimeout: 20_000, wait: 20_000 },
      // Not UTC, so that a statement that depends on the session's zone cannot pass unnoticed.
      { onStatement, prepareAfter: 0, session: { TimeZone: "America/New_York" } },
    );
  return readFile(inject("dumpPath") ?? "").then((bytes) =>
    openDatabase({ kind: "memory", dump: new Blob([bytes]) }, { onStatement }),
  );
};

let opened: Promise<Database> | undefined;

export function testDatabase(): Promise<Database> {
  opened ??= open();
  return opened;
}

let counts = 0;

/** Whether a test counts statements at the moment. */
export const isCounting = (): boolean => counts > 0;

/** The SQL statements that some work sends, transaction control included. */
export async function statementsOf<T>(work: () => Promise<T>): Promise<{ answer: T; statements: string[] }> {
  const from = statements.length;
  counts += 1;
  try {
    const answer = await work();
    return { answer, statements: statements.slice(from) };
  } finally {
    counts -= 1;
  }
}
