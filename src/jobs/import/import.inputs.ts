import { z } from "zod";
import { ContactCreateInput } from "../../entities/contact/contact.inputs.ts";
import { LeadCreateInput } from "../../entities/lead/lead.inputs.ts";
import { builder } from "../../graphql/builder.ts";
import { encodings } from "../../lib/decoders.ts";
import { RequestError } from "../../lib/errors.ts";
import { Upload } from "../../lib/upload.ts";
import type { InputFields } from "../../records/columns.ts";
import { rule, tagList } from "../../records/inputs.ts";
import { phoneCountry } from "../../records/phones.ts";
import { Choices, type ColumnReason } from "./column.ts";
import { type DateOrder, dateOrders } from "./days.ts";
import { EncodingEnum } from "./encoding.enum.ts";
import type { MappingMode } from "./mapping.ts";
import { allFields, type ImportField } from "./places.ts";
import { type ImportMatch, importMatches } from "./recognise.ts";
import { delimiters } from "./sniff.ts";

export const ImportModeEnum = builder.enumType("ImportMode", {
  description:
    "What to do with a row whose contact or lead exists already. `matchOn` says how existing records are found; by default by the e-mail address or, for a row without one, by the name together with one of the phone numbers.",
  values: {
    SKIP: { description: "Leave the record as it is." },
    UPDATE: {
      description:
        "Update the record. Empty cells, blank text and null leave existing values: an import clears nothing.",
    },
  } as const,
});

export const ImportFieldEnum = builder.enumType("ImportField", {
  description: "A field that a column of a file can be mapped to.",
  values: Object.fromEntries(
    allFields.map(({ name, description, of }) => {
      const only = of.length > 1 ? "" : of[0] === "LEAD" ? " Of leads only." : " Of contacts only.";
      return [name, { description: `${description}${only}` }];
    }),
  ) as Record<ImportField, { description: string }>,
});

const MatchEnum = builder.enumType("ImportMatch", {
  description: "Keys by which a row is matched to an existing record.",
  values: {
    ID: {
      description:
        "The id, from a file's column mapped to ID. A row with an unknown id is refused; the id of a merged contact stands for the contact that it was merged into.",
    },
    EMAIL: { description: "The e-mail address." },
    PHONE: { description: "One of the phone numbers, whatever the name." },
    CUSTOM_FIELD: { description: "A value of a unique custom field." },
  } as const satisfies Record<ImportMatch, { description: string }>,
});

const MissingNameEnum = builder.enumType("ImportMissingName", {
  description: "What to do with a row that has no name and would create a record.",
  values: {
    REFUSE: { description: "Refuse the row." },
    FROM_EMAIL: {
      description:
        "Make the name from the e-mail address: Mara Quint from mara.quint@example.com. A row without an address is refused.",
    },
  } as const,
});

const DateOrderEnum = builder.enumType("ImportDateOrder", {
  description: "Order of day and month in numeric dates that end with the year.",
  values: {
    DAY_FIRST: { description: "03/04/2024 is the third of April." },
    MONTH_FIRST: { description: "03/04/2024 is the fourth of March." },
  } as const satisfies Record<DateOrder, { description: string }>,
});

const MappingModeEnum = builder.enumType("ImportMappingMode", {
  description: "What happens to the columns that `mapping` does not name.",
  values: {
    AMEND: {
      description: "Other columns are mapped by their headings, unless another column already has the field.",
    },
    REPLACE: { description: "Other columns are not imported." },
  } as const satisfies Record<MappingMode, { description: string }>,
});

const InvalidValuesEnum = builder.enumType("ImportInvalidValues", {
  description: "What to do with a row that has invalid values.",
  values: {
    REFUSE_ROW: { description: "Refuse the row, with every problem." },
    LEAVE_OUT: {
      description:
        "Import the row without them; `notes` of the job list each with its row, column and text. A row is still refused if it cannot be read, or if a value is required.",
    },
  } as const,
});

