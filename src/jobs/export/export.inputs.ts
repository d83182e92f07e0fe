import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { idempotencyKeyArg } from "../../records/args.ts";
import { requiredText } from "../../records/inputs.ts";
import { MAX_COLUMNS } from "../import/records.ts";
import { delimiters } from "../import/sniff.ts";
import { exportFields, type Fields } from "./columns.ts";

/** Inputs of exports besides those of lists: columns and file format. */

export const ExportFormatEnum = builder.enumType("ExportFormat", {
  description: "How an export's file is written.",
  values: {
    CSV: {
      description: "CSV with a row of headings, as RFC 4180 has it. `contactImport` knows its headings.",
    },
    JSON_LINES: { description: "One JSON object per line, with numbers, booleans and lists as such." },
  } as const,
});

const fieldEnum = (name: string, noun: string, fields: Fields) =>
  builder.enumType(name, {
    description: `What an export of ${noun} can have as a column, beside custom fields.`,
    values: Object.fromEntries(
      Object.entries(fields).map(([field, { description }]) => [field, { description }]),
    ) as Record<string, { description: string }>,
  });

const heading = { description: "Its heading, or its key in JSON; the field's own name when left out." };

const columnInput = (type: "Contact" | "Lead", noun: string, fields: Fields) => {
  const Field = fieldEnum(`${type}ExportField`, noun, fields);
  return builder.inputType(`${type}ExportColumnInput`, {
    description: `A column of an export of ${noun}: a field, or a custom field.`,
    fields: (t) => ({
      field: t.field({ type: Field, description: "A field." }),
      customField: t.string({ description: "Slug of a custom field, in place of `field`." }),
      heading: t.string(heading),
    }),
  });
};

/** The columns of an entity without custom fields. */
const plainColumnInput = (type: "Deal" | "AuditEvent", noun: string, fields: Fields) => {
  const Field = fieldEnum(`${type}ExportField`, noun, fields);
  return builder.inputType(`${type}ExportColumnInput`, {
    description: `A column of an export of ${noun}.`,
    fields: (t) => ({
      field: t.field({ type: Field, required: true, description: "A field." }),
      heading: t.string(heading),
    }),
  });
};

export const columnInputs = {
  CONTACT: columnInput("Contact", "contacts", exportFields.CONTACT),
  LEAD: columnInput("Lead", "leads", exportFields.LEAD),
  DEAL: plainColumnInput("Deal", "deals", exportFields.DEAL),
  AUDIT_EVENT: plainColumnInput("AuditEvent", "audit events", exportFields.AUDIT_EVENT),
} as const;

/** The default columns, in words. */
const usual = {
  CONTACT: "the id and every field that an import can read back, custom fields included",
  LEAD: "the id and every writable field, custom fields included",
  DEAL: "the id and every writable field",
  AUDIT_EVENT: "all of them",
} as const;

/** Arguments for the file of an export. */
export const fileArgs = (entity: keyof typeof columnInputs) => ({
  ...builder.args((t) => ({
    columns: t.field({
      type: [columnInputs[entity]],
      description: `The columns in their order, at most 1000. Default: ${usual[entity]}.`,
    }),
    format: t.field({
      type: ExportFormatEnum,
      defaultValue: "CSV",
      description: "How the file is written.",
    }),
    delimiter: t.string({
      defaultValue: ",",
      description:
        "Separator of the CSV columns: , or ; or | or a tab. With ; decimals have a comma, as spreadsheets in some countries expect.",
    }),
    byteOrderMark: t.boolean({
      defaultValue: false,
      description: "Whether CSV begins with a byte order mark, by which Excel knows that it is UTF-8.",
    }),
  })),
  ...idempotencyKeyArg(),
});

const Column = z.object({
  field: z.string().nullish(),
  customField: z.string().nullish(),
  heading: requiredText(200).nullish(),
});

export const ExportArguments = z.object({
  columns: z
    .array(Column)
    .min(1, "must name at least one column")
    .max(MAX_COLUMNS, `must not have more than ${MAX_COLUMNS} items`)
    .nullish(),
  format: z.enum(["CSV", "JSON_LINES"]).nullish(),
  delimiter: z.enum(delimiters, "must be one of , ; | and a tab").nullish(),
  byteOrderMark: z.boolean().nullish(),
});

export type ExportArgs = z.infer<typeof ExportArguments>;
