import { Prisma } from "../../generated/prisma/client.ts";

/** Reading the driver's faults. Their metadata differs by adapter and version: the SQLSTATE and the text do not. */

interface DriverFault {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly kind?: string;
}

function driverFault(error: unknown): DriverFault {
  if (typeof error !== "object" || error === null) return {};
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const { driverAdapterError } = (error.meta ?? {}) as { driverAdapterError?: { cause?: DriverFault } };
    return driverAdapterError?.cause ?? {};
  }
  const { cause, code } = error as { cause?: DriverFault; code?: unknown };
  return cause ?? (typeof code === "string" ? { originalCode: code } : {});
}

/** Whether a write broke this unique index or constraint. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError
    ? error.code === "P2002" && JSON.stringify(error.meta ?? {}).includes(constraint)
    : isUniqueViolation(error) && (error as { constraint?: unknown }).constraint === constraint;

/** Whether a write broke some unique index or constraint. */
export const isUniqueViolation = (error: unknown): boolean =>
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") ||
  driverFault(error).originalCode === "23505";

/** Whether a write refers to a row that is not there. */
export const violatesForeignKey = (error: unknown): boolean =>
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003") ||
  driverFault(error).originalCode === "23503";

/** Whether PostgreSQL undid a transaction because of another one, so that it may be tried again. */
export const isRetryable = (error: unknown): boolean =>
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2034") ||
  ["40001", "40P01"].includes(String(driverFault(error).originalCode)) ||
  driverFault(error).kind === "TransactionWriteConflict";

/** Whether PostgreSQL gave the statement up for its time. */
export const isTimeout = (error: unknown): boolean => driverFault(error).originalCode === "57014";

const connectionCodes = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "P2037",
  "ECONNREFUSED",
  "57P01",
  "53300",
]);

/** Whether the database could not be reached, or had no connection to give. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  const { originalCode, kind } = driverFault(error);
  return (
    connectionCodes.has(String(code)) ||
    connectionCodes.has(String(originalCode)) ||
    kind === "DatabaseNotReachable" ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  );
}
