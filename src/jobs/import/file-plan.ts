import type { Definition } from "../../filter/registry/fields.ts";
import { RefusalError, refuse } from "../../lib/errors.ts";
import { isKnownHeading } from "./by-heading.ts";
import type { Column, UnmappedColumn } from "./column.ts";
import { columnNames, headingRefusals } from "./column-names.ts";
import { mapColumns } from "./mapping.ts";
import type { Asked } from "./new-job.ts";
import { HEAD } from "./pieces.ts";
import { type Given, NotCsvError, type Sniffed, sniff } from "./sniff.ts";
import { unmappedOf, withKept } from "./unmapped.ts";

/** Format of a file and the mapping of its columns. */
export interface FilePlan extends Sniffed {
  readonly columns: readonly Column[];
  readonly unmapped: readonly UnmappedColumn[];
}

/**
 * Detects the format of a file, and maps its columns.
 *
 * @param head first bytes of the file
 * @throws RefusalError for a file that is not CSV, bad headings, or a mapping that does not fit
 */
export function planFile(head: Buffer, input: Asked, definitions: readonly Definition[]): FilePlan {
  const { entity, mapping, mappingMode, keepUnmapped } = input;
  const sniffed = sniffHead(head, input);
  const { headings, rows } = sniffed;
  const bad = headingRefusals(headings);
  if (bad.length > 0) throw new RefusalError(bad);
  const names = columnNames(headings);
  const { columns, refusals } = mapColumns(names, mapping ?? [], definitions, entity, mappingMode ?? "AMEND");
  if (refusals.length > 0) throw new RefusalError(refusals);
  const unmapped = unmappedOf(columns, headings, rows);
  if (keepUnmapped == null) return { ...sniffed, columns, unmapped };
  const kept = withKept(columns, unmapped, keepUnmapped);
  return { ...sniffed, columns: kept, unmapped: unmappedOf(kept, headings, rows) };
}

function sniffHead(head: Buffer, { entity, encoding, delimiter, headingsRow }: Asked): Sniffed {
  const given: Given = {
    encoding: encoding ?? undefined,
    delimiter: delimiter ?? undefined,
    before: headingsRow == null ? undefined : headingsRow - 1,
  };
  try {
    return sniff(head, head.length < HEAD, given, (heading) => isKnownHeading(heading, entity));
  } catch (error) {
    if (!(error instanceof NotCsvError)) throw error;
    throw refuse("INVALID_VALUE", ["input", "file"], `the file ${error.message}`);
  }
}
