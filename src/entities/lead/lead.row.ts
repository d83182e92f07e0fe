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

/** Rows of leads, as far as the table of columns determines them. Pure. */

/** The columns of a lead that callers write. The value is a decimal: text, or Prisma's object if it was read. */
export type LeadColumns = Omit<LeadRow, Unwritten | "dealValue"> & {
  readonly dealValue: { toString(): string } | null;
  readonly custom: Readonly<Record<string, CustomValueJson>>;
};

export const emptyLead = { ...blanksOf(leadTable), custom: {} } as unknown as LeadColumns;

const names = Object.keys(emptyLead) as (keyof LeadColumns)[];

/** Picks the columns that callers write. */
export const leadColumns = (row: LeadRow) => columnsOf(names, row) as unknown as LeadColumns;

/** The derived columns of a lead. @param slots as in `derive` */
export const deriveLead = (
  lead: LeadColumns,
  definitions: readonly Definition[],
  slots?: SlotColumns,
): DerivedColumns => derive("LEAD", lead, definitions, slots);

/**
 * Columns that a purge keeps if other records point to the lead. The owner decides who sees its deals, so it is kept.
 */
type Kept =
  | ("orgId" | "id" | "createdAt" | "deletedAt" | "lastModificationSource" | "ownerId" | "status")
  | ("convertedContactId" | "convertedDealId" | "convertedAt");

/** The values that a purge gives to the other columns, except its own stamps. */
export const erasedLead = (): Record<
  Exclude<keyof Lead, Kept | "version" | "updatedAt" | "purgedAt">,
  unknown
> => {
  const blank = { ...emptyLead, name: "Removed lead" };
  return { ...erasedOf(leadTable), name: blank.name, custom: {}, tagIds: [], ...deriveLead(blank, []) };
};
