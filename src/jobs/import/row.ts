import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import { RefusalError } from "../../lib/errors.ts";
import { readWithPhones } from "../../records/phones.ts";
import {
  ambiguous,
  cellProblem,
  cellText,
  customCell,
  exponent,
  split,
  tagsIn,
  truthIn,
  wordOf,
} from "./cells.ts";
import { isNegated } from "./headings.ts";
import type { Column } from "./mapping.ts";
import { placesOf } from "./places.ts";
import { type ImportValues, rowCheck } from "./values.ts";

/** One row of an import: what it says, or what is wrong with it. Pure. */

export interface RowProblem {
  /** The column's heading, or the input's field; null when the row as a whole is wrong. */
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
}

export interface ImportRow {
  /** Among the rows of data, from 1. */
  readonly row: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** As it was sent. */
  readonly raw: string;
  /** Null when it cannot be read. */
  readonly input: ImportValues | null;
  readonly problems: readonly RowProblem[];
}

type Draft = Record<string, unknown>;

/** Most problems that are said of one row. */
const MAX_PROBLEMS = 20;

/** The addresses of a cell that has several, where a record can have several; null for one. */
function furtherEmails(entity: Entity, cell: string): string[] | null {
  const kind = placesOf(entity).OTHER_EMAIL?.cell;
  // An address may have a | in it.
  if (!(kind instanceof RegExp) || emailKey(cell) !== null) return null;
  const addresses = split(cell, kind);
  return addresses.length > 1 ? addresses : null;
}

/** Puts a value where its path leads; what it is written within is made. */
function put(draft: Draft, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) draft[name] = value;
  else {
    const inner = (draft[name] ?? {}) as Draft;
    draft[name] = inner;
    put(inner, rest, value);
  }
}

export interface RowReader {
  readonly entity: Entity;
  readonly columns: readonly Column[];
  readonly definitions: readonly Definition[];
  /** Whether numbers may have a decimal comma, as where columns are separated by semicolons. */
  readonly decimalComma: boolean;
  /** The country of phone numbers without one: two letters of ISO 3166-1. */
  readonly defaultCountry: string | null;
}

/** Reads a record of a file. Empty cells say nothing: they leave what is there. */
export function readRecord(
  cells: readonly string[],
  { entity, columns, definitions, decimalComma, defaultCountry }: RowReader,
): Pick<ImportRow, "input" | "problems"> {
  const places = placesOf(entity);
  if (cells.length !== columns.length) {
    const message = `expected ${columns.length} columns, found ${cells.length}`;
    return { input: null, problems: [{ column: null, code: "INVALID_VALUE", message }] };
  }
  const problems: RowProblem[] = [];
  const draft: Draft = {};
  const customFields: { slug: string; value: unknown }[] = [];
  const columnOf = new Map<string, string>();
  for (const [at, { column, field, customField }] of columns.entries()) {
    const cell = cellText(cells[at] ?? "");
    if (cell === "" || (field === null && customField === null)) continue;
    const problem = cellProblem(cell);
    if (problem) {
      problems.push({ column, code: "INVALID_VALUE", message: problem });
      continue;
    }
    if (customField !== null) {
      columnOf.set(`customFields.${customFields.length}`, column);
      const definition = definitions.find(({ slug }) => slug === customField);
      if (decimalComma && definition?.type === "NUMBER" && ambiguous.test(cell)) {
        const message = `may be ${cell.replace(".", "")} or ${cell.replace(".", ",")} where a comma stands before decimals: write it so`;
        problems.push({ column, code: "INVALID_CUSTOM_VALUE", message });
        continue;
      }
      customFields.push({ slug: customField, value: customCell(cell, definition, decimalComma) });
    } else if (field !== null) {
      const { path = [], cell: kind, wish } = places[field] ?? {};
      const place = path.join(".");
      const several = field === "EMAIL" ? furtherEmails(entity, cell) : null;
      if (several !== null) {
        const [first, ...others] = several;
        put(draft, path, first);
        columnOf.set(place, column);
        const further = (draft.otherEmails ?? []) as string[];
        for (const address of others) {
          columnOf.set(`otherEmails.${further.length}`, column);
          further.push(address);
        }
        draft.otherEmails = further;
      } else if (kind instanceof RegExp) {
        const values = (draft[place] ?? []) as string[];
        const cut = field === "PHONE" && split(cell, kind).some((value) => exponent.test(value));
        if (cut) {
          const message = `is a number that a spreadsheet has cut (${cell.slice(0, 40)}): format the column as text and export it again`;
          problems.push({ column, code: "INVALID_PHONE", message });
          continue;
        }
        for (const value of field === "TAGS" ? tagsIn(cell, kind) : split(cell, kind)) {
          columnOf.set(`${place}.${values.length}`, column);
          values.push(value);
        }
        if (values.length > 0) draft[place] = values;
      } else if (kind === "truth") {
        const truth = truthIn(cell, wish);
        if (truth === undefined) {
          const message = "must be true or false, yes or no, 1 or 0, or x";
          problems.push({ column, code: "INVALID_VALUE", message });
        } else if (wish === undefined || draft[place] !== wish) {
          draft[place] = isNegated(column, field) ? !truth : truth;
        }
      } else {
        put(draft, path, kind === "word" ? wordOf(cell) : cell);
        columnOf.set(place, column);
      }
    }
  }
  if (customFields.length > 0) draft.customFields = customFields;
  const read = readDraft(
    entity,
    draft,
    defaultCountry,
    (path) => columnOf.get(path) ?? columnOf.get(path.split(".")[0] ?? "") ?? null,
  );
  return problems.length > 0 ? { input: null, problems: [...problems, ...read.problems] } : read;
}

/** The first problems of a row, and how many more there are: each is kept with the row as it was sent. */
export function firstProblems(problems: readonly RowProblem[]): readonly RowProblem[] {
  const more = problems.length - MAX_PROBLEMS;
  if (more <= 0) return problems;
  const rest = { column: null, code: "INVALID_VALUE", message: `has ${more} more problems` };
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

/** Reads a row that came as an input. */
export const readInputRow = (
  entity: Entity,
  row: unknown,
  defaultCountry: string | null = null,
): Pick<ImportRow, "input" | "problems"> =>
  readDraft(entity, sayingSomething(row), defaultCountry, (path) => path || null);

/**
 * An input without what is null: an import leaves what is there where a row says nothing, be it with an empty cell,
 * blank text or null. Only contactUpdate clears.
 */
function sayingSomething<Input>(input: Input): Input {
  if (typeof input !== "object" || input === null) return input;
  const said = Object.entries(input).filter(([, value]) => value !== null);
  return Object.fromEntries(
    said.map(([name, value]) => [name, name === "address" ? sayingSomething(value) : value]),
  ) as Input;
}

function readDraft(
  entity: Entity,
  draft: unknown,
  defaultCountry: string | null,
  columnOf: (path: string) => string | null,
): Pick<ImportRow, "input" | "problems"> {
  try {
    const read = readWithPhones(rowCheck(entity), draft, defaultCountry, []);
    return { input: sayingSomething(read), problems: [] };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const problems = error.refusals.map(({ code, path, message }) => {
      const place = path.join(".");
      const column = columnOf(place);
      // The person sees headings, not the places of the input by which the words begin.
      const named = column !== null && message.startsWith(`${place} `);
      return { column, code, message: named ? `${column}${message.slice(place.length)}` : message };
    });
    return { input: null, problems };
  }
}
