import { z } from "zod";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import { textProblem } from "../../lib/exact.ts";
import { fold } from "../../lib/fold.ts";
import { findDefinition, unknownField } from "../../records/custom.ts";
import { addressOf, areConnections, candidates, haveJobTitle, headingKey, looseKey } from "./headings.ts";
import { otherHeadings } from "./known-headings.ts";
import { allFields, holdsSeveral, type ImportField, placesOf } from "./places.ts";
import { MAX_COLUMNS } from "./records.ts";

/** Which column of a file goes where. Pure. */

/** Where one column goes; nowhere when both are null. */
export interface Column {
  readonly column: string;
  readonly field: ImportField | null;
  /** Slug. */
  readonly customField: string | null;
}

export const Columns = z.array(
  z.object({
    column: z.string(),
    field: z
      .enum(allFields.map(({ name }) => name) as [ImportField])
      .nullish()
      .transform((value) => value ?? null),
    customField: z
      .string()
      .nullish()
      .transform((value) => value ?? null),
  }),
);

/** Fields by what a heading may be called, and how good a name it is: 0 is the field's own, the next ones count up. */
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
  // What a field is called comes before what others may mean by it.
  for (const [field, place] of places) add(field, place.headings, 0);
  for (const [field, place] of places) add(field, otherHeadings[field] ?? [], place.headings.length);
  return headings;
}

const known: Readonly<Record<Entity, Headings>> = {
  CONTACT: headingsOf("CONTACT"),
  LEAD: headingsOf("LEAD"),
};

/** Between the best heading of one number and that of the next, and of what is called after the organization's own. */
const NUMBERED = 1000;

/** In UTF-16 units. */
const MAX_NAME = 255;

/** A column with how good its claim to its place is; less is better. */
interface Claim extends Column {
  readonly rank: number;
}

function findKnown(column: string, entity: Entity) {
  for (const [at, { key, number }] of candidates(column).entries()) {
    const found = known[entity].get(looseKey(key));
    if (found) return { field: found.field, rank: found.rank + at + (number - 1) * NUMBERED };
  }
  return null;
}

/** Whether a heading is known to mean a field. */
export const isKnownHeading = (heading: string, entity: Entity): boolean =>
  findKnown(heading, entity) !== null;

/** Where a heading says that its column goes: what the organization calls its own comes before what others may mean. */
function placeOf(column: string, definitions: readonly Definition[], entity: Entity): Claim {
  // Longer than any name of a field.
  if (column.length > MAX_NAME) return { column, field: null, customField: null, rank: 0 };
  const slug = headingKey(column).replaceAll(" ", "_");
  const definition = findDefinition(slug, definitions) ?? findDefinition(column, definitions);
  const found = findKnown(column, entity);
  const own = found?.rank === 0 && definition?.slug !== slug;
  if (definition && !own) return { column, field: null, customField: definition.slug, rank: 0 };
  return { column, field: found?.field ?? null, customField: null, rank: found?.rank ?? 0 };
}

const partsOfAddress = new Set<ImportField | null>(["STREET", "CITY", "STATE", "ZIP", "COUNTRY"]);

const isPlain = (address: string): boolean => address === "plain 1";

/**
 * Leaves the parts of one address: of the one with the most parts, rather with a street, the first of those; what a file has without saying of
 * which address it is goes with it.
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
    return address === best || fills ? claim : { ...claim, field: null };
  });
}

/** Where the columns go that claim a field with one value and are not the best. */
const furtherPlace: Readonly<Partial<Record<ImportField, ImportField>>> = { EMAIL: "OTHER_EMAIL" };

/** By their headings: of several columns that claim a place with one value the best has it, and the others go nowhere. */
function placesByHeading(
  headings: readonly string[],
  definitions: readonly Definition[],
  entity: Entity,
): Column[] {
  const connections = entity === "CONTACT" && areConnections(headings);
  const jobTitle = haveJobTitle(headings);
  const claims = ofOneAddress(
    headings.map((column): Claim => {
      const claim = placeOf(column, definitions, entity);
      if (connections && claim.field === "URL") return { ...claim, field: "LINKEDIN_URL" };
      if (jobTitle && claim.field === "TITLE" && looseKey(column) === "title")
        return { ...claim, field: null };
      return claim;
    }),
  );
  const best = new Map<string, Claim>();
  for (const claim of claims) {
    const place = claim.customField === null ? claim.field : `custom ${claim.customField}`;
    if (place === null) continue;
    const before = best.get(place);
    if (before === undefined || claim.rank < before.rank) best.set(place, claim);
  }
  const winners = new Set(best.values());
  return claims.map((claim) => {
    const { column, field, customField } = claim;
    const goes = winners.has(claim) || (field !== null && holdsSeveral(entity, field));
    const further = field === null ? undefined : furtherPlace[field];
    if (!goes && further !== undefined && placesOf(entity)[further]) {
      return { column, field: further, customField: null };
    }
    return goes ? { column, field, customField } : { column, field: null, customField: null };
  });
}

