import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { checksOf, type InputFields, inputFieldsOf, inputFieldsWithin } from "../../records/columns.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import { customFieldValues, tagChange, tagList } from "../../records/inputs.ts";
import { defaultCountryField, phoneCountry } from "../../records/phones.ts";
import { TagsInput } from "../../records/tags.inputs.ts";
import { contactTable } from "./contact.columns.ts";
import type { SaidEmails } from "./contact.emails.ts";

const AddressInput = builder.inputType("AddressInput", {
  description: "A postal address. In an update, omitted fields are left as they are.",
  fields: (t) => inputFieldsWithin(t, contactTable, "address", "update"),
});

/** The input fields that create and update share. @param how decides how further addresses are written */
const contactInputFields = (t: InputFields, how: "create" | "update") => ({
  ...inputFieldsOf(t, contactTable, how),
  address: t.field({ type: AddressInput, description: "Postal address; null clears all of it." }),
  customFields: t.field({
    type: [CustomFieldValueInput],
    description: "Custom field values; only the slugs named change.",
  }),
  createMissingTags: t.boolean({
    description: "Whether to create tags that do not exist; otherwise they are refused.",
  }),
  defaultCountry: defaultCountryField(t),
});

export const ContactCreateInput = builder.inputType("ContactCreateInput", {
  description: "A new contact: a name (or first and last name) and an e-mail address or phone number.",
  fields: (t) => ({
    ...contactInputFields(t, "create"),
    tags: t.stringList({ description: "Tags, by name or id." }),
  }),
});

export const ContactUpdateInput = builder.inputType("ContactUpdateInput", {
  description: "Fields to change: omitted fields are left as they are, null clears.",
  fields: (t) => ({
    ...contactInputFields(t, "update"),
    tags: t.field({ type: TagsInput, description: "How to change the tags." }),
  }),
});

export const ContactUpsertInput = builder.inputType("ContactUpsertInput", {
  description:
    "A contact as another system has it. For an existing contact omitted fields are left as they are, and null clears.",
  fields: (t) => ({
    ...contactInputFields(t, "create"),
    tags: t.field({
      type: TagsInput,
      description: "How to change the tags; a new contact gets those of `set` or `add`.",
    }),
  }),
});

const common = {
  customFields: customFieldValues,
  createMissingTags: z.boolean().nullish(),
  defaultCountry: phoneCountry,
};

export const ContactCreate = z.object({
  ...checksOf(contactTable, "create"),
  ...common,
  tags: tagList.nullish(),
});

export const ContactUpdate = z.object({ ...checksOf(contactTable, "update"), ...common, tags: tagChange });

export const ContactUpsert = z.object({ ...checksOf(contactTable, "create"), ...common, tags: tagChange });

/** A checked contact input without tags. Addresses are a list to add, or a change. */
export type ContactInput = Omit<z.infer<typeof ContactUpdate>, "tags" | "otherEmails" | "defaultCountry"> &
  Pick<SaidEmails, "otherEmails">;
export type ContactCreateValues = z.infer<typeof ContactCreate>;
