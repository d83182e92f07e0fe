import { InvalidArgumentError } from "commander";
import type { Definition, Entity } from "../filter/registry/fields.ts";
import { type Column, isKnownHeading, mapColumns } from "../jobs/import/mapping.ts";
import { allFields, holdsSeveral, type ImportField } from "../jobs/import/places.ts";
import { sniff } from "../jobs/import/sniff.ts";

/** Names of the fields to which a column can go, as they are typed. */
export const fieldNames = allFields.map(({ name }) => name.toLowerCase());

/** Reads `<column>=<field>`, and adds it to those before it. */
export function readMapping(text: string, before: readonly Column[] = []): Column[] {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError('It must read "<column>=<field>".');
  const [column, place] = [text.slice(0, at), text.slice(at + 1).trim()];
  return [...before, { column, ...readPlace(place) }];
}

function readPlace(place: string): Omit<Column, "column"> {
  if (place === "") return { field: null, customField: null };
  if (place.startsWith("custom.")) return { field: null, customField: place.slice("custom.".length) };
  const field = place.toUpperCase().replaceAll("-", "_");
  if (allFields.some(({ name }) => name === field)) return { field: field as ImportField, customField: null };
  throw new InvalidArgumentError(
    `There is no field "${place}": take ${fieldNames.join(", ")}, or custom.<slug>.`,
  );
}

/**
 * Where all columns of a file go: as the operator says, the others by their headings, unless their field is taken.
 *
 * @param head the file's first bytes, its first row at least
 * @param whole whether that is all of it
 * @throws NotCsvError when they are not CSV
 */
export function completeMapping(
  head: Buffer,
  whole: boolean,
  given: readonly Column[],
  definitions: readonly Definition[],
  entity: Entity,
): Column[] {
  const { headings } = sniff(head, whole, {}, (heading) => isKnownHeading(heading, entity));
  const named = new Set(given.map(({ column }) => column));
  const taken = new Set(given.map(({ field }) => field));
  const byHeading = mapColumns(headings, [], definitions, entity).columns.filter(
    ({ column, field }) =>
      !named.has(column) && (field === null || holdsSeveral(entity, field) || !taken.has(field)),
  );
  return [...given, ...byHeading];
}
