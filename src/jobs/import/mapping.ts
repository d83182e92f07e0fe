import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { findDefinition, unknownField } from "../../records/custom.ts";
import { placeName, placesByHeading } from "./by-heading.ts";
import { type Choice, type Column, isUnmapped } from "./column.ts";
import { holdsSeveral, placesOf } from "./places.ts";

/** Maps the columns of a file to fields. Pure. */

/**
 * How the caller's mapping combines with the headings: AMEND overrides single columns, REPLACE ignores the headings.
 */
export type MappingMode = "AMEND" | "REPLACE";

/**
 * Maps each column of a file: as the caller says, otherwise by its heading.
 *
 * @param names of all columns, as `columnNames` makes them
 * @param given the caller's mapping
 * @param mode with AMEND other columns are mapped by their headings, unless another column has the field; with
 *   REPLACE they are not imported, if a mapping is given
 */
export function mapColumns(
  names: readonly string[],
  given: readonly Choice[],
  definitions: readonly Definition[],
  entity: Entity,
  mode: MappingMode = "AMEND",
): { columns: Column[]; refusals: Refusal[] } {
  const refusals = choiceRefusals(names, given, definitions, entity);
  const chosen = new Map(given.map((choice) => [choice.column, placed(choice, definitions)]));
  const taken = new Set(
    [...chosen.values()].flatMap(({ field, customField }) => {
      const shared =
        customField === null && field !== null && field !== "STREET" && holdsSeveral(entity, field);
      return shared ? [] : (placeName({ field, customField }) ?? []);
    }),
  );
  const others = names.filter((name) => !chosen.has(name));
  const byHeading =
    mode === "REPLACE" && given.length > 0 ? [] : placesByHeading(names, others, definitions, entity, taken);
  const found = new Map([...byHeading, ...chosen.values()].map((column) => [column.column, column]));
  const columns = names.map(
    (column): Column => found.get(column) ?? { column, field: null, customField: null, reason: "MAPPING" },
  );
  refusals.push(...twice(columns, entity));
  if (refusals.length === 0 && columns.every(isUnmapped)) {
    const message = `no column heading is known: ${names.slice(0, 20).map(quote).join(", ")}; is there a row with headings? Otherwise map the columns with mapping`;
    refusals.push(refusal("INVALID_VALUE", ["input", "mapping"], message));
  }
  return { columns, refusals };
}

/** A mapping with the slug of its custom field, which the caller may have named by its display name. */
const placed = ({ column, field, customField }: Choice, definitions: readonly Definition[]): Column => ({
  column,
  field,
  customField: customField === null ? null : (findDefinition(customField, definitions)?.slug ?? null),
  reason: "MAPPING",
});

/** Problems of the caller's mapping. */
function choiceRefusals(
  names: readonly string[],
  given: readonly Choice[],
  definitions: readonly Definition[],
  entity: Entity,
): Refusal[] {
  const places = placesOf(entity);
  const known = new Set(names);
  const chosen = new Set<string>();
  const refusals: Refusal[] = [];
  for (const [at, { column, field, customField }] of given.entries()) {
    const path = ["input", "mapping", String(at)];
    if (!known.has(column)) {
      const message = `the file has no column ${quote(column)}; it has ${names.slice(0, 20).map(quote).join(", ")}`;
      refusals.push(refusal("INVALID_VALUE", [...path, "column"], message));
    } else if (chosen.has(column)) {
      refusals.push(refusal("INVALID_VALUE", [...path, "column"], "names a column that was named before"));
    } else if (field !== null && customField !== null) {
      refusals.push(refusal("INVALID_VALUE", path, "goes to a field or to a custom field, not to both"));
    } else if (field !== null && places[field] === undefined) {
      const message = `${entity === "LEAD" ? "leads" : "contacts"} have no field ${field}; take one of ${Object.keys(places).join(", ")}`;
      refusals.push(refusal("INVALID_VALUE", [...path, "field"], message));
    } else if (customField !== null && !findDefinition(customField, definitions)) {
      refusals.push(unknownField(customField, definitions, [...path, "customField"]));
    }
    chosen.add(column);
  }
  return refusals;
}

/** Fields with one value that several columns are mapped to. */
function twice(columns: readonly Column[], entity: Entity): Refusal[] {
  const going = new Map<string, string[]>();
  for (const { column, field, customField } of columns) {
    const place = customField === null ? field : `the custom field ${quote(customField)}`;
    if (place === null || (customField === null && field !== null && holdsSeveral(entity, field))) continue;
    going.set(place, [...(going.get(place) ?? []), quote(column)]);
  }
  return [...going].flatMap(([place, names]) => {
    if (names.length < 2) return [];
    const message = `${names.slice(0, 20).join(" and ")} both go to ${place}: choose one`;
    return [refusal("INVALID_VALUE", ["input", "mapping"], message)];
  });
}
