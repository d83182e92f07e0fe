import { z } from "zod";
import { ContactCreateInput } from "../../entities/contact/contact.inputs.ts";
import { LeadCreateInput } from "../../entities/lead/lead.inputs.ts";
import { builder } from "../../graphql/builder.ts";
import { RequestError } from "../../lib/errors.ts";
import { Upload } from "../../lib/upload.ts";
import type { InputFields } from "../../records/columns.ts";
import { rule, tagList } from "../../records/inputs.ts";
import { phoneCountry } from "../../records/phones.ts";
import { Choices, type ColumnReason } from "./column.ts";
import { type DateOrder, dateOrders } from "./days.ts";
import { encodings } from "./decoders.ts";
import { EncodingEnum } from "./encoding.enum.ts";
import type { MappingMode } from "./mapping.ts";
import { allFields, type ImportField } from "./places.ts";
import { type ImportMatch, importMatches } from "./recognise.ts";
import { delimiters } from "./sniff.ts";

export const ImportModeEnum = builder.enumType("ImportMode", {
  description:
    "What to do with a row whose contact or lead is there already, as `matchOn` says: without it, one with its e-mail address or, where the row has none, with its name and one of its phone numbers.",
  values: {
    SKIP: { description: "Leave the record as it is." },
    UPDATE: {
      description:
        "Change the record. An empty cell, blank text and null leave what is there: an import clears nothing.",
    },
  } as const,
});

export const ImportFieldEnum = builder.enumType("ImportField", {
  description: "Where a column of a file goes.",
  values: Object.fromEntries(
    allFields.map(({ name, description, of }) => {
      const only = of.length > 1 ? "" : of[0] === "LEAD" ? " Of leads only." : " Of contacts only.";
      return [name, { description: `${description}${only}` }];
    }),
  ) as Record<ImportField, { description: string }>,
});

const MatchEnum = builder.enumType("ImportMatch", {
  description: "By what a row is taken for a record that is there already.",
  values: {
    ID: {
      description:
        "The id, from a file's column that goes to ID. A row with an id that is not there is refused; that of a merged contact leads to the one that it was merged into.",
    },
    EMAIL: { description: "The e-mail address." },
    PHONE: { description: "One of the phone numbers, whatever the name." },
    CUSTOM_FIELD: { description: "A value of a unique custom field." },
  } as const satisfies Record<ImportMatch, { description: string }>,
});

const MissingNameEnum = builder.enumType("ImportMissingName", {
  description: "What becomes of a row that has no name and would make a new record.",
  values: {
    REFUSE: { description: "It is refused." },
    FROM_EMAIL: {
      description:
        "The name is made of the e-mail address: Mara Quint of mara.quint@example.com. A row without an address is refused.",
    },
  } as const,
});

const DateOrderEnum = builder.enumType("ImportDateOrder", {
  description: "What stands first in a day that is written in figures, with its year last.",
  values: {
    DAY_FIRST: { description: "03/04/2024 is the third of April." },
    MONTH_FIRST: { description: "03/04/2024 is the fourth of March." },
  } as const satisfies Record<DateOrder, { description: string }>,
});

const MappingModeEnum = builder.enumType("ImportMappingMode", {
  description: "What a mapping is to the headings of a file.",
  values: {
    AMEND: {
      description:
        "It changes what the headings say: other columns go where their headings say, unless a place with one value is taken.",
    },
    REPLACE: { description: "It is all that counts: other columns go nowhere." },
  } as const satisfies Record<MappingMode, { description: string }>,
});

const InvalidValuesEnum = builder.enumType("ImportInvalidValues", {
  description: "What becomes of a row with values that are wrong.",
  values: {
    REFUSE_ROW: { description: "It is refused, with all that is wrong." },
    LEAVE_OUT: {
      description:
        "It is imported without them, and `notes` of the job tell each with its row, column and text. A row is refused that cannot do without one, or cannot be read.",
    },
  } as const,
});

const KeepUnmappedEnum = builder.enumType("ImportKeepUnmapped", {
  description: "Where to keep the columns of a file that go nowhere.",
  values: {
    NOTES: {
      description:
        "In the notes: a line `Heading: value` below those that are there, unless they have it already.",
    },
    CUSTOM_FIELDS: {
      description:
        "In custom fields of type TEXT, which are made with the job and called as the columns are; a dry run makes none, and leaves the columns out.",
    },
  } as const,
});

