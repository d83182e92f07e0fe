import { encodeId, type IdType } from "../../src/db/ids.ts";
import { ownedModels } from "../../src/db/models.ts";
import { newId } from "../../src/lib/typeid.ts";
import { testDatabase } from "../support/database.ts";
import type { Caller } from "./callers.ts";
import { marksIn } from "./marks.ts";
import type { Records } from "./records.ts";
import type { Known } from "./secrets.ts";
import type { World } from "./world.ts";

/** The records that a caller names: own, hidden, of other organizations, and ones that never existed. */

/** A row with the columns of its table. */
type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export type Part = "own" | "hidden" | "foreign";

export interface Cast {
  readonly caller: Caller;
  /** The first row of each type; absent if there is none. */
  readonly rows: Readonly<Record<Part, Partial<Record<IdType, Row>>>>;
  /** Contacts and leads in special states: merged into another, in the trash, purged. */
  readonly states: Readonly<Record<"merged" | "trashed" | "purged", Partial<Record<IdType, string>>>>;
  /** Slugs of custom fields, and names of tags, of other organizations. */
  readonly slugs: Partial<Readonly<Record<Part, string>>>;
  readonly tags: Partial<Readonly<Record<Part, string>>>;
  /** Cursors in the list of contacts, from answers to a caller who may see it. */
  readonly cursors: Partial<Readonly<Record<Part, string>>>;
  readonly idempotencyKeys: Partial<Readonly<Record<Part, string>>>;
  readonly planTokens: Partial<Readonly<Record<Part, string>>>;
  /** An id that no row ever had. */
  readonly never: (type: IdType) => string;
}

const nevers = new Map<string, string>();
const never = (type: IdType): string => {
  const id = nevers.get(type) ?? newId();
  nevers.set(type, id);
  return encodeId(type, id);
};

/** The preferred row of a type, by the fields of `Records`. */
const preferred: Partial<Record<IdType, keyof Records>> = {
  Contact: "contact",
  Lead: "lead",
  Deal: "deal",
  Activity: "activity",
  Conversation: "conversation",
};

export const idModels = ownedModels.filter(([, row]) => row.ids) as unknown as readonly (readonly [
  IdType,
  { readonly table: string },
])[];

/** All rows with ids of an organization, by their models. */
export type Inventory = Map<string, Partial<Record<IdType, Row[]>>>;

export async function inventoryOf(organizations: readonly string[]): Promise<Inventory> {
  const { pool } = await testDatabase();
  const inventory: Inventory = new Map(organizations.map((id) => [id, {}]));
  for (const [model, { table }] of idModels) {
    const { rows } = await pool.query<{ row: Row; org_id: string }>(
      `SELECT org_id, to_jsonb(r) AS row FROM ${table} AS r WHERE org_id = ANY ($1) ORDER BY id`,
      [organizations],
    );
    for (const { row, org_id: orgId } of rows) {
      const of = inventory.get(orgId) ?? {};
      of[model] = [...(of[model] ?? []), row];
    }
  }
  return inventory;
}

/** Values from earlier answers that a caller sends back: cursors, plan tokens, idempotency keys; by their owner. */
export type Given = Pick<Cast, "cursors" | "idempotencyKeys" | "planTokens">;

export function castOf(caller: Caller, known: Known, world: World, inventory: Inventory, given: Given): Cast {
  const { ours, theirs } = world;
  const own = caller.planted;
  const foreign = own === ours ? theirs : ours;
  const first = (rows: readonly Row[], wanted: string | undefined) =>
    rows.find(({ id }) => id === wanted) ?? rows.find((row) => !row.deleted_at) ?? rows[0];
  const parts: Record<Part, Partial<Record<IdType, Row>>> = { own: {}, hidden: {}, foreign: {} };
  for (const [model] of idModels) {
    const mine = inventory.get(own.organization.id)?.[model] ?? [];
    const named = (records: Records) => {
      const at = preferred[model];
      return at && (records[at] as { readonly id: string }).id;
    };
    const wanted = named(own.records[caller.owner]);
    const candidates = {
      own: [mine.filter(({ id }) => known.ids.has(id)), wanted],
      hidden: [mine.filter(({ id }) => !known.ids.has(id)), named(own.records.nobody)],
      foreign: [inventory.get(foreign.organization.id)?.[model] ?? [], named(foreign.records.nobody)],
    } as const;
    for (const part of ["own", "hidden", "foreign"] as const) {
      const row = first(...(candidates[part] as [Row[], string | undefined]));
      if (row) parts[part][model] = row;
    }
  }
  const records = own.records[caller.owner];
  const state = (contact: keyof Records, lead?: keyof Records) => ({
    Contact: (records[contact] as { readonly globalId: string }).globalId,
    ...(lead && { Lead: (records[lead] as { readonly globalId: string }).globalId }),
  });
  const ofTheirs = (model: "CustomField" | "Tag", column: string) => {
    const rows = inventory.get(foreign.organization.id)?.[model] ?? [];
    const value = rows.map((row) => String(row[column])).find((text) => marksIn(text).size > 0);
    return value === undefined ? {} : { foreign: value };
  };
  return {
    caller,
    rows: parts,
    slugs: ofTheirs("CustomField", "slug"),
    tags: ofTheirs("Tag", "name"),
    ...given,
    states: {
      merged: state("merged"),
      trashed: state("inTrash", "leadInTrash"),
      purged: state("purged"),
    },
    never,
  };
}
