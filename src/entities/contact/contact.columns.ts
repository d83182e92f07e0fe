import { z } from "zod";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { column, field } from "../../filter/registry/make.ts";
import { flagColumn, longTextColumn, textColumn, urlColumn, written } from "../../records/columns.ts";
import { email, rule, text } from "../../records/inputs.ts";
import { personFields, phoneField } from "../../records/person.ts";
import { phone } from "../../records/phones.ts";
import { addressColumns } from "./contact.address.columns.ts";
import { type ContactColumn, key, type Unwritten } from "./contact.column.ts";
import {
  MAX_OTHER_EMAILS,
  OtherEmailsInput,
  otherEmailsChange,
  otherEmailsList,
} from "./other-emails.inputs.ts";

/** The columns of a contact: each is defined here, and only here. */

/** Maximum number of phone numbers of a contact. */
export const MAX_PHONE_NUMBERS = 20;

const person = personFields("contact");

export const contactTable = {
  name: {
    description: "Full name.",
    ...written({
      type: "String",
      description:
        "Full name, at most 255 characters. If set without first and last name, it clears the one that it does not contain.",
      check: text(255),
    }),
    shown: { type: "String" },
    blank: "",
    filter: person.name,
    merge: { as: "NAME", description: "Full, first and last name." },
    import: { as: "NAME", headings: ["name", "full name", "contact"] },
    tokens: ["name"],
    personal: true,
  },
  firstName: {
    description: "First name, if known separately.",
    ...textColumn(100, "First name, 1 to 100 characters."),
    filter: key("firstName", "The first name."),
    merge: { as: "NAME" },
    import: {
      as: "FIRST_NAME",
      description: "First name.",
      headings: ["first name", "given name", "prénom"],
    },
    tokens: ["firstName"],
    personal: true,
  },
  lastName: {
    description: "Last name, if known separately.",
    ...textColumn(100, "Last name, 1 to 100 characters."),
    filter: key("lastName", "The last name."),
    merge: { as: "NAME" },
    import: { as: "LAST_NAME", description: "Last name.", headings: ["last name", "surname", "family name"] },
    tokens: ["lastName"],
    personal: true,
  },
  email: {
    description: "Primary e-mail address.",
    create: {
      type: "String",
      description: "Primary e-mail address. Only one live contact of the organization can have an address.",
      check: email,
    },
    update: {
      type: "String",
      description:
        "New primary e-mail address, in place of the current one. Only one live contact of the organization can have an address. Null removes it, and the first of the other addresses becomes the primary one.",
      check: email,
    },
    shown: { type: "EmailAddress", nullable: true },
    blank: null,
    filter: person.email,
    merge: { as: "EMAIL", description: "Which e-mail address is the primary one; all of them are kept." },
    import: { as: "EMAIL", headings: ["email", "e mail", "email address", "mail"] },
    tokens: ["email"],
    personal: true,
  },
  otherEmails: {
    description: "Further e-mail addresses. The contact is found by each of them.",
    create: {
      type: ["String"],
      description: `Further e-mail addresses, at most ${MAX_OTHER_EMAILS}; added to those that an existing contact has. Only one live contact of the organization can have an address.`,
      check: otherEmailsList,
    },
    update: {
      type: OtherEmailsInput,
      description: "Change of the further e-mail addresses; null removes all of them.",
      check: otherEmailsChange,
    },
    shown: { type: ["EmailAddress"] },
    blank: [],
    filter: [],
    merge: { as: "EMAIL" },
    import: {
      as: "OTHER_EMAIL",
      description:
        "Further e-mail addresses; several are separated by ; or | or ::: and several columns may hold some.",
      headings: [
        "other emails",
        "other email",
        "email other",
        "secondary email",
        "additional email",
        "alternative email",
      ],
    },
    tokens: ["otherEmails"],
    personal: true,
  },
  phoneNumbers: {
    description: "Phone numbers in E.164, the primary one first.",
    ...written({
      type: ["String"],
      description:
        "Phone numbers with their country code or of the default country, the primary one first: 1 to 20. Replaces all existing ones. An extension is kept where it is marked, as in +15128675309 ext. 12.",
      check: z
        .array(phone)
        .min(1, rule("INVALID_VALUE", "must have at least one number; send null to clear them"))
        .max(MAX_PHONE_NUMBERS, `must not have more than ${MAX_PHONE_NUMBERS} numbers`)
        .transform((numbers) => [...new Set(numbers)])
        .nullish(),
    }),
    shown: { type: ["PhoneNumber"] },
    blank: [],
    filter: [
      phoneField("contact", "phoneNumbers", "Any of the phone numbers.", ["phoneNumbers", "phone_numbers"]),
    ],
    merge: { as: "PHONE_NUMBERS", description: "Whose phone numbers come first; all of them are kept." },
    import: {
      as: "PHONE",
      description: "Phone numbers; several are separated by ; or | and several columns may hold some.",
      headings: ["phone", "phone number", "phone numbers", "mobile", "telephone", "mobile phone"],
    },
    tokens: ["phone"],
    personal: true,
  },
  company: {
    description: "Company.",
    ...textColumn(200, "Company, at most 200 characters."),
    filter: person.company,
    bulk: "Company to set on all of them, at most 200 characters.",
    merge: { as: "COMPANY" },
    import: { as: "COMPANY", headings: ["company", "organization", "organisation", "account"] },
    tokens: ["company"],
    personal: true,
  },
  title: {
    description: "Job title.",
    ...textColumn(200, "Job title, at most 200 characters."),
    filter: key("title", "The job title.", ["role"]),
    bulk: "Job title to set on all of them, at most 200 characters.",
    merge: { as: "TITLE" },
    import: { as: "TITLE", headings: ["title", "job title", "role", "position"] },
    tokens: ["title", "role"],
    personal: true,
  },
  ...addressColumns,
  url: {
    description: "Website.",
    ...urlColumn("Website, http or https."),
    filter: key("url", "The website."),
    merge: { as: "URL" },
    import: { as: "URL", headings: ["url", "website", "web site"] },
    tokens: ["url"],
    personal: true,
  },
  linkedinUrl: {
    description: "LinkedIn profile.",
    ...urlColumn("LinkedIn profile, http or https."),
    filter: key("linkedinUrl", "The LinkedIn profile."),
    merge: { as: "LINKEDIN_URL" },
    import: { as: "LINKEDIN_URL", headings: ["linkedin", "linkedin url"] },
    tokens: ["linkedinUrl"],
    personal: true,
  },
  linkedinSalesUrl: {
    description: "LinkedIn Sales Navigator profile.",
    ...urlColumn("LinkedIn Sales Navigator profile, http or https."),
    filter: key("linkedinSalesUrl", "The LinkedIn Sales Navigator profile."),
    merge: { as: "LINKEDIN_SALES_URL" },
    import: { as: "LINKEDIN_SALES_URL", headings: ["linkedin sales url", "sales navigator"] },
    tokens: ["linkedinSalesUrl"],
    personal: true,
  },
  source: {
    description: "Where the contact came from.",
    ...textColumn(200, "Where the contact came from, at most 200 characters."),
    filter: person.source,
    bulk: "Source to set on all of them, at most 200 characters.",
    merge: { as: "SOURCE" },
    import: { as: "SOURCE", headings: ["source", "lead source"] },
    tokens: ["source"],
    personal: true,
  },
  notes: {
    description: "Free notes.",
    ...longTextColumn(50_000, "Free notes, at most 50,000 characters."),
    filter: person.notes,
    bulk: "Free notes to set on all of them, in place of existing ones; at most 50,000 characters.",
    merge: { as: "NOTES", description: "Notes." },
    import: { as: "NOTES", description: "Notes.", headings: ["notes", "note", "comments", "description"] },
    tokens: [],
    personal: true,
  },
  allowPhoneCalls: {
    description: "Whether they accept phone calls.",
    ...flagColumn(true, "Whether they accept phone calls; true by default."),
    filter: [field("allowPhoneCalls", "boolean", column("allowPhoneCalls"), "Accepts phone calls.")],
    bulk: "Value of `allowPhoneCalls` to set on all of them.",
    merge: { as: "ALLOW_PHONE_CALLS" },
    wish: false,
    import: {
      as: "ALLOW_PHONE_CALLS",
      description: "Whether they accept phone calls: true, false, yes, no, 1, 0 or x.",
      headings: ["allow phone calls"],
    },
    tokens: [],
    personal: false,
  },
  doNotContact: {
    description: "Whether they must not be contacted at all.",
    ...flagColumn(false, "Whether they must not be contacted at all; false by default."),
    filter: [
      field("doNotContact", "boolean", column("doNotContact"), "Must not be contacted.", {
        aliases: ["dnc"],
      }),
    ],
    bulk: "Value of `doNotContact` to set on all of them.",
    merge: { as: "DO_NOT_CONTACT", description: "Whether they must not be contacted." },
    wish: true,
    import: {
      as: "DO_NOT_CONTACT",
      description: "Whether they must not be contacted: true, false, yes, no, 1, 0 or x.",
      headings: ["do not contact", "dnc"],
    },
    tokens: [],
    personal: false,
  },
  ownerId: {
    description: "The member to whom it is assigned.",
    ...written({
      type: "ID",
      description: "The member to assign it to; null to unassign.",
      check: z.string().nullish(),
    }),
    shown: null,
    blank: null,
    filter: person.owner,
    bulk: "The member to assign all of them to; null to unassign.",
    merge: { as: "OWNER" },
    import: null,
    tokens: [],
    personal: false,
  },
} as const satisfies { [Name in Exclude<keyof ContactRow, Unwritten>]: ContactColumn<ContactRow[Name]> };
