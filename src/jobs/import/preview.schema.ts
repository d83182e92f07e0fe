import { builder } from "../../graphql/builder.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { ColumnType, UnmappedColumnType } from "./column.schema.ts";
import { EncodingEnum } from "./encoding.enum.ts";
import { ContactImportInput, ImportFieldEnum, LeadImportInput } from "./import.inputs.ts";
import { type Preview, type PreviewRow, type PreviewValue, previewImport } from "./preview.ts";
import type { RowProblem } from "./row.ts";

/** What an import would do, as answers show it. */

const OutcomeEnum = builder.enumType("ImportOutcome", {
  description: "What would become of a row.",
  values: {
    CREATED: { description: "It would make a record." },
    UPDATED: { description: "Its record is there already and would be as the row says." },
    SKIPPED: { description: "Its record is there already." },
    REFUSED: { description: "It would be refused." },
  } as const,
});

const ValueType = builder.objectRef<PreviewValue>("ImportPreviewValue").implement({
  description: "What a record would have in a field, or in a custom field.",
  fields: (t) => ({
    field: t.expose("field", { type: ImportFieldEnum, nullable: true, description: "The field." }),
    customField: t.exposeString("customField", { nullable: true, description: "Slug of the custom field." }),
    values: t.stringList({
      description: "As they would be stored; one of a field with one value.",
      resolve: ({ values }) => [...values],
    }),
  }),
});

const ProblemType = builder.objectRef<RowProblem>("ImportPreviewProblem").implement({
  description: "Why a row would be refused, or what would be said of one that would not.",
  fields: (t) => ({
    column: t.exposeString("column", {
      nullable: true,
      description: "The column's heading; null for the row as a whole.",
    }),
    code: t.exposeString("code", { description: "What is wrong, or what would become of it, for programs." }),
    message: t.exposeString("message", { description: "The same for people." }),
    text: t.string({
      nullable: true,
      description: "What would be left out.",
      resolve: ({ text = null }) => text,
    }),
  }),
});

const RowType = builder.objectRef<PreviewRow>("ImportPreviewRow").implement({
  description: "What would become of a row.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "The row's number among the rows of data, from 1." }),
    line: t.exposeInt("line", { description: "The line of the file on which the row begins, from 1." }),
    outcome: t.expose("outcome", { type: OutcomeEnum, description: "What would become of it." }),
    values: t.field({
      type: [ValueType],
      description: "What its record would have then; none for a row that would be refused or skipped.",
      resolve: ({ values }) => [...values],
    }),
    problems: t.field({
      type: [ProblemType],
      description: "Why it would be refused, or what would be said of it.",
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

const PreviewType = builder.objectRef<Preview>("ImportPreview").implement({
  description: "What an import of a file would do, found out by the file's first rows. Nothing was written.",
  fields: (t) => ({
    encoding: t.expose("encoding", { type: EncodingEnum, description: "How the file is written." }),
    delimiter: t.exposeString("delimiter", { description: "What stands between its columns." }),
    headingsRow: t.int({
      description: "On which row of the file the headings stand, from 1; blank lines are none.",
      resolve: ({ before }) => before + 1,
    }),
    columns: t.field({
      type: [ColumnType],
      description:
        "Where each column would go, and why: to be taken over into `mapping`, but for those of which the reason is KEPT.",
      resolve: ({ columns }) => [...columns],
    }),
    unmappedColumns: t.field({
      type: [UnmappedColumnType],
      description: "The columns that would go nowhere.",
      resolve: ({ unmapped }) => [...unmapped],
    }),
    total: t.exposeInt("total", {
      description: "How many rows were looked at: 1000, or as many as are in the first megabyte.",
    }),
    whole: t.exposeBoolean("whole", {
      description: "Whether these are all of the file; a dry run of the import looks at all of a larger one.",
    }),
    created: t.exposeInt("created", { description: "How many of them would make a record." }),
    updated: t.exposeInt("updated", {
      description: "How many would change one, or leave it as it is already.",
    }),
    skipped: t.exposeInt("skipped", { description: "How many have a record that is there already." }),
    failed: t.exposeInt("failed", { description: "How many would be refused." }),
    leftOut: t.exposeInt("leftOut", { description: "How many values would be left out of the others." }),
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
    type: previewPayload("ContactImportPreviewPayload"),
    description:
      "Says what `contactImport` would do with a file: how it is written, where its columns would go, and what would become of its first rows. Nothing is written.",
    args: {
      input: t.arg({ type: ContactImportInput, required: true, description: "The input of the import." }),
    },
    resolve: (_root, { input }, context) => payload(() => previewImport(context, "CONTACT", input)),
  }),
  leadImportPreview: t.field({
    type: previewPayload("LeadImportPreviewPayload"),
    description:
      "Says what `leadImport` would do with a file: how it is written, where its columns would go, and what would become of its first rows. Nothing is written.",
    args: {
      input: t.arg({ type: LeadImportInput, required: true, description: "The input of the import." }),
    },
    resolve: (_root, { input }, context) => payload(() => previewImport(context, "LEAD", input)),
  }),
}));
