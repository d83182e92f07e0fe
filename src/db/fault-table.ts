import type { RequestCode } from "../lib/error-codes.ts";

/**
 * The faults of the database in one table: the fault that each code or message stands for, and for each fault the
 * answer to callers, what a job does, and what is sent again. `docs/faults.md` is made from this table.
 */

/** What a fault means for answers, jobs and retries. */
export interface Meaning {
  readonly words: string;
  /** The error in the answer; null for a bug, which callers see as INTERNAL_SERVER_ERROR. */
  readonly answer: {
    readonly code: RequestCode;
    /** HTTP status; 200 if omitted. A 503 has the header Retry-After. */
    readonly status?: number;
    readonly message: string;
  } | null;
  /**
   * What a job does: it waits until the database is back, however long that takes; it tries again, until three attempts
   * in a row made no progress; or it ends.
   */
  readonly job: "waits" | "tries again" | "ends";
  /** Whether a read is sent once more, on another connection. */
  readonly readAgain: boolean;
  /** Whether a write is sent again: this fault shows that PostgreSQL has not executed it. */
  readonly writeAgain: boolean;
}

const away = {
  code: "SERVICE_UNAVAILABLE",
  status: 503,
  message:
    "The database cannot be reached or is read-only at the moment. Send the request again later. A mutation may have been executed: with the same idempotencyKey it is executed once.",
} as const;

