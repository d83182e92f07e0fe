import type { Definition } from "../db/read/catalogue.ts";
import type { Context } from "./context.ts";
import { requestCache } from "./request-cache.ts";

/** The organization's custom fields, read once per request. */

type Entity = Definition["entity"];

const known = requestCache((_context: Context) => new Map<Entity | null, Promise<readonly Definition[]>>());

/** The custom fields of an entity. */
export function definitionsOf(context: Context, entity: Entity): Promise<readonly Definition[]> {
  const all = known(context).get(null);
  return all
    ? all.then((definitions) => definitions.filter((definition) => definition.entity === entity))
    : once(context, entity);
}

/** The custom fields of all entities. */
export const allDefinitions = (context: Context): Promise<readonly Definition[]> => once(context, null);

/**
 * Caches definitions that were read by another statement.
 *
 * @param entity whose definitions they are; null for those of all entities
 */
export const keepDefinitions = (
  context: Context,
  entity: Entity | null,
  definitions: readonly Definition[],
): void => void known(context).set(entity, Promise.resolve(definitions));

function once(context: Context, entity: Entity | null): Promise<readonly Definition[]> {
  const found = known(context).get(entity);
  if (found) return found;
  const reading = context.db.catalogue(entity).then(({ definitions }) => definitions);
  known(context).set(entity, reading);
  return reading;
}
