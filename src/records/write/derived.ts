import { derive, deriveBuiltIn } from "../../filter/language/derive.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Data } from "./changes.ts";

/** The derived columns of contacts and leads, as their writes need them. Pure. */

export type Deriving = "contact" | "lead";

const entities = { contact: "CONTACT", lead: "LEAD" } as const satisfies Record<Deriving, Entity>;

/** All of them. @param definitions the entity's custom fields; none are needed for a row without values */
export const derivedOf = (model: Deriving, row: Data, definitions: readonly Definition[]): Data =>
  derive(entities[model], row, definitions);

/**
 * Those that differ after a change which leaves the custom values alone. What `keys` and `facets` have of custom
 * fields is not in them: it stays as it is in the row, so that nobody has to know the fields.
 */
export function derivedChanges(model: Deriving, before: Data, after: Data): Data {
  const old: Data = deriveBuiltIn(entities[model], before);
  const now: Data = deriveBuiltIn(entities[model], after);
  return Object.fromEntries(
    Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])),
  );
}
