import { type Column, isUnmapped, type UnmappedColumn } from "./column.ts";

/** The columns of a file that go nowhere. Pure. */

/** Values that are shown of a column, and how much of each, in UTF-16 units. */
const SAMPLES = 3;
const SAMPLE_TEXT = 100;

/** The first different values of a column. */
function samplesOf(at: number, rows: readonly (readonly string[])[]): string[] {
  const texts = rows.map((cells) =>
    (cells[at] ?? "").trim().slice(0, SAMPLE_TEXT).replaceAll("\0", "\ufffd").toWellFormed(),
  );
  return [...new Set(texts.filter((text) => text !== ""))].slice(0, SAMPLES);
}

/**
 * Which columns go nowhere, each with some of its values.
 *
 * @param headings of the file
 * @param rows the first ones below them
 * @returns none that has neither a heading nor a value
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
 * The columns of a file with those kept that would go nowhere without the caller having said so: in the notes, or in
 * custom fields that are yet to be made.
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