const KeepUnmappedEnum = builder.enumType("ImportKeepUnmapped", {
  description: "Where to keep the columns of a file that are mapped to no field.",
  values: {
    NOTES: {
      description:
        "In the notes: a line `Heading: value` is added for each, unless the notes have it already.",
    },
    CUSTOM_FIELDS: {
      description:
        "In custom fields of type TEXT, which are created with the job and named like the columns. A dry run creates none and leaves the columns out.",
    },
  } as const,
});

/** Reasons of column mappings, for GraphQL. */
export const ColumnReasonEnum = builder.enumType("ImportColumnReason", {
  description: "Why a column of a file is mapped as it is.",
  values: {
    MAPPING: { description: "Given by `mapping`, or left out by it with `mappingMode: REPLACE`." },
    HEADING: { description: "The heading is a known name of the field." },
    CUSTOM_FIELD: { description: "The heading is the name or slug of the custom field." },
    KEPT: { description: "Mapped to no field, and kept as `keepUnmapped` says." },
    UNKNOWN: { description: "Not imported: the heading is not known." },
    POSSIBLE_WISH: {
      description:
        "Not imported, though the heading may be about consent or opting out: map it with `mapping`.",
    },
    OTHER_COLUMN: { description: "Not imported: another column has a better heading for the field." },
    OTHER_ADDRESS: {
      description: "Not imported: it belongs to another postal address than the imported one.",
    },
    SALUTATION: { description: "Not imported: beside a column with the job title it is the salutation." },
    REFUSAL: { description: "Not imported: it holds the reasons in a file of refused rows." },
  } as const satisfies Record<ColumnReason, { description: string }>,
});

const ColumnInput = builder.inputType("ImportColumnInput", {
  description: "The field or custom field that a column is mapped to.",
  fields: (t) => ({
    column: t.string({ required: true, description: "The column's heading." }),
    field: t.field({ type: ImportFieldEnum, description: "A field." }),
    customField: t.string({ description: "Slug of a custom field of contacts, instead." }),
  }),
});

builder.scalarType("Upload", {
  description:
    "A file, sent as a part of a multipart request: https://github.com/jaydenseric/graphql-multipart-request-spec",
  serialize: () => {
    throw new TypeError("an Upload is an input only");
  },
  parseValue: (value) => {
    if (value instanceof Upload) return value;
    throw new RequestError("BAD_USER_INPUT", "must be a file of a multipart request");
  },
  parseLiteral: () => {
    throw new RequestError("BAD_USER_INPUT", "must be a variable that holds a file of a multipart request");
  },
});

/**
 * Input fields of both imports, except the rows.
 *
 * @param many plural noun of the entity
 */
