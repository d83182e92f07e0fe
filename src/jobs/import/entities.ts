import type { Entity } from "../../filter/registry/fields.ts";
import { contacts } from "./contacts.ts";
import type { ImportEntity } from "./entity.ts";
import { leads } from "./leads.ts";

/** The entities that can be imported. */
export const importEntities: Readonly<Record<Entity, ImportEntity>> = { CONTACT: contacts, LEAD: leads };
