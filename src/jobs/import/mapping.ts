import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { findDefinition, unknownField } from "../../records/custom.ts";
import { placeName, placesByHeading } from "./by-heading.ts";
import { type Choice, type Column, isUnmapped } from "./column.ts";
import { holdsSeveral, placesOf } from "./places.ts";

/** Which column of a file goes where. Pure. */

/** What a caller's choices are: what the headings say but for these, or all that is said. */
export type MappingMode = "AMEND" | "REPLACE";

/**
 * Says where each column of a file goes: as the caller says, else by its heading.
 *
 * @param names of all columns, as `columnNames` makes them
 * @param given the caller's choices
 * @param mode AMEND leaves the other columns to their headings, but for places that are taken; with REPLACE they go
 *   nowhere, if there are any choices
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

/** A caller's choice with the slug of its custom field, which may be named by its name. */
const placed = ({ column, field, customField }: Choice, definitions: readonly Definition[]): Column => ({
  column,
  field,
  customField: customField === null ? null : (findDefinition(customField, definitions)?.slug ?? null),
  reason: "MAPPING",
});

/** What is wrong with choices. */
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

/** Places with one value to which several columns go. */
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
