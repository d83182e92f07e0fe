import { Prisma } from "../generated/prisma/client.ts";

/**
 * Classifies the errors of the database and the driver. Prisma wraps the driver's errors, and its metadata differ by
 * adapter and version; the SQLSTATE does not. Messages are matched only where an error has no code.
 */

interface DriverFault {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly kind?: string;
  readonly severity?: string;
}

function driverFault(error: unknown): DriverFault {
  if (typeof error !== "object" || error === null) return {};
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const { driverAdapterError } = (error.meta ?? {}) as { driverAdapterError?: { cause?: DriverFault } };
    return driverAdapterError?.cause ?? {};
  }
  const { name, cause, code, severity } = error as Error & DriverFault & { code?: unknown };
  if (name === "DriverAdapterError") return (cause as DriverFault | undefined) ?? {};
  return typeof code === "string" ? { originalCode: code, ...(severity && { severity }) } : {};
}

/** The codes of an error: Prisma's, and the SQLSTATE or socket error that it wraps. */
const codesOf = (error: unknown): readonly string[] => {
  const { code } = (error ?? {}) as { code?: unknown };
  const { originalCode } = driverFault(error);
  return [typeof code === "string" ? code : "", originalCode ?? ""];
};

const hasCode = (error: unknown, codes: ReadonlySet<string>): boolean =>
  codesOf(error).some((code) => codes.has(code));

/** Whether a write violated this unique index or constraint. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError
    ? error.code === "P2002" && JSON.stringify(error.meta ?? {}).includes(constraint)
    : isUniqueViolation(error) && (error as { constraint?: unknown }).constraint === constraint;

/** Whether a write violated any unique index or constraint. */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, new Set(["P2002", "23505"]));

/** Whether a write refers to a row that does not exist. */
export const violatesForeignKey = (error: unknown): boolean => hasCode(error, new Set(["P2003", "23503"]));

/** Whether PostgreSQL rolled a transaction back because of another one (serialization, deadlock): it can be retried. */
export const isRetryable = (error: unknown): boolean =>
  hasCode(error, new Set(["P2034", "40001", "40P01"])) ||
  driverFault(error).kind === "TransactionWriteConflict";

/** Whether PostgreSQL cancelled the statement: `statement_timeout`. */
export const isTimeout = (error: unknown): boolean => hasCode(error, new Set(["57014"]));

/** Whether a statement or a transaction exceeded its timeout, which may be its own fault. */
export const isOverdue = (error: unknown): boolean => hasCode(error, new Set(["57014", "P2028"]));

/** Whether a statement has more parameters or deeper conditions than Prisma or PostgreSQL can take. */
export const isTooLarge = (error: unknown): boolean =>
  hasCode(error, new Set(["P2029", "54001"])) ||
  (error instanceof RangeError && error.message.startsWith("Maximum call stack size")) ||
  (error instanceof Error && error.message.includes("recursion limit exceeded"));

/** Whether PostgreSQL cannot store a value. The API's scalars should have refused it. */
export const isUnstorable = (error: unknown): boolean =>
  hasCode(error, new Set(["P2007", "P2020", "22003", "22021", "22P02", "22P05"]));

const unavailable = new Set([
  // Prisma: no connection, no answer, no transaction in time.
  ...["P1000", "P1001", "P1002", "P1003", "P1008", "P1010", "P1011", "P1017", "P2024", "P2028", "P2037"],
  // The socket, and the look-up of the host's name.
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ENETDOWN", "ENETUNREACH"],
  ...["EHOSTDOWN", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAI_AGAIN", "ENOTFOUND"],
  // PostgreSQL is stopping, starting or a standby; it ended the session; its disk failed; a lock was not available.
  ...["57P01", "57P02", "57P03", "57P05", "25006", "25P03", "40003", "58000", "58030", "55P03"],
]);

/** Messages of driver errors without a code: the connection broke before or during a statement, or none was free. */
const connectionLost =
  /timeout exceeded when trying to connect|^timeout expired|Connection terminated|is not queryable|Cannot use a pool after calling end|^Received unexpected \w+ message from backend|SSL connection/;

/**
 * Whether the database could not be reached, was out of connections or resources, or takes no writes at present. The
 * statement is not at fault and may succeed later. A write may have been committed all the same, with its answer lost.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { kind, severity } = driverFault(error);
  return (
    hasCode(error, unavailable) ||
    // Classes 08 (connection exception) and 53 (insufficient resources). A protocol violation (08P01) is a bug here,
    // unless it ended the session (FATAL below), as from a pooler that is out of connections.
    codesOf(error).some((code) => /^(08(?!P01)...|53...)$/.test(code)) ||
    severity === "FATAL" ||
    severity === "PANIC" ||
    // The file of a Unix socket that nobody listens on.
    (error as NodeJS.ErrnoException).syscall === "connect" ||
    kind === "DatabaseNotReachable" ||
    kind === "ConnectionClosed" ||
    kind === "SocketTimeout" ||
    (codesOf(error).every((code) => code === "") && connectionLost.test(error.message))
  );
}

/** Whether the same call may succeed later: the error is transient. */
export const isTransient = (error: unknown): boolean =>
  isUnavailable(error) || isTimeout(error) || isRetryable(error);
