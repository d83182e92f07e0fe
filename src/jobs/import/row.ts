import type { Entity } from "../../filter/registry/fields.ts";
import { type Refusal, RefusalError } from "../../lib/errors.ts";
import { readWithPhones } from "../../records/phones.ts";
import { textOf, without } from "./leave-out.ts";
import { type ImportValues, rowCheck } from "./values.ts";

/** A row of an import: its input, or its problems. Pure. */

export interface RowProblem {
  /** The column's heading, or the input's field; null when the row as a whole is wrong. */
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  /** The invalid value, if it was left out and the row was imported. */
  readonly text?: string;
}

/** The content of a row, from the cells of a file or an input. */
export interface RowSaid {
  /** Null if the row cannot be read. */
  readonly input: ImportValues | null;
  /** Why the row cannot be read. */
  readonly problems: readonly RowProblem[];
  /** Invalid values that were left out. */
  readonly leftOut: readonly RowProblem[];
  /** Lines for the notes, from columns that are mapped to no field. */
  readonly kept: readonly string[];
  /** The column's heading for a path of the input, such as `phoneNumbers.1`. */
  readonly columnOf: (path: readonly string[]) => string | null;
}

export interface ImportRow extends RowSaid {
  /** Number among the rows of data, from 1. */
  readonly row: number;
  /** The line on which the row starts, from 1. */
  readonly line: number;
  /** The text of the row as it was sent. */
  readonly raw: string;
}

export type Draft = Record<string, unknown>;

/** Most problems that are stored for one row. */
const MAX_PROBLEMS = 20;

/** The first problems of a row, and the number of the others: each problem is stored together with the raw row. */
export function firstProblems(problems: readonly RowProblem[]): readonly RowProblem[] {
  const more = problems.length - MAX_PROBLEMS;
  if (more <= 0) return problems;
  const rest = { column: null, code: "INVALID_VALUE", message: `has ${more} more problems` };
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

/**
 * Reads a row that was sent as an input.
 *
 * @param defaultCountry for phone numbers without a country code
 * @param leaveOut whether invalid values are left out instead of refusing the row
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
 * The input without nulls: in an import an empty cell, blank text and null all keep the existing value. Only
 * contactUpdate clears fields.
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

/** Validates the content of a row. */
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

/**
 * Problems of values that were left out.
 *
 * @param values the left-out values, one for each problem
 */
export const leftOutOf = (problems: readonly RowProblem[], values: readonly unknown[]): RowProblem[] =>
  problems.map((problem, at) => ({ ...problem, text: textOf(values[at]) }));

/** A refusal as a row's problem: its message names the column's heading instead of the path. */
export function problemAt(
  { code, path, message }: Pick<Refusal, "code" | "path" | "message">,
  columnOf: RowSaid["columnOf"],
): RowProblem {
  const column = columnOf(path);
  const place = path.join(".");
  const named = column !== null && message.startsWith(`${place} `);
  return { column, code, message: named ? `${column}${message.slice(place.length)}` : message };
}