const importFields = (t: InputFields, many: "contacts" | "leads") => ({
  file: t.field({
    type: "Upload",
    description: "A CSV file with a row of headings: up to 1,000,000 rows and 200 MB.",
  }),
  mapping: t.field({
    type: [ColumnInput],
    description:
      "Mapping of the file's columns to fields; a column with neither field nor custom field is not imported. Columns that are not named are handled as `mappingMode` says.",
  }),
  mappingMode: t.field({
    type: MappingModeEnum,
    defaultValue: "AMEND" as const,
    description: "What to do with the columns that `mapping` does not name; AMEND by default.",
  }),
  keepUnmapped: t.field({
    type: KeepUnmappedEnum,
    description:
      "Where to keep the columns that are mapped to no field, except those that `mapping` leaves out explicitly. By default they are not kept; `unmappedColumns` of the job lists them.",
  }),
  mode: t.field({
    type: ImportModeEnum,
    defaultValue: "SKIP" as const,
    description: `What to do with a row of ${many} that exist already.`,
  }),
  matchOn: t.field({
    type: [MatchEnum],
    description: `Keys by which a row is matched to existing ${many}, tried in this order: the first that finds one decides, and a row that matches several is refused. By default: the e-mail address or, for a row without one, the name together with one of the phone numbers.`,
  }),
  missingName: t.field({
    type: MissingNameEnum,
    defaultValue: "REFUSE" as const,
    description: `What to do with rows of new ${many} without a name.`,
  }),
  invalidValues: t.field({
    type: InvalidValuesEnum,
    defaultValue: "REFUSE_ROW" as const,
    description: "What to do with rows that have invalid values.",
  }),
  dryRun: t.boolean({
    defaultValue: false,
    description: `If true, every row is checked and counted, and no ${many} are written.`,
  }),
  tags: t.stringList({ description: "Tags to add to every row, by name or id." }),
  createMissingTags: t.boolean({
    description:
      "Whether to create tags that do not exist; otherwise their rows are refused. A row's own value takes precedence.",
  }),
  ownerId: t.id({
    description: `The member to assign new ${many} to; a row's own value takes precedence.`,
  }),
  defaultCountry: t.field({
    type: "CountryCode",
    description:
      "Country of phone numbers without a country code, as two letters of ISO 3166-1, such as DE; a row's own value takes precedence. Default: the organization's.",
  }),
  dateOrder: t.field({
    type: DateOrderEnum,
    description:
      "Order of day and month in dates such as 03/04/2024, for the whole file. Detected for each column if omitted.",
  }),
  encoding: t.field({
    type: EncodingEnum,
    description: "Character encoding of the file. Detected if omitted.",
  }),
  headingsRow: t.int({
    description:
      "Number of the row with the headings, 1 to 1000, blank lines not counted. Detected if omitted.",
  }),
  delimiter: t.string({
    description: "Column separator: , or ; or | or a tab. Detected if omitted.",
  }),
});

export const ContactImportInput = builder.inputType("ContactImportInput", {
  description: "Contacts to import: `rows`, or a `file`.",
  fields: (t) => ({
    rows: t.field({ type: [ContactCreateInput], description: "Up to 1000 contacts." }),
    ...importFields(t, "contacts"),
  }),
});

export const LeadImportInput = builder.inputType("LeadImportInput", {
  description: "Leads to import: `rows`, or a `file`.",
  fields: (t) => ({
    rows: t.field({ type: [LeadCreateInput], description: "Up to 1000 leads." }),
    ...importFields(t, "leads"),
  }),
});

const MAX_INPUT_ROWS = 1000;

export const ImportInput = z.object({
  rows: z.array(z.unknown()).max(MAX_INPUT_ROWS, `must not have more than ${MAX_INPUT_ROWS} rows`).nullish(),
  file: z.instanceof(Upload).nullish(),
  mapping: Choices.nullish(),
  mappingMode: z.enum(["AMEND", "REPLACE"]).nullish(),
  mode: z.enum(["SKIP", "UPDATE"]).nullish(),
  matchOn: z
    .array(z.enum(importMatches))
    .min(1, rule("REQUIRED", "must name at least one key; omit it for the default"))
    .refine((list) => new Set(list).size === list.length, "must not name a key twice")
    .nullish(),
  missingName: z.enum(["REFUSE", "FROM_EMAIL"]).nullish(),
  invalidValues: z.enum(["REFUSE_ROW", "LEAVE_OUT"]).nullish(),
  keepUnmapped: z.enum(["NOTES", "CUSTOM_FIELDS"]).nullish(),
  dryRun: z.boolean().nullish(),
  tags: tagList.nullish(),
  createMissingTags: z.boolean().nullish(),
  ownerId: z.string().nullish(),
  defaultCountry: phoneCountry,
  dateOrder: z.enum(dateOrders).nullish(),
  encoding: z.enum(encodings).nullish(),
  headingsRow: z.number().int().min(1).max(1000, "must be between 1 and 1000").nullish(),
  delimiter: z.enum(delimiters, "must be one of , ; | and a tab").nullish(),
});

export type ImportInputValues = z.infer<typeof ImportInput>;
