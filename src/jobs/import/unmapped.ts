import { type Column, isUnmapped, type UnmappedColumn } from "./column.ts";

/** Columns of a file that are not imported. Pure. */

/** Number of sample values of a column, and UTF-16 units of each. */
const SAMPLES = 3;
const SAMPLE_TEXT = 100;

/** The first distinct values of a column. */
function samplesOf(at: number, rows: readonly (readonly string[])[]): string[] {
  const texts = rows.map((cells) =>
    (cells[at] ?? "").trim().slice(0, SAMPLE_TEXT).replaceAll("\0", "\ufffd").toWellFormed(),
  );
  return [...new Set(texts.filter((text) => text !== ""))].slice(0, SAMPLES);
}

/**
 * The columns that are not imported, with sample values; columns without heading and values are omitted.
 *
 * @param headings of the file
 * @param rows the first rows of data
 */
export const unmappedOf = (
  columns: readonly Column[],
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): UnmappedColumn[] =>
  columns.flatMap((column, at) => {
    const { reason = "UNKNOWN" } = column;
    const samples = samplesOf(at, rows);
    const isThere = headings[at] !== "" || samples.length > 0;
    const isTold = reason !== "KEPT" && reason !== "REFUSAL" && isThere;
    return isUnmapped(column) && isTold ? [{ column: column.column, reason, samples }] : [];
  });

/**
 * The columns of a file with those to keep mapped to the notes or to new custom fields; columns that the caller
 * excluded explicitly stay excluded.
 */
export function withKept(
  columns: readonly Column[],
  unmapped: readonly UnmappedColumn[],
  where: "NOTES" | "CUSTOM_FIELDS",
): Column[] {
  const kept = new Set(unmapped.filter(({ reason }) => reason !== "MAPPING").map(({ column }) => column));
  return columns.map((column) =>
    kept.has(column.column)
      ? {
          column: column.column,
          field: where === "NOTES" ? "NOTES" : null,
          customField: null,
          reason: "KEPT",
        }
      : column,
  );
}
