import type { LeadRow } from "../../db/prisma/rows.ts";
import { type BuiltInTexts, type CustomValueJson, derive } from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";

/** The columns of a lead that a caller writes. The value is a decimal: text, or Prisma's object where it was read. */
export type LeadColumns = Pick<
  LeadRow,
  "name" | "email" | "phone" | "company" | "source" | "notes" | "status" | "dealCurrency" | "ownerId"
> & {
  readonly dealValue: { toString(): string } | null;
  readonly custom: Readonly<Record<string, CustomValueJson>>;
};

export const emptyLead: LeadColumns = {
  name: "",
  email: null,
  phone: null,
  company: null,
  source: null,
  notes: null,
  status: "NEW",
  dealValue: null,
  dealCurrency: null,
  ownerId: null,
  custom: {},
};

const leadFields = Object.keys(emptyLead) as readonly (keyof LeadColumns)[];

/** What a caller wrote of a lead. */
export const leadColumns = (row: LeadRow): LeadColumns =>
  Object.fromEntries(leadFields.map((name) => [name, row[name]])) as unknown as LeadColumns;

/** What a lead's derived columns come from, custom fields apart. */
export const leadTexts = (lead: LeadColumns): BuiltInTexts => ({
  name: lead.name,
  email: lead.email,
  company: lead.company,
  source: lead.source,
  notes: lead.notes,
  phones: lead.phone === null ? [] : [lead.phone],
  others: { currency: lead.dealCurrency },
});

/** The derived columns of a lead. */
export const deriveLead = (lead: LeadColumns, definitions: readonly Definition[]) =>
  derive({ ...leadTexts(lead), custom: lead.custom }, definitions);
