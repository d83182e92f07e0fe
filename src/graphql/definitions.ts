import type { Definition } from "../db/open/catalogue.ts";
import type { CustomFieldEntity } from "../generated/prisma/enums.ts";
import type { Context } from "./context.ts";
import { requestCache } from "./request-cache.ts";

const known = requestCache(
  (_context: Context) => new Map<CustomFieldEntity, Promise<readonly Definition[]>>(),
);

/** An entity's definitions, read once a request. */
export function definitionsOf(context: Context, entity: CustomFieldEntity): Promise<readonly Definition[]> {
  const found = known(context).get(entity);
  if (found) return found;
  const reading = context.db.catalogue(entity).then(({ definitions }) => definitions);
  known(context).set(entity, reading);
  return reading;
}

/**
 * Keeps definitions that were read on the way, so that the request does not read them again.
 *
 * @param definitions those of every entity
 */
export function keepDefinitions(context: Context, definitions: readonly Definition[]): void {
  for (const entity of ["CONTACT", "LEAD"] as const) {
    const own = definitions.filter((definition) => definition.entity === entity);
    known(context).set(entity, Promise.resolve(own));
  }
}
