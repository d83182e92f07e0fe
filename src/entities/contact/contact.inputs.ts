import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { CustomFieldValueInput } from "../../records/custom.inputs.ts";
import {
  customFieldValues,
  email,
  flag,
  longText,
  phone,
  rule,
  tagChange,
  tagList,
  text,
  url,
} from "../../records/inputs.ts";
import { TagsInput } from "../tag/tag.inputs.ts";

const AddressInput = builder.inputType("AddressInput", {
  description: "A postal address. In an update, what is left out stays as it is.",
  fields: (t) => ({
    street: t.string({ description: "Street and number, at most 200 characters." }),
    city: t.string({ description: "City, at most 200 characters." }),
    state: t.string({ description: "State or province, at most 200 characters." }),
    zip: t.string({ description: "Postal code, at most 20 characters." }),
    country: t.string({ description: "Country, at most 200 characters." }),
  }),
});

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];

/** What create and update have in common. */
const contactInputFields = (t: InputFields) => ({
  name: t.string({
    description:
      "Full name, at most 255 characters. Given alone, it clears the first or last name that it does not contain.",
  }),
  firstName: t.string({ description: "First name, 1 to 100 characters." }),
  lastName: t.string({ description: "Last name, 1 to 100 characters." }),
  email: t.string({ description: "E-mail address. One live contact of the organization can have it." }),
  phoneNumbers: t.stringList({
    description:
      "Phone numbers with their country code, the primary one first: 1 to 20. Replaces all existing ones. An extension is kept where it is marked, as in +15128675309 ext. 12.",
  }),
  company: t.string({ description: "Company, at most 200 characters." }),
  title: t.string({ description: "Job title, at most 200 characters." }),
  address: t.field({ type: AddressInput, description: "Postal address; null clears all of it." }),
  url: t.string({ description: "Website, http or https." }),
  linkedinUrl: t.string({ description: "LinkedIn profile, http or https." }),
  linkedinSalesUrl: t.string({ description: "LinkedIn Sales Navigator profile, http or https." }),
  source: t.string({ description: "Where the contact came from, at most 200 characters." }),
  notes: t.string({ description: "Free notes, at most 50,000 characters." }),
  allowPhoneCalls: t.boolean({ description: "Whether they accept phone calls; true by default." }),
  doNotContact: t.boolean({ description: "Whether they must not be contacted at all; false by default." }),
  ownerId: t.id({ description: "The member to assign it to; null for nobody." }),
  customFields: t.field({
    type: [CustomFieldValueInput],
    description: "Custom field values; only the slugs named change.",
  }),
  createMissingTags: t.boolean({
    description: "Whether to make tags that do not exist yet; otherwise they are refused.",
  }),
});

export const ContactCreateInput = builder.inputType("ContactCreateInput", {
  description: "A new contact: a name (or first and last name) and an e-mail address or phone number.",
  fields: (t) => ({
    ...contactInputFields(t),
    tags: t.stringList({ description: "Tags, by name or id." }),
  }),
});

export const ContactUpdateInput = builder.inputType("ContactUpdateInput", {
  description: "What to change: left out is untouched, null is cleared.",
  fields: (t) => ({
    ...contactInputFields(t),
    tags: t.field({ type: TagsInput, description: "How to change the tags." }),
  }),
});

export const ContactUpsertInput = builder.inputType("ContactUpsertInput", {
  description:
    "A contact as another system knows it. Where it is there already, what is left out stays as it is and null clears.",
  fields: (t) => ({
    ...contactInputFields(t),
    tags: t.field({
      type: TagsInput,
      description: "How to change the tags; a new contact gets those of `set` or `add`.",
    }),
  }),
});

const common = {
  name: text(255),
  firstName: text(100),
  lastName: text(100),
  email,
  phoneNumbers: z
    .array(phone)
    .min(1, rule("INVALID_VALUE", "must have at least one number; send null to clear them"))
    .max(20, "must not have more than 20 numbers")
    .transform((numbers) => [...new Set(numbers)])
    .nullish(),
  company: text(200),
  title: text(200),
  address: z
    .object({ street: longText(200), city: text(200), state: text(200), zip: text(20), country: text(200) })
    .nullish(),
  url,
  linkedinUrl: url,
  linkedinSalesUrl: url,
  source: text(200),
  notes: longText(50_000),
  allowPhoneCalls: flag,
  doNotContact: flag,
  ownerId: z.string().nullish(),
  customFields: customFieldValues,
  createMissingTags: z.boolean().nullish(),
};

export const ContactCreate = z.object({ ...common, tags: tagList.nullish() });

export const ContactUpdate = z.object({ ...common, tags: tagChange });

/** A contact's input, checked: everything but tags, which create and update say differently. */
export type ContactInput = Omit<z.infer<typeof ContactUpdate>, "tags">;
export type ContactCreateValues = z.infer<typeof ContactCreate>;
export type ContactUpdateValues = z.infer<typeof ContactUpdate>;
