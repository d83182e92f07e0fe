import { z } from "zod";
import { ContactCreateInput } from "../../entities/contact/contact.inputs.ts";
import { LeadCreateInput } from "../../entities/lead/lead.inputs.ts";
import { builder } from "../../graphql/builder.ts";
import { RequestError } from "../../lib/errors.ts";
import { Upload } from "../../lib/upload.ts";
import type { InputFields } from "../../records/columns.ts";
import { rule, tagList } from "../../records/inputs.ts";
import { phoneCountry } from "../../records/phones.ts";
import { encodings } from "./decoders.ts";
import { EncodingEnum } from "./encoding.enum.ts";
import { Columns } from "./mapping.ts";
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
      "Where the file's columns go; those left out go nowhere. Without it they go where their headings say.",
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
  encoding: t.field({
    type: EncodingEnum,
    description: "How the file is written, which is believed for all of it; found out when left out.",
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
  mapping: Columns.nullish(),
  mode: z.enum(["SKIP", "UPDATE"]).nullish(),
  matchOn: z
    .array(z.enum(importMatches))
    .min(1, rule("REQUIRED", "must name at least one; leave it out for the usual"))
    .refine((list) => new Set(list).size === list.length, "must not name one twice")
    .nullish(),
  missingName: z.enum(["REFUSE", "FROM_EMAIL"]).nullish(),
  dryRun: z.boolean().nullish(),
  tags: tagList.nullish(),
  createMissingTags: z.boolean().nullish(),
  ownerId: z.string().nullish(),
  defaultCountry: phoneCountry,
  encoding: z.enum(encodings).nullish(),
  delimiter: z.enum(delimiters, "must be one of , ; | and a tab").nullish(),
});

export type ImportInputValues = z.infer<typeof ImportInput>;
