import { GraphQLError } from "graphql";
import { sourceStack } from "./stacks.ts";

/**
 * Errors in the log: their kind and origin, without the values that PostgreSQL, Prisma and JavaScript put in messages.
 * A unique violation names the e-mail address that is taken, a cast the text that it could not read, Prisma the whole
 * row that was to be written, and JSON.parse the beginning of its text.
 */

export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  /** Names in the database, such as tables and constraints, which show what failed. */
  readonly [name: string]: unknown;
}

/** Properties of an error that are logged: names and codes, which callers cannot choose. */
const NAMES = [
  "severity",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "routine",
  "syscall",
  "errno",
];
const MOST_CHARACTERS = 500;
const MOST_FRAMES = 12;
/** Maximum number of causes that are followed. */
const DEEPEST = 4;

/** The loggable part of an error. @param thrown any thrown value */
export function loggedError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: "" };
  const error = thrown as Error & Readonly<Record<string, unknown>>;
  const code = textOf(error.code) ?? textOf(error.originalCode);
  const cause = depth < DEEPEST ? causeOf(error) : undefined;
  const path = error instanceof GraphQLError ? error.path : undefined;
  const several = error instanceof AggregateError && depth < DEEPEST ? error.errors.slice(0, DEEPEST) : [];
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    message: withoutValues(error.message),
    ...Object.fromEntries(
      NAMES.flatMap((name) => (textOf(error[name]) ? [[name, textOf(error[name])]] : [])),
    ),
    ...(path && { path }),
    ...(typeof error.stack === "string" && { stack: framesOf(error.stack) }),
    ...(cause !== undefined && { cause: loggedError(cause, depth + 1) }),
    ...(several.length > 0 && { errors: several.map((each) => loggedError(each, depth + 1)) }),
  };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "number" || (typeof value === "string" && value.length < 100) ? String(value) : undefined;

/** The cause of an error; errors of GraphQL and Prisma have other properties for it. */
function causeOf(error: Error & Readonly<Record<string, unknown>>): unknown {
  const { driverAdapterError } = (error.meta ?? {}) as { readonly driverAdapterError?: unknown };
  const found = error.originalError ?? driverAdapterError ?? error.cause;
  // The adapter describes PostgreSQL's error by a plain object.
  return typeof found === "object" && found !== null && !(found instanceof Error)
    ? fromDriver(found as DriverFault)
    : (found ?? undefined);
}

/** The adapter's description of an error of PostgreSQL. */
interface DriverFault {
  readonly kind?: unknown;
  readonly originalCode?: unknown;
  readonly table?: unknown;
  readonly constraint?: { readonly index?: unknown };
}

const fromDriver = ({ kind, originalCode, table, constraint }: DriverFault): Error =>
  Object.assign(new Error(textOf(kind) ?? ""), {
    name: "DriverError",
    stack: undefined,
    code: originalCode,
    table,
    constraint: constraint?.index,
  });

/** The frames of a stack, without the message before them. */
const framesOf = (stack: string): string =>
  sourceStack(
    stack
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, MOST_FRAMES)
      .map((line) => line.trim())
      .join("\n"),
  );

/** An error's message without parts that may contain personal data. */
export function withoutValues(message: string): string {
  const words = message.startsWith("\nInvalid ") ? lastLine(message) : message;
  const cut = words
    .slice(0, 10_000)
    .replace(/"(?:[^"\\]|\\.)*"?/gs, '"…"')
    .replace(/`(?![\w.$() ]{1,60}`)[^`]*`?/g, "`…`")
    .replace(/Cannot convert .* to a BigInt/gs, "Cannot convert … to a BigInt")
    .replace(/[^\s"'`<>()[\]{},;:=]+@[^\s"'`<>()[\]{},;:=]+/g, "<address>")
    .replace(/\+\d[\d ().-]{5,}\d/g, "<number>");
  return cut.length > MOST_CHARACTERS ? `${cut.slice(0, MOST_CHARACTERS)}…` : cut;
}

/** Prisma's message begins with the call and its arguments; the last line is the problem. */
const lastLine = (message: string): string => message.trim().split("\n").at(-1)?.trim() ?? "";
