import { ConfigError } from "../config.ts";
import { MigrationError } from "../db/migrate/migrate.ts";
import { DirectoryInUseError } from "../db/open/lock.ts";
import { sayIfStale } from "../server/stale.ts";

/** Something the person at the keyboard can put right; printed without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Whether an error's message alone tells the operator what to do. */
export const isOperatorError = (error: unknown): error is Error =>
  error instanceof ConfigError ||
  error instanceof DirectoryInUseError ||
  error instanceof MigrationError ||
  error instanceof UsageError ||
  (error instanceof Error &&
    /^(ERR_PARSE_ARGS|ECONNREFUSED|ENOTFOUND|28P01|28000|3D000)/.test(
      String((error as { code?: unknown }).code),
    ));

/** Runs a command line to its exit code; faults are printed with their stack, an operator's mistakes without. */
export function runCommand(main: () => Promise<number>): void {
  sayIfStale();
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const told = isOperatorError(error)
        ? error.message || String(error)
        : error instanceof Error
          ? error.stack
          : error;
      process.stderr.write(`${told}\n`);
      process.exitCode = 1;
    },
  );
}
