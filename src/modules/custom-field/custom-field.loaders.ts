import type { Context } from "../../context.ts";
import { requestCache } from "../../request-cache.ts";
import type { Definition, Entity } from "../filter/fields.ts";

const known = requestCache((_context: Context) => new Map<Entity, Promise<readonly Definition[]>>());

/** An entity's definitions, read once a request. */
export function definitionsOf(context: Context, entity: Entity): Promise<readonly Definition[]> {
  const found = known(context).get(entity);
  if (found) return found;
  const reading = context.db.catalogue(entity).then(({ definitions }) => definitions);
  known(context).set(entity, reading);
  return reading;
}

/** Keeps definitions that were read on the way, so that the request does not read them again. */
export function keepDefinitions(context: Context, entity: Entity, definitions: readonly Definition[]): void {
  known(context).set(entity, Promise.resolve(definitions));
}
