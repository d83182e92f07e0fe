import type { Definition } from "../../filter/registry/fields.ts";
import type { ExportEntity } from "../../generated/prisma/enums.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { findDefinition, unknownField } from "../../records/custom.ts";
import { type ExportColumn, exportFields, headingOf, usualColumns } from "./columns.ts";
import type { ExportArgs } from "./export.inputs.ts";

/** Reads the caller's choice of columns. Pure. */

/** JSON keys that contain others. */
const GROUPS: ReadonlySet<string> = new Set(["address", "customFields"]);

/**
 * The columns of a file.
 *
 * @param definitions of the entity's custom fields
 */
export function chooseColumns(
  entity: ExportEntity,
  { columns: chosen, format }: Pick<ExportArgs, "columns" | "format">,
  definitions: readonly Definition[],
): { columns: ExportColumn[]; refusals: Refusal[] } {
  if (chosen == null) return { columns: usualColumns(entity, definitions), refusals: [] };
  const refusals: Refusal[] = [];
  const columns: ExportColumn[] = [];
  const headings = new Set<string>();
  for (const [at, { field = null, customField = null, heading }] of chosen.entries()) {
    const path = ["columns", String(at)];
    if ((field === null) === (customField === null)) {
      refusals.push(refusal("INVALID_VALUE", path, "must name either a field or a custom field"));
      continue;
    }
    const definition = customField === null ? undefined : findDefinition(customField, definitions);
    if (customField !== null && !definition) {
      refusals.push(unknownField(customField, definitions, [...path, "customField"]));
      continue;
    }
    const known = field === null ? undefined : exportFields[entity][field];
    const own = definition?.slug ?? (known ? headingOf(known, definitions) : "");
    const column: ExportColumn = {
      field,
      customField: definition?.slug ?? null,
      heading: heading ?? own,
      named: heading != null,
    };
    if (headings.has(column.heading)) {
      const message = `${quote(column.heading)} is the heading of an earlier column: give another heading`;
      refusals.push(refusal("INVALID_VALUE", heading == null ? path : [...path, "heading"], message));
    } else if (heading != null && format === "JSON_LINES" && GROUPS.has(heading)) {
      const message = `${quote(heading)} is the key of several columns in JSON: give another heading`;
      refusals.push(refusal("INVALID_VALUE", [...path, "heading"], message));
    }
    headings.add(column.heading);
    columns.push(column);
  }
  return { columns, refusals };
}
