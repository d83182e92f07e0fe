import { InvalidArgumentError } from "commander";
import type { Choice } from "../jobs/import/column.ts";
import { allFields, type ImportField } from "../jobs/import/places.ts";

/** The fields that a column can be mapped to, as they are typed on the command line. */
export const fieldNames = allFields.map(({ name }) => name.toLowerCase());

/** Reads `<column>=<field>`, and adds it to the earlier ones. */
export function readMapping(text: string, before: readonly Choice[] = []): Choice[] {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError('It must read "<column>=<field>".');
  const [column, place] = [text.slice(0, at), text.slice(at + 1).trim()];
  return [...before, { column, ...readPlace(place) }];
}

function readPlace(place: string): Omit<Choice, "column"> {
  if (place === "") return { field: null, customField: null };
  if (place.startsWith("custom.")) return { field: null, customField: place.slice("custom.".length) };
  const field = place.toUpperCase().replaceAll("-", "_");
  if (allFields.some(({ name }) => name === field)) return { field: field as ImportField, customField: null };
  throw new InvalidArgumentError(
    `There is no field "${place}": take ${fieldNames.join(", ")}, or custom.<slug>.`,
  );
}
