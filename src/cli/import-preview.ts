import type { Column } from "../jobs/import/column.ts";
import type { Preview, PreviewRow } from "../jobs/import/preview.ts";

/** A preview of an import in lines for a person. */
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

const nowhere: Readonly<Record<string, string>> = {
  POSSIBLE_WISH: "nowhere, though it may be a wish not to be contacted: say with --map",
  MAPPING: "nowhere, as --map says",
  KEPT: "a custom field of its own",
  OTHER_COLUMN: "nowhere: another column has its place",
  OTHER_ADDRESS: "nowhere: it is of another address",
  SALUTATION: "nowhere: the salutation",
  REFUSAL: "nowhere: why the rows were refused",
};

function placeOf({ field, customField, reason = "UNKNOWN" }: Column): string {
  if (customField !== null) return `custom.${customField}`;
  if (field === null) return nowhere[reason] ?? "nowhere: not known";
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
