import { createContextCache } from "@pothos/core";
import type { Context } from "../../context.ts";
import type { Definition, Entity } from "../filter/fields.ts";

/** An entity's definitions, read once a request. */
export const definitionsOf = createContextCache(({ db }: Context) => {
  const known = new Map<Entity, Promise<readonly Definition[]>>();
  return (entity: Entity) => {
    const reading = known.get(entity) ?? db.catalogue(entity).then(({ definitions }) => definitions);
    known.set(entity, reading);
    return reading;
  };
});
