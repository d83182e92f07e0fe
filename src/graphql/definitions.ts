import type { Definition } from "../db/read/catalogue.ts";
import type { Context } from "./context.ts";
import { requestCache } from "./request-cache.ts";

/** The organization's custom fields, which lists, filters and records ask for: read once a request. */

type Entity = Definition["entity"];

const known = requestCache((_context: Context) => new Map<Entity | null, Promise<readonly Definition[]>>());

/** An entity's definitions. */
export function definitionsOf(context: Context, entity: Entity): Promise<readonly Definition[]> {
  const all = known(context).get(null);
  return all
    ? all.then((definitions) => definitions.filter((definition) => definition.entity === entity))
    : once(context, entity);
}

/** The definitions of every entity. */
export const allDefinitions = (context: Context): Promise<readonly Definition[]> => once(context, null);

/**
 * Keeps definitions that were read on the way, so that the request does not read them again.
 *
 * @param definitions those of every entity
 */
export const keepDefinitions = (context: Context, definitions: readonly Definition[]): void =>
  void known(context).set(null, Promise.resolve(definitions));

function once(context: Context, entity: Entity | null): Promise<readonly Definition[]> {
  const found = known(context).get(entity);
  if (found) return found;
  const reading = context.db.catalogue(entity).then(({ definitions }) => definitions);
  known(context).set(entity, reading);
  return reading;
}
