import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { findDefinition } from "../../records/custom.ts";
import { type Column, type ColumnReason, REFUSAL_HEADING } from "./column.ts";
import {
  addressOf,
  areConnections,
  candidates,
  haveJobTitle,
  headingKey,
  lineOf,
  looseKey,
  mayBeWish,
} from "./headings.ts";
import { otherHeadings } from "./known-headings.ts";
import { holdsSeveral, type ImportField, placesOf } from "./places.ts";

/** Maps the columns of a file by their headings. Pure. */

/** Fields by heading, with a rank: 0 for the field's own name, higher numbers for less specific names. */
type Headings = ReadonlyMap<string, { readonly field: ImportField; readonly rank: number }>;

function headingsOf(entity: Entity): Headings {
  const headings = new Map<string, { field: ImportField; rank: number }>();
  const add = (field: ImportField, names: readonly string[], from: number) => {
    for (const [at, heading] of names.entries()) {
      const key = looseKey(heading);
      if (!headings.has(key)) headings.set(key, { field, rank: from + at });
    }
  };
  const places = Object.entries(placesOf(entity)) as [ImportField, { headings: readonly string[] }][];
  // A field's own name takes precedence over other headings.
  for (const [field, place] of places) add(field, place.headings, 0);
  for (const [field, place] of places) add(field, otherHeadings[field] ?? [], place.headings.length);
  return headings;
}

const known: Readonly<Record<Entity, Headings>> = {
  CONTACT: headingsOf("CONTACT"),
  LEAD: headingsOf("LEAD"),
};

/** Distance in rank between headings with different numbers, and after custom fields of the organization. */
const NUMBERED = 1000;

/** In UTF-16 units. */
const MAX_NAME = 255;

function findKnown(column: string, entity: Entity) {
  for (const [at, { key, number }] of candidates(column).entries()) {
    const found = known[entity].get(looseKey(key));
    if (found) return { field: found.field, rank: found.rank + at + (number - 1) * NUMBERED };
  }
  return null;
}

/** Whether a heading is known for some field. */
export const isKnownHeading = (heading: string, entity: Entity): boolean =>
  findKnown(heading, entity) !== null;

/** A column with the rank of its claim on a field; the lowest rank wins. */
interface Claim {
  readonly column: string;
  readonly field: ImportField | null;
  readonly customField: string | null;
  readonly reason: ColumnReason;
  readonly rank: number;
}

const nowhere = ({ column, rank }: Pick<Claim, "column" | "rank">, reason: ColumnReason): Claim => ({
  column,
  rank,
  field: null,
  customField: null,
  reason,
});

/** The field of a heading: the organization's custom fields take precedence over known headings. */
function placeOf(column: string, definitions: readonly Definition[], entity: Entity): Claim {
  if (column === REFUSAL_HEADING) return nowhere({ column, rank: 0 }, "REFUSAL");
  // Longer than the name of any field.
  if (column.length > MAX_NAME) return nowhere({ column, rank: 0 }, "UNKNOWN");
  const slug = headingKey(column).replaceAll(" ", "_");
  const definition = findDefinition(slug, definitions) ?? findDefinition(column, definitions);
  const found = findKnown(column, entity);
  const own = found?.rank === 0 && definition?.slug !== slug;
  if (definition && !own) {
    return { column, field: null, customField: definition.slug, reason: "CUSTOM_FIELD", rank: 0 };
  }
  return found === null
    ? nowhere({ column, rank: 0 }, mayBeWish(column) ? "POSSIBLE_WISH" : "UNKNOWN")
    : { column, ...found, customField: null, reason: "HEADING" };
}

const partsOfAddress = new Set<ImportField | null>(["STREET", "CITY", "STATE", "ZIP", "COUNTRY"]);

const isPlain = (address: string): boolean => address === "plain 1";

/**
 * Keeps the columns of one postal address: the one with the most parts, preferably with a street, otherwise the
 * first; together with columns that do not say which address they belong to.
 */
function ofOneAddress(claims: readonly Claim[]): Claim[] {
  const parts = new Map<string, Set<ImportField | null>>();
  for (const { column, field } of claims) {
    if (!partsOfAddress.has(field)) continue;
    const address = addressOf(column);
    parts.set(address, (parts.get(address) ?? new Set()).add(field));
  }
  const most = Math.max(0, ...[...parts.values()].map(({ size }) => size));
  const fullest = [...parts].filter(([, { size }]) => size === most);
  const withStreet = fullest.filter(([, has]) => has.has("STREET"));
  const among = (withStreet.length > 0 ? withStreet : fullest).map(([address]) => address);
  const best = among.find(isPlain) ?? among[0] ?? "";
  return claims.map((claim) => {
    if (!partsOfAddress.has(claim.field)) return claim;
    const address = addressOf(claim.column);
    const fills = isPlain(address) && !parts.get(best)?.has(claim.field);
    return address === best || fills ? claim : nowhere(claim, "OTHER_ADDRESS");
  });
}

/** The field for further columns that claim a field with one value. */
const furtherPlace: Readonly<Partial<Record<ImportField, ImportField>>> = { EMAIL: "OTHER_EMAIL" };

/** The name of a field or custom field that only one column can be mapped to. */
export const placeName = ({ field, customField }: Pick<Column, "field" | "customField">): string | null =>
  customField === null ? field : `custom ${customField}`;

/**
 * Maps columns by their headings: of several columns that claim a field with one value the best heading wins, and the
 * others are not imported.
 *
 * @param all names of all columns, as `columnNames` makes them, which identify the kind of file
 * @param names of the columns to map
 * @param taken fields that other columns have, as `placeName` names them
 */
export function placesByHeading(
  all: readonly string[],
  names: readonly string[],
  definitions: readonly Definition[],
  entity: Entity,
  taken: ReadonlySet<string> = new Set(),
): Column[] {
  const connections = entity === "CONTACT" && areConnections(all);
  const jobTitle = haveJobTitle(all);
  const claims = ofOneAddress(
    names.map((column): Claim => {
      const claim = placeOf(column, definitions, entity);
      if (connections && claim.field === "URL") return { ...claim, field: "LINKEDIN_URL" };
      if (jobTitle && claim.field === "TITLE" && looseKey(column) === "title")
        return nowhere(claim, "SALUTATION");
      return claim;
    }),
  );
  const best = new Map<string, Claim>();
  for (const claim of claims) {
    const place = placeName(claim);
    if (place === null || taken.has(place)) continue;
    const before = best.get(place);
    if (before === undefined || claim.rank < before.rank) best.set(place, claim);
  }
  const winners = new Set(best.values());
  const goes = (claim: Claim): boolean => {
    if (winners.has(claim) || claim.field === null || !holdsSeveral(entity, claim.field))
      return winners.has(claim);
    // A second column becomes another line of the street only if its heading has a line number.
    return claim.field !== "STREET" || (lineOf(claim.column) > 1 && !taken.has("STREET"));
  };
  return claims.map((claim): Column => {
    const { column, field, customField, reason } = claim;
    if (placeName(claim) === null || goes(claim)) return { column, field, customField, reason };
    const further = field === null ? undefined : furtherPlace[field];
    if (further !== undefined && placesOf(entity)[further]) {
      return { column, field: further, customField: null, reason };
    }
    return { column, field: null, customField: null, reason: "OTHER_COLUMN" };
  });
}