/**
 * Says where each column of a file goes: as the caller says, else by its heading.
 *
 * @param headings the file's first row
 * @param given the caller's choices; when there are any, the columns left out go nowhere
 */
export function mapColumns(
  headings: readonly string[],
  given: readonly Column[],
  definitions: readonly Definition[],
  entity: Entity,
): { columns: Column[]; refusals: Refusal[] } {
  const places = placesOf(entity);
  const refusals: Refusal[] = [];
  const chosen = new Map<string, Column>();
  for (const [at, choice] of given.entries()) {
    const path = ["input", "mapping", String(at)];
    if (!headings.includes(choice.column)) {
      const message = `the file has no column ${quote(choice.column)}; it has ${headings.slice(0, 20).map(quote).join(", ")}`;
      refusals.push(refusal("INVALID_VALUE", [...path, "column"], message));
    } else if (chosen.has(choice.column)) {
      refusals.push(refusal("INVALID_VALUE", [...path, "column"], "names a column for the second time"));
    } else if (choice.field !== null && choice.customField !== null) {
      refusals.push(refusal("INVALID_VALUE", path, "goes to a field or to a custom field, not to both"));
    } else if (choice.field !== null && places[choice.field] === undefined) {
      const message = `${entity === "LEAD" ? "leads" : "contacts"} have no field ${choice.field}; take one of ${Object.keys(places).join(", ")}`;
      refusals.push(refusal("INVALID_VALUE", [...path, "field"], message));
    } else if (choice.customField !== null && !findDefinition(choice.customField, definitions)) {
      refusals.push(unknownField(choice.customField, definitions, [...path, "customField"]));
    }
    chosen.set(choice.column, choice);
  }
  const columns =
    given.length === 0
      ? placesByHeading(headings, definitions, entity)
      : headings.map((column): Column => {
          const { field = null, customField = null } = chosen.get(column) ?? {};
          const slug = customField === null ? null : (findDefinition(customField, definitions)?.slug ?? null);
          return { column, field, customField: slug };
        });
  const going = new Map<string, string[]>();
  for (const { column, field, customField } of columns) {
    const place = customField === null ? field : `the custom field ${quote(customField)}`;
    if (place === null || (customField === null && field !== null && holdsSeveral(entity, field))) continue;
    going.set(place, [...(going.get(place) ?? []), quote(column)]);
  }
  for (const [place, names] of going) {
    if (names.length < 2) continue;
    const message = `${names.slice(0, 20).join(" and ")} both go to ${place}: choose one`;
    refusals.push(refusal("INVALID_VALUE", ["input", "mapping"], message));
  }
  if (
    refusals.length === 0 &&
    columns.every(({ field, customField }) => field === null && customField === null)
  ) {
    const names = headings.slice(0, 20).map(quote).join(", ");
    const message = `none of the columns is known: ${names}; is there a first row with headings? Say where they go with mapping`;
    refusals.push(refusal("INVALID_VALUE", ["input", "mapping"], message));
  }
  return { columns, refusals };
}

/** What is wrong with a file's headings. */
export function headingRefusals(headings: readonly string[]): Refusal[] {
  const path = ["input", "file"];
  if (headings.length > MAX_COLUMNS) {
    return [refusal("TOO_MANY_ITEMS", path, `the file has more than ${MAX_COLUMNS} columns`)];
  }
  const problem = headings.map(headingProblem).find((found) => found !== null);
  if (problem != null) return [refusal("INVALID_VALUE", path, problem)];
  const empty = headings.flatMap((heading, at) => (heading.trim() === "" ? [at + 1] : []));
  const seen = new Set<string>();
  const twice = headings.filter((heading) => {
    const key = fold(heading.trim());
    return seen.size === seen.add(key).size && key !== "";
  });
  const found: Refusal[] = [];
  if (empty.length > 0) {
    found.push(
      refusal("INVALID_VALUE", path, `has columns without a heading: ${empty.slice(0, 20).join(", ")}`),
    );
  }
  if (twice.length > 0) {
    found.push(
      refusal("INVALID_VALUE", path, `has headings twice: ${twice.slice(0, 20).map(quote).join(", ")}`),
    );
  }
  if (headings.includes("__proto__")) found.push(refusal("INVALID_VALUE", path, 'has a heading "__proto__"'));
  return found;
}

/** Why a heading is no text. */
function headingProblem(heading: string, at: number): string | null {
  const problem =
    textProblem(heading) ?? (heading.includes("\ufffd") ? "has bytes that cannot be read as text" : null);
  return problem && `the heading of column ${at + 1} ${problem}; is the file in another encoding?`;
}
