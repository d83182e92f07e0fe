import { ConfigError } from "../config.ts";
import { MigrationError } from "../db/migrate/migrate.ts";
import { UnfitDatabaseError } from "../db/open/inspect.ts";
import { DirectoryError } from "../db/open/lock.ts";
import { MetricsPortError } from "../server/watch/metrics-port.ts";

/** Wrong arguments; the message says which and what is valid. Printed before the command's usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command cannot be done; the message says why. Printed without the usage. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Reasons why PostgreSQL cannot be reached, by error code; the driver's message follows. */
const unreached: readonly (readonly [codes: RegExp, why: string])[] = [
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    "PostgreSQL cannot be reached where DATABASE_URL says",
  ],
  [
    /(CERT|SIGNATURE)/,
    "PostgreSQL's certificate is not trusted: give its authority with sslrootcert=… in DATABASE_URL, or use sslmode=no-verify",
  ],
  [/^(28...|3D000|42501|08...|53300|57P03)$/, "PostgreSQL refuses what DATABASE_URL says"],
];

/** The message of an error that an operator can correct; null for a bug, which is printed with its stack. */
export function operatorWords(error: unknown): string | null {
  if (
    error instanceof CommandError ||
    error instanceof ConfigError ||
    error instanceof DirectoryError ||
    error instanceof MetricsPortError ||
    error instanceof MigrationError ||
    error instanceof UnfitDatabaseError
  ) {
    return error.message;
  }
  if (!(error instanceof Error)) return null;
  const code = String((error as { code?: unknown }).code);
  const [, why] = unreached.find(([codes]) => codes.test(code)) ?? [];
  // A host name with several addresses fails with one error for each address, and no message of its own.
  const reasons =
    error instanceof AggregateError ? error.errors.map((each: Error) => each.message) : [error.message];
  return why === undefined ? null : `${why}: ${reasons.join(", ")}`;
}

/** Prints to standard output. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
