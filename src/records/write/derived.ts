import { derive, deriveBuiltIn, deriveTexts } from "../../filter/language/derive.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Data } from "./changes.ts";

/** Columns that are computed from the others of their row, for filters and orders. Pure. */

/** How a model's derived columns are computed. */
export interface Derivation {
  /** Whose custom fields the row has values of; null for a model without. */
  readonly entity: Entity | null;
  /** All of them. @param definitions the entity's custom fields; none are needed for a row without values */
  all(row: Data, definitions: readonly Definition[]): Data;
  /** Those computed from built-in columns, without custom values. */
  builtIn(row: Data): Data;
}

const withCustom = (entity: Entity): Derivation => ({
  entity,
  all: (row, definitions) => derive(entity, row, definitions),
  builtIn: (row) => deriveBuiltIn(entity, row),
});

const ofDeal = (row: Data): Data => deriveTexts("DEAL", row);

const derivations: Readonly<Record<string, Derivation>> = {
  contact: withCustom("CONTACT"),
  lead: withCustom("LEAD"),
  deal: { entity: null, all: ofDeal, builtIn: ofDeal },
};

/** The derivation of a model; null for a model without derived columns. @param model Prisma's name of the delegate */
export const derivationOf = (model: string): Derivation | null => derivations[model] ?? null;

/**
 * The derived columns that differ after a change which leaves the custom values alone. The parts of `keys` and `facets`
 * that come from custom fields are left out and stay as they are in the row, so that no definitions must be read.
 */
export function derivedChanges({ builtIn }: Derivation, before: Data, after: Data): Data {
  const old = builtIn(before);
  return Object.fromEntries(
    Object.entries(builtIn(after)).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]),
    ),
  );
}
