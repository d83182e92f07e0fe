import { ConfigError } from "../config.ts";
import { MigrationError } from "../db/migrate/migrate.ts";
import { DirectoryError } from "../db/open/lock.ts";

/** The arguments are wrong; the message says which and what would be right. Printed before the command's usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked for cannot be done; the message says why. Printed alone. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Whether an error's message alone tells the operator what to do. */
export const isOperatorError = (error: unknown): error is Error =>
  error instanceof ConfigError ||
  error instanceof DirectoryError ||
  error instanceof MigrationError ||
  (error instanceof Error &&
    /^(ECONNREFUSED|ENOTFOUND|28P01|28000|3D000)/.test(String((error as { code?: unknown }).code)));

/** Tells the operator, on standard output. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
