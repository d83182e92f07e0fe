import { columnsOf, type Delegate, type IdType } from "../../db/models.ts";
import type { RowOf } from "../../db/prisma/rows.ts";
import { models } from "../../db/scope/models.ts";

/** The models that the writer writes, and the stamps of every write: version, times and source. */

/** The models whose rows are written one by one: all that callers know by id, except organizations and audit events. */
type WrittenName = Exclude<IdType, "Organization" | "AuditEvent">;

/** The rows of these models, by delegate. */
export type Rows = { [Name in WrittenName as Delegate<Name>]: RowOf<Name> };

export type Model = keyof Rows;

/** The models that have tags: in a join table, which is authoritative, and in `tagIds`, which is derived from it. */
export type Tagged = "contact" | "lead";

/** Columns to write. Decimals may be text, JSON has any type, and undefined columns are not written. */
export type Columns<Row> = {
  readonly [Name in keyof Row]?:
    | (Row[Name] extends string | number | boolean | Date | null | readonly string[] ? Row[Name] : unknown)
    | undefined;
};

const has = (model: Model, column: string): boolean => column in columnsOf(models[model]);

export const isTagged = (model: Model): model is Tagged => has(model, "tagIds");

/** The time of a write, and the system (modification source) that makes it. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}

/** The stamps of a new row, in the columns that its model has. */
export const stampOfNew = (model: Model, { now, source }: Stamp) => ({
  createdAt: now,
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});

/** The stamps of a changed row, in the columns that its model has. */
export const stampOfChange = (
  model: Model,
  before: { readonly version?: number },
  { now, source }: Stamp,
) => ({
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(before.version !== undefined && { version: before.version + 1 }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});
