import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { ColumnType, UnmappedColumnType } from "./column.schema.ts";
import { EncodingEnum } from "./encoding.enum.ts";
import { ContactImportInput, ImportFieldEnum, LeadImportInput } from "./import.inputs.ts";
import { type Preview, type PreviewRow, type PreviewValue, previewImport } from "./preview.ts";
import type { RowProblem } from "./row.ts";

/** GraphQL types of import previews. */

const OutcomeEnum = builder.enumType("ImportOutcome", {
  description: "What the import would do with a row.",
  values: {
    CREATED: { description: "It would create a record." },
    UPDATED: { description: "Its record exists and would be updated, or has the same values already." },
    SKIPPED: { description: "It would be skipped, because its record exists." },
    REFUSED: { description: "It would be refused." },
  } as const,
});

const ValueType = builder.objectRef<PreviewValue>("ImportPreviewValue").implement({
  description: "The values that a record would have in a field or custom field.",
  fields: (t) => ({
    field: t.expose("field", { type: ImportFieldEnum, nullable: true, description: "The field." }),
    customField: t.exposeString("customField", { nullable: true, description: "Slug of the custom field." }),
    values: t.stringList({
      description: "The values as they would be stored; one for a field with a single value.",
      resolve: ({ values }) => [...values],
    }),
  }),
});

const ProblemType = builder.objectRef<RowProblem>("ImportPreviewProblem").implement({
  description: "Why a row would be refused, or a note about a row that would be imported.",
  fields: (t) => ({
    column: t.exposeString("column", {
      nullable: true,
      description: "The column's heading; null for the row as a whole.",
    }),
    code: t.exposeString("code", { description: "Stable code, for programs." }),
    message: t.exposeString("message", { description: "The message, for people." }),
    text: t.string({
      nullable: true,
      description: "The value that would be left out.",
      resolve: ({ text = null }) => text,
    }),
  }),
});

const RowType = builder.objectRef<PreviewRow>("ImportPreviewRow").implement({
  description: "What the import would do with a row.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "The row's number among the rows of data, from 1." }),
    line: t.exposeInt("line", { description: "The line of the file on which the row begins, from 1." }),
    outcome: t.expose("outcome", { type: OutcomeEnum, description: "What the import would do with it." }),
    values: t.field({
      type: [ValueType],
      description: "Values of the record after the import; empty for a row that would be refused or skipped.",
      resolve: ({ values }) => [...values],
    }),
    problems: t.field({
      type: [ProblemType],
      description: "Why it would be refused, or notes about it.",
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

const PreviewType = builder.objectRef<Preview>("ImportPreview").implement({
  description: "Preview of an import, from the first rows of the file. Nothing was written.",
  fields: (t) => ({
    encoding: t.expose("encoding", { type: EncodingEnum, description: "Character encoding of the file." }),
    delimiter: t.exposeString("delimiter", { description: "Column separator of the file." }),
    headingsRow: t.int({
      description: "Number of the row with the headings, from 1, blank lines not counted.",
      resolve: ({ before }) => before + 1,
    }),
    columns: t.field({
      type: [ColumnType],
      description:
        "How each column would be mapped, and why. Can be sent as `mapping`, except those whose reason is KEPT.",
      resolve: ({ columns }) => [...columns],
    }),
    unmappedColumns: t.field({
      type: [UnmappedColumnType],
      description: "The columns that would not be imported.",
      resolve: ({ unmapped }) => [...unmapped],
    }),
    total: t.exposeInt("total", {
      description: "Number of rows examined: up to 1000, from the first megabyte of the file.",
    }),
    whole: t.exposeBoolean("whole", {
      description: "Whether these are all rows of the file; for a larger file use a dry run of the import.",
    }),
    created: t.exposeInt("created", { description: "Number of rows that would create a record." }),
    updated: t.exposeInt("updated", {
      description: "Number of rows that would update a record, or find it with the same values.",
    }),
    skipped: t.exposeInt("skipped", {
      description: "Number of rows that would be skipped, because their record exists.",
    }),
    failed: t.exposeInt("failed", { description: "Number of rows that would be refused." }),
    leftOut: t.exposeInt("leftOut", {
      description: "Number of values that would be left out of the other rows.",
    }),
    rows: t.field({
      type: [RowType],
      description: "The first ten rows.",
      resolve: ({ rows }) => [...rows],
    }),
  }),
});

const previewPayload = (name: string) =>
  payloadType<Preview>(name, "the preview", (t) => ({
    preview: t.expose("result", {
      type: PreviewType,
      nullable: true,
      description: "The preview; null when the import would be refused as a whole.",
    }),
  }));

builder.mutationFields((t) => ({
  contactImportPreview: t.field({
    extensions: needs("RECORD_IMPORT"),
    type: previewPayload("ContactImportPreviewPayload"),
    description:
      "Previews what `contactImport` would do with a file: its encoding and separator, the mapping of its columns, and the result for its first rows. Nothing is written.",
    args: {
      input: t.arg({ type: ContactImportInput, required: true, description: "The input of the import." }),
    },
    resolve: (_root, { input }, context) => payload(() => previewImport(context, "CONTACT", input)),
  }),
  leadImportPreview: t.field({
    extensions: needs("RECORD_IMPORT"),
    type: previewPayload("LeadImportPreviewPayload"),
    description:
      "Previews what `leadImport` would do with a file: its encoding and separator, the mapping of its columns, and the result for its first rows. Nothing is written.",
    args: {
      input: t.arg({ type: LeadImportInput, required: true, description: "The input of the import." }),
    },
    resolve: (_root, { input }, context) => payload(() => previewImport(context, "LEAD", input)),
  }),
}));
