import { derive, deriveBuiltIn, deriveTexts } from "../../filter/language/derive.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Data } from "./changes.ts";

/** Columns that are computed from the others of their row, for filters and sorting. Pure. */

/** How a model's derived columns are computed. */
export interface Derivation {
  /** The entity whose custom values the rows have; null if they have none. */
  readonly entity: Entity | null;
  /**
   * All derived columns.
   *
   * @param definitions the entity's custom fields; may be empty for a row without custom values
   */
  all(row: Data, definitions: readonly Definition[]): Data;
  /** The derived columns that come from built-in columns, without custom values. */
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

/** The derivation of a model; null if it has no derived columns. @param model name of Prisma's delegate */
export const derivationOf = (model: string): Derivation | null => derivations[model] ?? null;

/**
 * The derived columns that differ after a change that leaves the custom values alone. The parts of `keys` and `facets`
 * that come from custom fields are omitted and stay as they are in the row, so that no definitions need to be read.
 */
export function derivedChanges({ builtIn }: Derivation, before: Data, after: Data): Data {
  const old = builtIn(before);
  return Object.fromEntries(
    Object.entries(builtIn(after)).filter(
      ([name, value]) => value !== old[name] && JSON.stringify(value) !== JSON.stringify(old[name]),
    ),
  );
}
