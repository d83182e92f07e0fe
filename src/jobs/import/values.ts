import { z } from "zod";
import { ContactCreate, type ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { LeadCreate, LeadUpdate } from "../../entities/lead/lead.inputs.ts";
import type { Entity } from "../../filter/registry/fields.ts";
import { isCurrency } from "../../graphql/scalars.ts";
import { rule } from "../../records/inputs.ts";

/** What a row of an import may say, by the checks of the inputs that create a record. */

/** As much of a row's input as all kinds of records have. */
export type ImportValues = {
  readonly id?: string | null | undefined;
  /** Whom a file calls the owner. */
  readonly owner?: string | null | undefined;
} & Partial<
  Pick<
    ContactCreateValues,
    | "name"
    | "email"
    | "otherEmails"
    | "notes"
    | "ownerId"
    | "tags"
    | "customFields"
    | "createMissingTags"
    | "defaultCountry"
  >
>;

/** The id of a record that is there, as an export writes it. */
const id = z.string().nullish();
const owner = z.string().nullish();

/** A lead has one name, whatever columns a file has for it. */
const oneName = (draft: unknown): unknown => {
  if (typeof draft !== "object" || draft === null) return draft;
  const { firstName, lastName, ...others } = draft as Record<string, unknown>;
  const parts = [firstName, lastName].filter((part) => typeof part === "string" && part.trim() !== "");
  return parts.length === 0 ? draft : { name: parts.join(" "), ...others };
};

/** The name is asked for where a row turns out to be of a new lead. */
const LeadRow = z
  .preprocess(oneName, LeadCreate.extend({ id, owner, name: LeadUpdate.shape.name }))
  .refine(
    ({ dealValue }) => dealValue?.currency == null || isCurrency(dealValue.currency.trim().toUpperCase()),
    {
      ...rule("INVALID_CURRENCY", "is no ISO 4217 currency code, such as EUR"),
      path: ["dealValue", "currency"],
    },
  )
  .transform(({ dealValue, ...others }) => ({
    ...others,
    dealValue: dealValue && { ...dealValue, currency: dealValue.currency?.trim().toUpperCase() },
  }));

const checks = { CONTACT: ContactCreate.extend({ id, owner }), LEAD: LeadRow } as const;

/** Checks a row's input. */
export const rowCheck = (entity: Entity) => checks[entity] as unknown as z.ZodType<ImportValues>;
