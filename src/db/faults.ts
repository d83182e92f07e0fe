import { Prisma } from "../generated/prisma/client.ts";
import {
  classes,
  type FaultName,
  kinds,
  type Meaning,
  meanings,
  ownCodes,
  prismaCodes,
  sentences,
  sentencesWithCode,
  socketCodes,
  states,
} from "./fault-table.ts";

/**
 * Classifies the errors of the database and the driver by the table of faults. Prisma wraps the driver's errors, and
 * its metadata differ by adapter and version; the SQLSTATE does not. Messages are matched only if an error has no code,
 * or one that says less.
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

/** The codes of an error: the SQLSTATE or socket error that it wraps, and Prisma's. */
const codesOf = (error: unknown): readonly string[] => {
  const { code } = (error ?? {}) as { code?: unknown };
  const { originalCode } = driverFault(error);
  return [originalCode, code].filter((each) => typeof each === "string");
};

const hasCode = (error: unknown, codes: ReadonlySet<string>): boolean =>
  codesOf(error).some((code) => codes.has(code));

const byCode = new Map(
  [...states, ...socketCodes, ...prismaCodes, ...ownCodes].map(([code, fault]) => [code, fault] as const),
);
const byClass = new Map(classes.map(([code, fault]) => [code, fault] as const));
const byKind = new Map(kinds.map(([kind, fault]) => [kind, fault] as const));

/** The fault that a code stands for; undefined if the table does not have the code. */
const meantBy = (code: string): FaultName | undefined =>
  byCode.get(code) ?? (/^[0-9A-Z]{5}$/.test(code) ? byClass.get(code.slice(0, 2)) : undefined);

/**
 * The fault that an error stands for, by the table.
 *
 * @returns null if it is not an error of the database
 */
function faultOf(error: unknown): FaultName | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof RangeError && error.message.startsWith("Maximum call stack size")) return "tooLarge";
  const { kind = "", severity, originalMessage = error.message } = driverFault(error);
  const codes = codesOf(error);
  const said = sentencesWithCode.find(
    ([code, pattern]) => codes.includes(code) && pattern.test(originalMessage),
  );
  if (said) return said[2];
  const meant = codes.map(meantBy).find((fault) => fault !== undefined);
  if (meant !== undefined && meant !== "bug") return meant;
  // An error that ended the session, or kept it from opening, is never caused by a bug of ours.
  if (severity === "FATAL" || severity === "PANIC") return "unavailable";
  if (meant !== undefined) return meant;
  const ofKind = byKind.get(kind);
  if (ofKind !== undefined) return ofKind;
  // Nobody listens on the file of a Unix socket.
  if ((error as NodeJS.ErrnoException).syscall === "connect") return "unavailable";
  return codes.length === 0
    ? (sentences.find(([pattern]) => pattern.test(error.message))?.[1] ?? null)
    : null;
}

/** What an error means for answers, retries and jobs. @returns null if it is not a fault of the database */
export function meaningOf(error: unknown): Meaning | null {
  const fault = faultOf(error);
  return fault && meanings[fault];
}

/** Whether a write violated this unique index or constraint. */
export const violates = (error: unknown, constraint: string): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError
    ? error.code === "P2002" && JSON.stringify(error.meta ?? {}).includes(constraint)
    : isUniqueViolation(error) && (error as { constraint?: unknown }).constraint === constraint;

/** Whether a write violated any unique index or constraint. */
export const isUniqueViolation = (error: unknown): boolean => hasCode(error, new Set(["P2002", "23505"]));

/** Whether a write refers to a row that does not exist. */
export const violatesForeignKey = (error: unknown): boolean => hasCode(error, new Set(["P2003", "23503"]));

/** Whether PostgreSQL undid a write that would succeed if it were sent again (serialization failure, deadlock). */
export const isRetryable = (error: unknown): boolean => meaningOf(error)?.writeAgain === true;

/** Whether a statement or a transaction exceeded its timeout, which may be its own fault. */
export const isOverdue = (error: unknown): boolean => faultOf(error) === "overdue";

/**
 * Whether a statement failed because of its connection, or of what the connection had prepared: a read may then be sent
 * once more on another connection.
 */
export const isBroken = (error: unknown): boolean => meaningOf(error)?.readAgain === true;

/** Whether a connection must not be used again, because of its prepared statements. */
export const isStale = (error: unknown): boolean => faultOf(error) === "stale";

/** Whether the database failed to answer (503 or 504): asking again at once would take as long and fail again. */
export const isFailure = (error: unknown): boolean => {
  const status = meaningOf(error)?.answer?.status;
  return status === 503 || status === 504;
};

/** Whether the error is transient, so that the same call may succeed later. */
export const isTransient = (error: unknown): boolean => {
  const meaning = meaningOf(error);
  return meaning !== null && meaning.job !== "ends";
};

/** Whether a further attempt of a job counts towards its limit, because this error may come again each time. */
export const countsAsAttempt = (error: unknown): boolean => meaningOf(error)?.job === "tries again";
