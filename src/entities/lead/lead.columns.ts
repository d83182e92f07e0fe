import { z } from "zod";
import type { ContactRow, LeadRow } from "../../db/prisma/rows.ts";
import type { FilterField } from "../../filter/registry/fields.ts";
import { column, field, keyed, sorted } from "../../filter/registry/make.ts";
import { LeadStatus } from "../../generated/prisma/enums.ts";
import { longTextColumn, type PersonColumn, textColumn, written } from "../../records/columns.ts";
import { email, requiredText, rule } from "../../records/inputs.ts";
import { MoneyInput, money } from "../../records/money.inputs.ts";
import { personFields, phoneField } from "../../records/person.ts";
import { phone } from "../../records/phones.ts";
import { LeadStatusEnum } from "./lead.enums.ts";

/** The columns of a lead: each is defined here, and only here. */

/** The properties of a lead's column, besides those of every entity's columns. */
interface LeadColumn<Value> extends PersonColumn {
  readonly blank: Value | (Value extends object | null ? null : never);
  /**
   * The contact's column that gets the value when the lead is converted; null if it stays with the lead, or goes to the
   * deal.
   */
  readonly becomes: keyof ContactRow | null;
  /**
   * The target of imports that writes it, and the headings of a file's column for it, the usual one first; null if it
   * has none.
   */
  readonly import: {
    readonly as: string;
    readonly description?: string;
    readonly headings: readonly string[];
    /** Position in the input, if it is not under the column's own name. */
    readonly path?: readonly string[];
  } | null;
  /** Its names as a token in templates. */
  readonly tokens: readonly string[];
}

/** The columns that callers do not write as such: keys, stamps, tags, custom values, results of the conversion. */
export type Unwritten =
  | (
      | "orgId"
      | "id"
      | "version"
      | "createdAt"
      | "updatedAt"
      | "deletedAt"
      | "purgedAt"
      | "lastModificationSource"
    )
  | ("convertedContactId" | "convertedDealId" | "convertedAt" | "tagIds" | "custom");

const person = personFields("lead");

const name = { type: "String", description: "Name, 1 to 255 characters." } as const;

export const leadTable = {
  name: {
    description: "Name.",
    create: { ...name, required: true, check: requiredText(255) },
    update: { ...name, check: requiredText(255).optional() },
    shown: { type: "String" },
    blank: "",
    filter: person.name,
    becomes: "name",
    import: { as: "NAME", headings: ["name", "full name", "lead", "lead name"] },
    tokens: ["name"],
    personal: true,
  },
  email: {
    description: "E-mail address.",
    ...written({
      type: "String",
      description: "E-mail address. Several leads may have the same.",
      check: email,
    }),
    shown: { type: "EmailAddress", nullable: true },
    blank: null,
    filter: person.email,
    becomes: "email",
    import: { as: "EMAIL", headings: ["email", "e mail", "email address", "mail"] },
    tokens: ["email"],
    personal: true,
  },
  phone: {
    description: "Phone number in E.164.",
    ...written({
      type: "String",
      description:
        "Phone number with its country code or of the default country, and an extension where it is marked: ext. 12.",
      check: phone.nullish(),
    }),
    shown: { type: "PhoneNumber", nullable: true },
    blank: null,
    filter: [phoneField("lead", "phone", "The phone number.")],
    becomes: "phoneNumbers",
    import: {
      as: "PHONE",
      description: "Phone number.",
      headings: ["phone", "phone number", "mobile", "telephone", "mobile phone"],
    },
    tokens: ["phone"],
    personal: true,
  },
  company: {
    description: "The company.",
    ...textColumn(200, "Company, at most 200 characters."),
    filter: person.company,
    becomes: "company",
    import: { as: "COMPANY", headings: ["company", "organization", "organisation", "account"] },
    tokens: ["company"],
    personal: true,
  },
  source: {
    description: "Where the lead came from.",
    ...textColumn(200, "Where the lead came from, at most 200 characters."),
    filter: person.source,
    becomes: "source",
    import: { as: "SOURCE", headings: ["source", "lead source"] },
    tokens: ["source"],
    personal: true,
  },
  notes: {
    description: "Free notes.",
    ...longTextColumn(50_000, "Free notes, at most 50,000 characters."),
    filter: person.notes,
    becomes: "notes",
    import: { as: "NOTES", description: "Notes.", headings: ["notes", "note", "comments", "description"] },
    tokens: [],
    personal: true,
  },
  status: {
    description: "Status of the lead.",
    ...written({
      type: LeadStatusEnum,
      description: "Status; NEW by default. Only leadConvert sets CONVERTED.",
      check: z.enum(LeadStatus, rule("REQUIRED", "must not be null")).optional(),
    }),
    shown: { type: LeadStatusEnum },
    blank: "NEW",
    filter: [
      field("status", "enum", column("status"), "Status of the lead.", {
        options: Object.values(LeadStatus),
        index: "lead_live_status_idx",
      }),
    ],
    becomes: null,
    import: {
      as: "STATUS",
      description: "Status of the lead: new, contacted, qualified or unqualified.",
      headings: ["status", "lead status"],
    },
    tokens: ["status"],
    personal: false,
  },
  /** Written together with its currency. */
  dealValue: {
    description: "Expected value of a deal.",
    ...written({ type: MoneyInput, description: "Expected value of a deal.", check: money.nullish() }),
    shown: null,
    blank: null,
    filter: [
      field(
        "dealValue",
        "number",
        column("dealValue", true),
        "The expected value, in the lead's own currency.",
        {
          ...sorted("dealValue", true, "number"),
        },
      ),
    ],
    becomes: null,
    import: {
      as: "DEAL_VALUE",
      headings: ["deal value", "value", "amount", "estimated value"],
      path: ["dealValue", "amount"],
    },
    tokens: [],
    personal: true,
  },
  dealCurrency: {
    description: "ISO 4217 code of the expected value.",
    shown: null,
    create: null,
    update: null,
    blank: null,
    filter: [
      keyed("dealCurrency", "ISO 4217 code of the expected value.", {
        path: "currency",
        index: "lead_facets_idx",
      }),
    ] as [FilterField],
    becomes: null,
    import: {
      as: "DEAL_CURRENCY",
      headings: ["deal currency", "currency"],
      path: ["dealValue", "currency"],
    },
    tokens: [],
    personal: true,
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
    becomes: "ownerId",
    import: null,
    tokens: [],
    personal: false,
  },
} as const satisfies { [Name in Exclude<keyof LeadRow, Unwritten>]: LeadColumn<LeadRow[Name]> };
