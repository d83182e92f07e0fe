import { z } from "zod";
import { ContactCreate, type ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { LeadCreate, LeadUpdate } from "../../entities/lead/lead.inputs.ts";
import type { Entity } from "../../filter/registry/fields.ts";
import { isCurrency } from "../../graphql/scalars.ts";
import { rule } from "../../records/inputs.ts";

/** Validates the input of a row, by the checks of the create mutations. */

/** The input of a row, as far as all entities have it in common. */
export type ImportValues = {
  readonly id?: string | null | undefined;
  /** The owner named in a file: id, address or name. */
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

/** Id of an existing record, as in an export. */
const id = z.string().nullish();
const owner = z.string().nullish();

/** A lead has one name, whatever columns the file has for it. */
const oneName = (draft: unknown): unknown => {
  if (typeof draft !== "object" || draft === null) return draft;
  const { firstName, lastName, ...others } = draft as Record<string, unknown>;
  const parts = [firstName, lastName].filter((part) => typeof part === "string" && part.trim() !== "");
  return parts.length === 0 ? draft : { name: parts.join(" "), ...others };
};

/** The name is required only if the row turns out to be a new lead. */
const LeadRow = z
  .preprocess(oneName, LeadCreate.extend({ id, owner, name: LeadUpdate.shape.name }))
  .refine(
    ({ dealValue }) => dealValue?.currency == null || isCurrency(dealValue.currency.trim().toUpperCase()),
    {
      ...rule("INVALID_CURRENCY", "is not an ISO 4217 currency code, such as EUR"),
      path: ["dealValue", "currency"],
    },
  )
  .transform(({ dealValue, ...others }) => ({
    ...others,
    dealValue: dealValue && { ...dealValue, currency: dealValue.currency?.trim().toUpperCase() },
  }));

const checks = { CONTACT: ContactCreate.extend({ id, owner }), LEAD: LeadRow } as const;

/** Validates the input of a row. */
export const rowCheck = (entity: Entity) => checks[entity] as unknown as z.ZodType<ImportValues>;
