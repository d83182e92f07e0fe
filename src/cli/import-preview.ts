import type { Column } from "../jobs/import/column.ts";
import type { Preview, PreviewRow } from "../jobs/import/preview.ts";

/** The lines of a preview. */
export function previewLines(preview: Preview): string[] {
  const { encoding, delimiter, before, columns, unmapped, rows, total, whole } = preview;
  const { created, updated, skipped, failed, leftOut } = preview;
  const between = delimiter === "\t" ? "tabs" : delimiter;
  const samples = new Map(unmapped.map((column) => [column.column, column.samples[0]]));
  return [
    `${encoding}, separated by ${between}; the headings are row ${before + 1}`,
    "",
    ...columns.map(
      (column) => `  ${column.column} -> ${placeOf(column)}${sampleOf(samples.get(column.column))}`,
    ),
    "",
    ...rows.flatMap(rowLines),
    "",
    `${whole ? "All" : "The first"} ${total} rows: ${created} would be created, ${updated} updated, ${skipped} skipped, ${failed} refused; ${leftOut} values left out`,
    "Nothing was written.",
  ];
}

const sampleOf = (sample: string | undefined): string => (sample === undefined ? "" : ` (${sample})`);

const notImported: Readonly<Record<string, string>> = {
  POSSIBLE_WISH: "not imported, though it may be about consent or opting out: map it with --map",
  MAPPING: "not imported, as --map says",
  KEPT: "a custom field of its own",
  OTHER_COLUMN: "not imported: another column has the field",
  OTHER_ADDRESS: "not imported: it belongs to another address",
  SALUTATION: "not imported: the salutation",
  REFUSAL: "not imported: reasons of refused rows",
};

function placeOf({ field, customField, reason = "UNKNOWN" }: Column): string {
  if (customField !== null) return `custom.${customField}`;
  if (field === null) return notImported[reason] ?? "not imported: unknown heading";
  return `${field.toLowerCase()}${reason === "KEPT" ? ", as it has no other place" : ""}`;
}

function rowLines({ line, outcome, values, problems }: PreviewRow): string[] {
  const said = values.map(
    ({ field, customField, values: texts }) =>
      `${field?.toLowerCase() ?? `custom.${customField}`}: ${texts.join(", ").replace(/\s+/g, " ")}`,
  );
  return [
    `  line ${line}: ${outcome.toLowerCase()}${said.length === 0 ? "" : `: ${said.join("; ")}`}`,
    ...problems.map(({ column, message }) => `    ${column === null ? "" : `${column}: `}${message}`),
  ];
}
