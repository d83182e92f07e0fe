import type { LeadRow } from "../../db/prisma/rows.ts";
import {
  type CustomValueJson,
  type DerivedColumns,
  derive,
  type SlotColumns,
} from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { Lead } from "../../generated/prisma/client.ts";
import { blanksOf, columnsOf, erasedOf } from "../../records/columns.ts";
import { leadTable, type Unwritten } from "./lead.columns.ts";
import "./lead.fields.ts";

/** Rows of leads, as far as they follow from the table of columns. Pure. */

/** What a caller writes of a lead. The value is a decimal: text, or Prisma's object where it was read. */
export type LeadColumns = Omit<LeadRow, Unwritten | "dealValue"> & {
  readonly dealValue: { toString(): string } | null;
  readonly custom: Readonly<Record<string, CustomValueJson>>;
};

export const emptyLead = { ...blanksOf(leadTable), custom: {} } as unknown as LeadColumns;

const names = Object.keys(emptyLead) as (keyof LeadColumns)[];

/** What a caller wrote of a lead. */
export const leadColumns = (row: LeadRow) => columnsOf(names, row) as unknown as LeadColumns;

/** The derived columns of a lead. @param slots as `derive` takes them */
export const deriveLead = (
  lead: LeadColumns,
  definitions: readonly Definition[],
  slots?: SlotColumns,
): DerivedColumns => derive("LEAD", lead, definitions, slots);

/** What stays of a lead that others point to when it is purged; its owner does, as its deals are seen through it. */
type Kept =
  | ("orgId" | "id" | "createdAt" | "deletedAt" | "lastModificationSource" | "ownerId" | "status")
  | ("convertedContactId" | "convertedDealId" | "convertedAt");

/** What a purge makes of the other columns, but for its own stamps. */
export const erasedLead = (): Record<
  Exclude<keyof Lead, Kept | "version" | "updatedAt" | "purgedAt">,
  unknown
> => {
  const blank = { ...emptyLead, name: "Removed lead" };
  return { ...erasedOf(leadTable), name: blank.name, custom: {}, tagIds: [], ...deriveLead(blank, []) };
};
