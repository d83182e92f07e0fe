import { columnsOf, type Delegate, type IdType } from "../../db/entities.ts";
import type { RowOf } from "../../db/prisma/rows.ts";
import { models } from "../../db/scope/models.ts";

/** The rows that are written one by one, and what every write leaves on them. */

/** The models whose rows are written one by one: those that callers know by ids, but for who they are themselves. */
type WrittenName = Exclude<IdType, "Organization" | "Member">;

/** The rows of those, by the names of their delegates. */
export type Rows = { [Name in WrittenName as Delegate<Name>]: RowOf<Name> };

export type Model = keyof Rows;

/** The models whose rows carry tags: `tagIds`, and rows of a table beside them that are the truth behind it. */
export type Tagged = "contact" | "lead";

/** Columns to write: decimals may be text, JSON is what the caller says it is, undefined is left alone. */
export type Columns<Row> = {
  readonly [Name in keyof Row]?:
    | (Row[Name] extends string | number | boolean | Date | null | readonly string[] ? Row[Name] : unknown)
    | undefined;
};

const has = (model: Model, column: string): boolean => column in columnsOf(models[model]);

export const isTagged = (model: Model): model is Tagged => has(model, "tagIds");

/** When something is written, and which system it is for. */
export interface Stamp {
  readonly now: Date;
  readonly source: string;
}

/** What a new row says of its writing, as far as its model has columns for it. */
export const stampOfNew = (model: Model, { now, source }: Stamp) => ({
  createdAt: now,
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});

/** What a change leaves on a row, as far as its model has columns for it. */
export const stampOfChange = (
  model: Model,
  before: { readonly version?: number },
  { now, source }: Stamp,
) => ({
  ...(has(model, "updatedAt") && { updatedAt: now }),
  ...(before.version !== undefined && { version: before.version + 1 }),
  ...(has(model, "lastModificationSource") && { lastModificationSource: source }),
});
