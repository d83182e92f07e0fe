import { stringify } from "csv-stringify/sync";
import type { ExportJob } from "../../generated/prisma/client.ts";
import { withoutFormula } from "../../lib/formula.ts";
import {
  type ExportColumn,
  type ExportedRow,
  type ExportValue,
  exportedValue,
  exportFields,
  type Names,
} from "./columns.ts";

/** Formats the file of an export. Pure. */

export type Layout = Pick<ExportJob, "entity" | "format" | "delimiter" | "byteOrderMark"> & {
  readonly columns: readonly ExportColumn[];
};

/** @param job with its columns, as they are stored */
export const layoutOf = (job: ExportJob): Layout => ({
  ...job,
  columns: job.columns as unknown as ExportColumn[],
});

/** Separators between items of a cell, as an import reads them. */
const ITEMS = /[,;|"\r\n]|:::|^\s|\s$|^$|^\* /;

/** Several values in one cell, separated by |; an item that contains a separator is quoted. */
const listCell = (items: readonly string[]): string =>
  items.map((item) => (ITEMS.test(item) ? `"${item.replaceAll('"', '""')}"` : item)).join("|");

/** With semicolons between columns, spreadsheets expect a decimal comma. */
const decimalOf = (number: string, delimiter: string): string =>
  delimiter === ";" ? number.replace(".", ",") : number;

function cellOf(value: ExportValue, delimiter: string): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return decimalOf(String(value), delimiter);
  if ("decimal" in value) return decimalOf(value.decimal, delimiter);
  return listCell(value);
}

const line = (cells: readonly string[], delimiter: string): string =>
  stringify([cells.map(withoutFormula)], {
    delimiter,
    record_delimiter: "windows",
    // Surrounding white space is part of a value. A blank line would not be read as a record.
    quoted_match: /^\s|\s$|[\r\n]/,
    quoted_empty: cells.length === 1,
  });

/** The start of a file. */
export const beginningOf = ({ format, delimiter, byteOrderMark, columns }: Layout): string =>
  format === "CSV"
    ? `${byteOrderMark ? "\ufeff" : ""}${line(
        columns.map(({ heading }) => heading),
        delimiter,
      )}`
    : "";

type Json = { [key: string]: unknown };

/** A record in the form of the file, with its line ending. */
export function recordOf(layout: Layout, row: ExportedRow, names: Names): string {
  const { entity, format, delimiter, columns } = layout;
  if (format === "CSV") {
    return line(
      columns.map((column) => cellOf(exportedValue(entity, column, row, names), delimiter)),
      delimiter,
    );
  }
  const record: Json = {};
  for (const column of columns) {
    const value = exportedValue(entity, column, row, names);
    put(
      record,
      pathOf(entity, column),
      value !== null && typeof value === "object" && "decimal" in value ? value.decimal : value,
    );
  }
  return `${JSON.stringify(record)}\n`;
}

/** The path of a column in a JSON object. */
const pathOf = (entity: Layout["entity"], { field, customField, heading, named }: ExportColumn) => {
  if (named) return [heading];
  if (customField !== null) return ["customFields", customField];
  return exportFields[entity][field ?? ""]?.path ?? [heading];
};

function put(record: Json, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    // An assignment to `__proto__` would set the prototype.
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const inner = Object.hasOwn(record, key) ? record[key] : {};
  put(record, [key], inner);
  put(inner as Json, rest, value);
}
