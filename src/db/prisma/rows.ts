import type { Contact, Deal, Lead, Prisma } from "../../generated/prisma/client.ts";
import type { Scalars } from "../entity.ts";
import type { OwnedName } from "../models.ts";

/** How many typed slots of each kind a contact or lead has for custom field values. */
export const SLOT_COUNT = 8;

/** Columns of contacts and leads that are computed from others, for filters and sort orders. No read selects them. */
export const derivedColumns = {
  nameKey: true,
  emailKey: true,
  companyKey: true,
  sourceKey: true,
  notesKey: true,
  phoneKey: true,
  keys: true,
  facets: true,
  searchText: true,
  text1: true,
  text2: true,
  text3: true,
  text4: true,
  text5: true,
  text6: true,
  text7: true,
  text8: true,
  number1: true,
  number2: true,
  number3: true,
  number4: true,
  number5: true,
  number6: true,
  number7: true,
  number8: true,
  date1: true,
  date2: true,
  date3: true,
  date4: true,
  date5: true,
  date6: true,
  date7: true,
  date8: true,
} as const satisfies Partial<Record<Prisma.ContactScalarFieldEnum & Prisma.LeadScalarFieldEnum, true>>;

/** Derived columns of deals. */
export const derivedDealColumns = { nameKey: true, stageKey: true } as const satisfies Partial<
  Record<Prisma.DealScalarFieldEnum, true>
>;

/** Prisma's `omit` for the columns that no read selects. */
export const unreadColumns = {
  contact: derivedColumns,
  lead: derivedColumns,
  deal: derivedDealColumns,
} as const;

type Derived = keyof typeof derivedColumns;

/** Rows as the scoped client returns them. */
export type ContactRow = Omit<Contact, Derived>;
export type LeadRow = Omit<Lead, Derived>;
export type DealRow = Omit<Deal, keyof typeof derivedDealColumns>;

interface ReadRows {
  Contact: ContactRow;
  Lead: LeadRow;
  Deal: DealRow;
}

/** A model's row as the scoped client returns it. */
export type RowOf<Name extends OwnedName> = Name extends keyof ReadRows ? ReadRows[Name] : Scalars<Name>;
