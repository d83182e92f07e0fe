import type { ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { ContactCreate } from "../../entities/contact/contact.inputs.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { RefusalError } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import { readInput } from "../../records/inputs.ts";
import type { Column, ImportField } from "./mapping.ts";

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
  readonly input: ContactCreateValues | null;
  readonly problems: readonly RowProblem[];
}

type Draft = Record<string, unknown>;

/** Where a field's cell goes in a contact's input. */
const places: Readonly<Partial<Record<ImportField, string>>> = {
  NAME: "name",
  FIRST_NAME: "firstName",
  LAST_NAME: "lastName",
  EMAIL: "email",
  COMPANY: "company",
  TITLE: "title",
  URL: "url",
  LINKEDIN_URL: "linkedinUrl",
  LINKEDIN_SALES_URL: "linkedinSalesUrl",
  SOURCE: "source",
  NOTES: "notes",
};
const addressParts: Readonly<Partial<Record<ImportField, string>>> = {
  STREET: "street",
  CITY: "city",
  STATE: "state",
  ZIP: "zip",
  COUNTRY: "country",
};

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  "1": true,
  false: false,
  no: false,
  "0": false,
};

const split = (cell: string, separators: RegExp): string[] =>
  cell
    .split(separators)
    .map((part) => part.trim())
    .filter((part) => part !== "");

export interface RowReader {
  readonly columns: readonly Column[];
  readonly definitions: readonly Definition[];
  /** Whether numbers may have a decimal comma, as where columns are separated by semicolons. */
  readonly decimalComma: boolean;
}

/** Reads a record of a file. Empty cells say nothing: they leave what is there. */
export function readRecord(
  cells: readonly string[],
  { columns, definitions, decimalComma }: RowReader,
): Pick<ImportRow, "input" | "problems"> {
  if (cells.length !== columns.length) {
    const message = `expected ${columns.length} columns, found ${cells.length}`;
    return { input: null, problems: [{ column: null, code: "INVALID_VALUE", message }] };
  }
  const problems: RowProblem[] = [];
  const draft: Draft = {};
  const address: Draft = {};
  const phones: string[] = [];
  const tags: string[] = [];
  const customFields: { slug: string; value: unknown }[] = [];
  const columnOf = new Map<string, string>();
  for (const [at, { column, field, customField }] of columns.entries()) {
    const cell = (cells[at] ?? "").trim();
    if (cell === "" || (field === null && customField === null)) continue;
    const problem =
      textProblem(cell) ?? (unreadable.test(cell) ? "has bytes that cannot be read as text" : null);
    if (problem) {
      problems.push({ column, code: "INVALID_VALUE", message: problem });
      continue;
    }
    if (customField !== null) {
      columnOf.set(`customFields.${customFields.length}`, column);
      const definition = definitions.find(({ slug }) => slug === customField);
      customFields.push({ slug: customField, value: customCell(cell, definition, decimalComma) });
    } else if (field === "PHONE") {
      for (const phone of split(cell, /[;|]/)) {
        columnOf.set(`phoneNumbers.${phones.length}`, column);
        phones.push(phone);
      }
    } else if (field === "TAGS") tags.push(...split(cell, /[,;|]/));
    else if (field === "ALLOW_PHONE_CALLS" || field === "DO_NOT_CONTACT") {
      const truth = truths[cell.toLowerCase()];
      if (truth === undefined) {
        const message = "must be true or false, yes or no, 1 or 0";
        problems.push({ column, code: "INVALID_VALUE", message });
      } else draft[field === "DO_NOT_CONTACT" ? "doNotContact" : "allowPhoneCalls"] = truth;
    } else if (field !== null) {
      const part = addressParts[field];
      const place = places[field];
      if (part !== undefined) address[part] = cell;
      else if (place !== undefined) draft[place] = cell;
      columnOf.set(part === undefined ? (place ?? "") : `address.${part}`, column);
    }
  }
  if (Object.keys(address).length > 0) draft.address = address;
  if (phones.length > 0) draft.phoneNumbers = phones;
  if (tags.length > 0) draft.tags = tags;
  if (customFields.length > 0) draft.customFields = customFields;
  const read = readDraft(
    draft,
    (path) => columnOf.get(path) ?? columnOf.get(path.split(".")[0] ?? "") ?? null,
  );
  return problems.length > 0 ? { input: null, problems: [...problems, ...read.problems] } : read;
}

/** Reads a row that came as an input. */
export const readInputRow = (row: unknown): Pick<ImportRow, "input" | "problems"> =>
  readDraft(row, (path) => path || null);

function readDraft(
  draft: unknown,
  columnOf: (path: string) => string | null,
): Pick<ImportRow, "input" | "problems"> {
  try {
    return { input: readInput(ContactCreate, draft, []), problems: [] };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const problems = error.refusals.map(({ code, path, message }) => ({
      column: columnOf(path.join(".")),
      code,
      message,
    }));
    return { input: null, problems };
  }
}

/** What a wrong encoding leaves behind: the replacement character, and controls that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unreadable = /[\ufffd\u0001-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f]/;

/** A cell in the form in which a custom field's type reads it. */
function customCell(cell: string, definition: Definition | undefined, decimalComma: boolean): unknown {
  switch (definition?.type) {
    case "NUMBER":
      return decimalComma ? cell.replace(/^(-?\d+),(\d+)$/, "$1.$2") : cell;
    case "BOOLEAN":
      return truths[cell.toLowerCase()] ?? cell;
    case "MULTI_SELECT":
      return split(cell, /[,;|]/);
    default:
      return cell;
  }
}
