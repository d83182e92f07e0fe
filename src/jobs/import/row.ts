import type { Entity } from "../../filter/registry/fields.ts";
import { type Refusal, RefusalError } from "../../lib/errors.ts";
import { readWithPhones } from "../../records/phones.ts";
import { textOf, without } from "./leave-out.ts";
import { type ImportValues, rowCheck } from "./values.ts";

/** One row of an import: what it says, or what is wrong with it. Pure. */

export interface RowProblem {
  /** The column's heading, or the input's field; null when the row as a whole is wrong. */
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  /** What stands there, where it was left out and the row was not refused. */
  readonly text?: string;
}

/** What the cells of a row, or an input, say. */
export interface RowSaid {
  /** Null when it cannot be read. */
  readonly input: ImportValues | null;
  /** Why not. */
  readonly problems: readonly RowProblem[];
  /** What was wrong and was left out. */
  readonly leftOut: readonly RowProblem[];
  /** Lines for the notes, of columns that have no other place. */
  readonly kept: readonly string[];
  /** What stands at a place of the input, such as `phoneNumbers.1`, is called in the file. */
  readonly columnOf: (path: readonly string[]) => string | null;
}

export interface ImportRow extends RowSaid {
  /** Among the rows of data, from 1. */
  readonly row: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** As it was sent. */
  readonly raw: string;
}

export type Draft = Record<string, unknown>;

/** Most problems that are stored for one row. */
const MAX_PROBLEMS = 20;

/** The first problems of a row, and how many more there are: each is kept with the row as it was sent. */
export function firstProblems(problems: readonly RowProblem[]): readonly RowProblem[] {
  const more = problems.length - MAX_PROBLEMS;
  if (more <= 0) return problems;
  const rest = { column: null, code: "INVALID_VALUE", message: `has ${more} more problems` };
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

/**
 * Reads a row that came as an input.
 *
 * @param defaultCountry of phone numbers without one
 * @param leaveOut whether values that are wrong are left out, and the row is not refused for them
 */
export const readInputRow = (
  entity: Entity,
  row: unknown,
  defaultCountry: string | null = null,
  leaveOut = false,
): RowSaid => ({
  ...readDraft(entity, withoutNulls(row), {
    defaultCountry,
    leaveOut,
    columnOf: (path) => path.join(".") || null,
  }),
  kept: [],
});

/**
 * An input without what is null: an import leaves what is there where a row says nothing, be it with an empty cell,
 * blank text or null. Only contactUpdate clears.
 */
function withoutNulls<Input>(input: Input): Input {
  if (typeof input !== "object" || input === null) return input;
  const entries = Object.entries(input).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === "address" ? withoutNulls(value) : value]),
  ) as Input;
}

interface Reading {
  readonly defaultCountry: string | null;
  readonly leaveOut: boolean;
  readonly columnOf: RowSaid["columnOf"];
}

/** Checks what a row says. */
export function readDraft(
  entity: Entity,
  draft: unknown,
  { defaultCountry, leaveOut, columnOf }: Reading,
): Omit<RowSaid, "kept"> {
  try {
    const input = withoutNulls(readWithPhones(rowCheck(entity), draft, defaultCountry, []));
    return { input, problems: [], leftOut: [], columnOf };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const problems = error.refusals.map((refusal) => problemAt(refusal, columnOf));
    const paths = error.refusals.map(({ path }) => path);
    const less = leaveOut && isObject(draft) ? without(draft, paths) : null;
    if (less === null) return { input: null, problems, leftOut: [], columnOf };
    const rest = readDraft(entity, less.input, {
      defaultCountry,
      leaveOut,
      columnOf: (path) => columnOf(less.origin(path)),
    });
    if (rest.input === null) return { ...rest, problems: [...problems, ...rest.problems] };
    return { ...rest, leftOut: [...leftOutOf(problems, less.values), ...rest.leftOut] };
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Problems of values that were left out. @param values the same as many */
export const leftOutOf = (problems: readonly RowProblem[], values: readonly unknown[]): RowProblem[] =>
  problems.map((problem, at) => ({ ...problem, text: textOf(values[at]) }));

/** A refusal as a row's problem: the person sees headings, not the places of the input by which the words begin. */
export function problemAt(
  { code, path, message }: Pick<Refusal, "code" | "path" | "message">,
  columnOf: RowSaid["columnOf"],
): RowProblem {
  const column = columnOf(path);
  const place = path.join(".");
  const named = column !== null && message.startsWith(`${place} `);
  return { column, code, message: named ? `${column}${message.slice(place.length)}` : message };
}
