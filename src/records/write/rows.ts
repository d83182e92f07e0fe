import { columnsOf, type Delegate, type IdType } from "../../db/models.ts";
import type { RowOf } from "../../db/prisma/rows.ts";
import { models } from "../../db/scope/models.ts";

/** The models that the writer writes, and the stamps (version, times, source) of every write. */

/** The models whose rows are written one by one: those that callers know by ids, but organizations and audit events. */
type WrittenName = Exclude<IdType, "Organization" | "AuditEvent">;

/** The rows of these models, by delegate. */
export type Rows = { [Name in WrittenName as Delegate<Name>]: RowOf<Name> };

export type Model = keyof Rows;

/** The models that carry tags: in a join table, which is the truth, and in `tagIds`, derived from it. */
export type Tagged = "contact" | "lead";

/** Columns to write: decimals may be text, JSON has any type, undefined is not written. */
export type Columns<Row> = {
  readonly [Name in keyof Row]?:
    | (Row[Name] extends string | number | boolean | Date | null | readonly string[] ? Row[Name] : unknown)
    | undefined;
};

const has = (model: Model, column: string): boolean => column in columnsOf(models[model]);

export const isTagged = (model: Model): model is Tagged => has(model, "tagIds");

/** The time of a write, and the system (modification source) that it is for. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}

/** The stamps of a new row, for the columns that its model has. */
export const stampOfNew = (model: Model, { now, source }: Stamp) => ({
  createdAt: now,
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});

/** The stamps of a changed row, for the columns that its model has. */
export const stampOfChange = (
  model: Model,
  before: { readonly version?: number },
  { now, source }: Stamp,
) => ({
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(before.version !== undefined && { version: before.version + 1 }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});