/** Why columns go where they go, for GraphQL. */
export const ColumnReasonEnum = builder.enumType("ImportColumnReason", {
  description: "Why a column of a file goes where it goes.",
  values: {
    MAPPING: { description: "`mapping` says so, or leaves it out where it replaces what headings say." },
    HEADING: { description: "Its heading means the field." },
    CUSTOM_FIELD: { description: "It is called as the custom field is." },
    KEPT: { description: "It would go nowhere, and is kept as `keepUnmapped` says." },
    UNKNOWN: { description: "Nowhere: nothing is known by its heading." },
    POSSIBLE_WISH: {
      description:
        "Nowhere, though its heading sounds like a wish not to be contacted, or leave to be: say with `mapping` what it is.",
    },
    OTHER_COLUMN: { description: "Nowhere: another column has the field, whose heading means it better." },
    OTHER_ADDRESS: { description: "Nowhere: it is of another address than the one that is taken." },
    SALUTATION: { description: "Nowhere: beside a column with the job it is the salutation." },
    REFUSAL: { description: "Nowhere: it is what a file of refused rows says of why they were." },
  } as const satisfies Record<ColumnReason, { description: string }>,
});

const ColumnInput = builder.inputType("ImportColumnInput", {
  description: "Where a column goes: to a field, or to a custom field.",
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

/** What both imports take beside their rows. @param many what is imported */
const importFields = (t: InputFields, many: "contacts" | "leads") => ({
  file: t.field({
    type: "Upload",
    description: "A CSV file with a row of headings: up to 1,000,000 rows and 200 MB.",
  }),
  mapping: t.field({
    type: [ColumnInput],
    description:
      "Where columns of the file go; with neither field nor custom field one goes nowhere. Those left out go where their headings say, as `mappingMode` has it.",
  }),
  mappingMode: t.field({
    type: MappingModeEnum,
    defaultValue: "AMEND" as const,
    description: "What becomes of the columns that `mapping` leaves out.",
  }),
  keepUnmapped: t.field({
    type: KeepUnmappedEnum,
    description:
      "Where to keep the columns that go nowhere, but for those of which `mapping` says so. Without it they are not kept; `unmappedColumns` of the job names them.",
  }),
  mode: t.field({
    type: ImportModeEnum,
    defaultValue: "SKIP" as const,
    description: `What to do with a row of ${many} that are there already.`,
  }),
  matchOn: t.field({
    type: [MatchEnum],
    description: `By what a row is taken for one of the ${many} that are there, tried in this order: the first that finds somebody decides, and a row that means several is refused. Without it: the e-mail address and, where a row has none, its name together with one of its phone numbers.`,
  }),
  missingName: t.field({
    type: MissingNameEnum,
    defaultValue: "REFUSE" as const,
    description: `What becomes of rows of new ${many} without a name.`,
  }),
  invalidValues: t.field({
    type: InvalidValuesEnum,
    defaultValue: "REFUSE_ROW" as const,
    description: "What becomes of rows with values that are wrong.",
  }),
  dryRun: t.boolean({
    defaultValue: false,
    description: `Checks every row and counts what would be done; writes none of the ${many}.`,
  }),
  tags: t.stringList({ description: "Tags that every row gets as well, by name or id." }),
  createMissingTags: t.boolean({
    description:
      "Whether to make tags that do not exist yet; otherwise their rows are refused. A row's own choice comes first.",
  }),
  ownerId: t.id({
    description: `The member to assign new ${many} to; a row's own choice comes first.`,
  }),
  defaultCountry: t.field({
    type: "CountryCode",
    description:
      "The country of phone numbers that are written without one, in two letters of ISO 3166-1, such as DE; a row's own comes first, and the organization's is taken when left out.",
  }),
  dateOrder: t.field({
    type: DateOrderEnum,
    description:
      "What stands first in a file's days such as 03/04/2024, which is believed for all of them; found out, for each column, when left out.",
  }),
  encoding: t.field({
    type: EncodingEnum,
    description: "How the file is written, which is believed for all of it; found out when left out.",
  }),
  headingsRow: t.int({
    description:
      "On which row of the file the headings stand, 1 to 1000; blank lines are none. Found out when left out.",
  }),
  delimiter: t.string({
    description: "What stands between columns: , or ; or | or a tab; found out when left out.",
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
    .min(1, rule("REQUIRED", "must name at least one; leave it out for the usual"))
    .refine((list) => new Set(list).size === list.length, "must not name one twice")
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
  headingsRow: z.number().int().min(1).max(1000, "must be 1 to 1000").nullish(),
  delimiter: z.enum(delimiters, "must be one of , ; | and a tab").nullish(),
});

export type ImportInputValues = z.infer<typeof ImportInput>;