export const meanings = {
  lost: {
    words:
      "The connection broke, or PostgreSQL ended it. The statement may have been executed although no answer arrived.",
    answer: away,
    job: "waits",
    readAgain: true,
    writeAgain: false,
  },
  unavailable: {
    words: "At the moment, the database cannot be reached, has no room, or accepts no writes.",
    answer: away,
    job: "waits",
    readAgain: false,
    writeAgain: false,
  },
  exhausted: {
    words: "The statement exceeded a resource limit of the server, and may exceed it every time.",
    answer: away,
    job: "tries again",
    readAgain: false,
    writeAgain: false,
  },
  stale: {
    words: "A connection no longer has the prepared statement that was to be executed. Nothing was executed.",
    answer: away,
    job: "waits",
    readAgain: true,
    writeAgain: true,
  },
  overdue: {
    words: "The statement or transaction exceeded its time limit.",
    answer: { code: "TIMEOUT", status: 504, message: "The database took too long to answer." },
    job: "tries again",
    readAgain: false,
    writeAgain: false,
  },
  conflict: {
    words: "The transaction conflicted with another one, and PostgreSQL rolled it back.",
    answer: {
      code: "CONFLICT",
      status: 409,
      message:
        "Other requests changed the same records at the same time. Nothing was written: send it again.",
    },
    job: "waits",
    readAgain: false,
    writeAgain: true,
  },
  tooLarge: {
    words: "The statement has too many values, or conditions nested too deeply, to be planned.",
    answer: {
      code: "FILTER_TOO_LARGE",
      message: "The filter has too many values, or conditions nested too deeply, for one query.",
    },
    job: "ends",
    readAgain: false,
    writeAgain: false,
  },
  unstorable: {
    words: "PostgreSQL cannot store a value; the types of the API should have refused it.",
    answer: { code: "BAD_USER_INPUT", message: "A value cannot be stored in the database." },
    job: "ends",
    readAgain: false,
    writeAgain: false,
  },
  bug: {
    words: "Not a fault of the database: it would occur every time.",
    answer: null,
    job: "ends",
    readAgain: false,
    writeAgain: false,
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type FaultName = keyof typeof meanings;

type Row = readonly [code: string, fault: FaultName, words: string];

/**
 * SQLSTATEs, from appendix A of PostgreSQL's manual: all codes of the classes 08, 53, 55 and 57, and the codes of other
 * classes that our statements can cause.
 */
export const states: readonly Row[] = [
  ["08000", "lost", "connection exception"],
  ["08001", "unavailable", "the connection could not be opened"],
  ["08003", "lost", "the connection does not exist"],
  ["08004", "unavailable", "the server refused the connection"],
  ["08006", "lost", "the connection failed"],
  ["08007", "lost", "it is not known whether the transaction was committed"],
  // A statement with too many parameters. If it ended the session, as a pooler does, it is unavailable: see `faultOf`.
  [
    "08P01",
    "bug",
    "protocol violation; unavailable if it ended the session, as a pooler without connections does",
  ],
  ["0A000", "bug", "not supported; stale if a kept plan no longer fits its table"],
  ["21000", "bug", "more than one row"],
  ["22003", "unstorable", "a number out of range"],
  ["22021", "unstorable", "a character that does not exist in the encoding"],
  ["22P02", "unstorable", "a text that is not a value of its type"],
  ["22P05", "unstorable", "a character that cannot be converted"],
  ["25006", "unavailable", "only reads are accepted, as on a standby"],
  ["25P03", "lost", "the transaction was idle for too long"],
  ["25P04", "overdue", "the transaction took longer than transaction_timeout"],
  ["26000", "stale", "there is no prepared statement of this name, as behind a pooler"],
  ["28000", "unavailable", "the role may not connect"],
  ["28P01", "unavailable", "the password is wrong, for example because it was changed"],
  ["3D000", "unavailable", "there is no such database"],
  ["40000", "conflict", "the transaction was rolled back"],
  ["40001", "conflict", "the transaction could not be serialised"],
  ["40003", "lost", "it is not known whether the statement was executed"],
  ["40P01", "conflict", "a deadlock"],
  ["42P05", "stale", "there is another prepared statement of this name, as behind a pooler"],
  ["53000", "unavailable", "insufficient resources"],
  ["53100", "unavailable", "the disk is full"],
  ["53200", "unavailable", "out of memory"],
  ["53300", "unavailable", "too many connections"],
  ["53400", "exhausted", "a limit of the configuration, such as temp_file_limit"],
  ["54001", "tooLarge", "the statement is too complex"],
  ["55000", "bug", "an object is not in the state that this needs"],
  ["55006", "unavailable", "an object is in use"],
  ["55P02", "bug", "a setting that cannot be changed now"],
  ["55P03", "unavailable", "a lock was not available in time"],
  ["55P04", "bug", "a value of an enum that is not committed yet"],
  ["57000", "unavailable", "an operator intervened"],
  ["57014", "overdue", "the statement was cancelled: statement_timeout"],
  ["57P01", "lost", "an operator stopped the server or this session"],
  ["57P02", "lost", "another process of the server crashed"],
  ["57P03", "unavailable", "the server is starting or stopping"],
  ["57P04", "unavailable", "the database was dropped"],
  ["57P05", "lost", "the session was idle for too long"],
  ["58000", "unavailable", "an error of the operating system"],
  ["58030", "unavailable", "an input or output error of the disk"],
];

/** Faults for codes of a class that are not listed above: later versions and managed servers have more codes. */
export const classes: readonly Row[] = [
  ["08", "lost", "connection exceptions"],
  ["53", "unavailable", "insufficient resources"],
  ["57", "unavailable", "interventions of an operator"],
];

/** Codes of Node.js for sockets and for name resolution. */
export const socketCodes: readonly Row[] = [
  ["ECONNRESET", "lost", "the other side reset the connection"],
  ["EPIPE", "lost", "the connection was closed before the statement was sent"],
  ["ECONNABORTED", "lost", "the connection was given up"],
  ["ECONNREFUSED", "unavailable", "nobody listens at the address"],
  ["ETIMEDOUT", "unavailable", "the other side does not answer"],
  ["ENETDOWN", "unavailable", "the network is down"],
  ["ENETUNREACH", "unavailable", "there is no route to the network"],
  ["EHOSTDOWN", "unavailable", "the host is down"],
  ["EHOSTUNREACH", "unavailable", "there is no route to the host"],
  ["EADDRNOTAVAIL", "unavailable", "no port is free for a connection"],
  ["EMFILE", "unavailable", "the process has no file descriptor left"],
  ["ENFILE", "unavailable", "the system has no file descriptor left"],
  ["EAI_AGAIN", "unavailable", "the host's name cannot be resolved at the moment"],
  ["ENOTFOUND", "unavailable", "the host's name does not exist"],
];

/** Prisma's codes, for errors without an SQLSTATE or socket code. */
export const prismaCodes: readonly Row[] = [
  ["P1000", "unavailable", "the credentials are refused"],
  ["P1001", "unavailable", "the server cannot be reached"],
  ["P1002", "unavailable", "the server was reached and timed out"],
  ["P1003", "unavailable", "there is no such database"],
  ["P1008", "unavailable", "the socket timed out"],
  ["P1010", "unavailable", "access is denied"],
  ["P1011", "unavailable", "TLS fails"],
  ["P1017", "lost", "the server closed the connection"],
  ["P2007", "unstorable", "a value is not valid"],
  ["P2020", "unstorable", "a value is out of range"],
  ["P2024", "unavailable", "no connection was free in time"],
  ["P2028", "overdue", "the transaction exceeded its time limit"],
  ["P2029", "tooLarge", "the statement has too many parameters"],
  ["P2034", "conflict", "a write conflict or a deadlock"],
  ["P2037", "unavailable", "too many connections"],
];

/** Rolograph's own codes. */
export const ownCodes: readonly Row[] = [
  ["CONFLICT", "conflict", "other writes conflicted with every attempt of this one"],
];

/** Names that Prisma's adapter gives to errors of the driver that have no code. */
export const kinds: readonly Row[] = [
  ["ConnectionClosed", "lost", "the server closed the connection"],
  ["DatabaseNotReachable", "unavailable", "the server cannot be reached"],
  ["SocketTimeout", "unavailable", "the socket timed out"],
  ["TlsConnectionError", "unavailable", "TLS fails"],
  ["TransactionWriteConflict", "conflict", "a write conflict or a deadlock"],
];

type Sentence = readonly [pattern: RegExp, fault: FaultName, sentence: string];

/** Messages of PostgreSQL whose code alone would stand for another fault. */
export const sentencesWithCode: readonly (readonly [code: string, ...sentence: Sentence])[] = [
  ["0A000", /^cached plan must not change result type/, "stale", "cached plan must not change result type"],
];

/** Messages of the driver and of Prisma for errors that have no code. */
export const sentences: readonly Sentence[] = [
  [/timeout exceeded when trying to connect/, "unavailable", "timeout exceeded when trying to connect"],
  [/^timeout expired/, "unavailable", "timeout expired"],
  [
    /Connection terminated due to connection timeout/,
    "unavailable",
    "Connection terminated due to connection timeout",
  ],
  [/Cannot use a pool after calling end/, "unavailable", "Cannot use a pool after calling end on the pool"],
  [/SSL connection/, "unavailable", "There was an error establishing an SSL connection"],
  [/Connection terminated/, "lost", "Connection terminated unexpectedly"],
  [/is not queryable/, "lost", "Client has encountered a connection error and is not queryable"],
  [/^Received unexpected \w+ message from backend/, "lost", "Received unexpected … message from backend"],
  [/recursion limit exceeded/, "tooLarge", "recursion limit exceeded"],
];
