import { encodeId } from "../../db/ids.ts";
import type { ImportError, ImportJob } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { findUnique, keyed } from "../../graphql/rows.ts";
import { RequestError } from "../../lib/errors.ts";
import { idArg, idempotencyKeyArg } from "../../records/args.ts";
import { ColumnType, UnmappedColumnType } from "./column.schema.ts";
import type { Column, UnmappedColumn } from "./column.ts";
import { ContactImportInput, ImportModeEnum, LeadImportInput } from "./import.inputs.ts";
import { cancelImport, importRecords } from "./import.service.ts";

const StateEnum = builder.enumType("ImportState", {
  description: "State of an import.",
  values: {
    UPLOADING: { description: "The file is being uploaded." },
    QUEUED: { description: "Waiting to start." },
    RUNNING: { description: "In progress." },
    DONE: { description: "All rows have been processed." },
    FAILED: { description: "Ended early; `problem` says why. Records already written are kept." },
    CANCELLED: { description: "Cancelled. Records already written are kept." },
  } as const,
});

const EntityEnum = builder.enumType("ImportEntity", {
  description: "Kind of records that an import writes.",
  values: { CONTACT: { description: "Contacts." }, LEAD: { description: "Leads." } } as const,
});

/** Errors and notes of rows have no id. */
const withoutId = { select: { orgId: false, jobId: false, row: true, position: false }, findUnique } as const;

const ErrorType = builder.prismaObject("ImportError", {
  ...withoutId,
  description: "Something wrong with a row, which was therefore not imported; 21 at most of one row.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "The row's number among the rows of data, from 1." }),
    line: t.exposeInt("line", { description: "The line of the file on which the row begins, from 1." }),
    column: t.exposeString("column", {
      nullable: true,
      description: "The column's heading, or the input's field; null when the row as a whole is wrong.",
    }),
    code: t.exposeString("code", { description: "What is wrong, for programs: as in ErrorCode." }),
    message: t.exposeString("message", { description: "What is wrong and what would be right, for people." }),
    raw: t.exposeString("raw", {
      description: "The row as it was sent, its first 10,000 characters.",
      extensions: price({ cost: LONG_TEXT / 5 }),
    }),
  }),
});

const NoteType = builder.prismaObject("ImportError", {
  ...withoutId,
  variant: "ImportNote",
  description: "A note about a row that was imported, where the result may be unexpected.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "The row's number among the rows of data, from 1." }),
    line: t.exposeInt("line", { description: "The line of the file on which the row begins, from 1." }),
    column: t.exposeString("column", {
      nullable: true,
      description: "The column's heading, or the input's field; null for the row as a whole.",
    }),
    code: t.exposeString("code", { description: "Stable code, for programs." }),
    message: t.exposeString("message", { description: "The message, for people." }),
    text: t.exposeString("text", {
      nullable: true,
      description: "The value that was left out, its first 10,000 characters.",
      extensions: price({ cost: LONG_TEXT / 5 }),
    }),
  }),
});

const MAX_ERRORS = 100;

/** Arguments of pages of errors and notes. */
const toldArgs = () =>
  builder.args((t) => ({
    first: t.int({ defaultValue: 25, description: "Number of items, between 1 and 100." }),
    offset: t.int({ defaultValue: 0, description: "Number of items to skip." }),
  }));

/** The errors or notes of a job's rows, with the selected columns. */
function readRowMessages(
  { db }: Context,
  jobId: string,
  refused: boolean,
  columns: object,
  {
    first,
    offset,
  }: { readonly first?: number | null | undefined; readonly offset?: number | null | undefined },
): Promise<ImportError[]> {
  const take = first ?? 25;
  if (take < 1 || take > MAX_ERRORS) {
    throw new RequestError("BAD_USER_INPUT", `first must be between 1 and ${MAX_ERRORS}`, { field: "first" });
  }
  if (offset != null && offset < 0) {
    throw new RequestError("BAD_USER_INPUT", "offset must be 0 or more", { field: "offset" });
  }
  return db.importError.findMany({
    where: { jobId, refused },
    orderBy: [{ row: "asc" }, { position: "asc" }],
    take,
    skip: offset ?? 0,
    ...columns,
  });
}

const Job = builder.prismaObject("ImportJob", {
  ...keyed,
  description: "An import of contacts or leads.",
  fields: (t) => ({
    entity: t.expose("entity", { type: EntityEnum, description: "What the rows become." }),
    state: t.expose("state", { type: StateEnum, description: "State of the job." }),
    mode: t.expose("mode", {
      type: ImportModeEnum,
      description: "What it does with existing records.",
    }),
    dryRun: t.exposeBoolean("dryRun", {
      description: "Whether it is a dry run, which only checks and counts.",
    }),
    fileName: t.exposeString("fileName", { nullable: true, description: "Name of the file." }),
    fileBytes: t.exposeInt("fileBytes", { description: "Size of the file, in bytes; 0 for rows." }),
    encoding: t.exposeString("encoding", { description: "Character encoding of the file, such as `utf-8`." }),
    delimiter: t.exposeString("delimiter", {
      nullable: true,
      description: "Column separator of the file.",
    }),
    columns: t.field({
      type: [ColumnType],
      description: "Mapping of the file's columns to fields.",
      select: { mapping: true },
      resolve: ({ mapping }) => mapping as unknown as Column[],
    }),
    unmappedColumns: t.field({
      type: [UnmappedColumnType],
      description: "The columns of the file that are not imported.",
      select: { unmapped: true },
      resolve: ({ unmapped }) => unmapped as unknown as UnmappedColumn[],
    }),
    total: t.exposeInt("total", {
      description: "Number of data rows; 0 until they are counted.",
    }),
    done: t.exposeInt("done", {
      description:
        "Number of rows processed so far: the sum of `created`, `updated`, `skipped` and `failed`.",
    }),
    created: t.exposeInt("created", { description: "Number of rows that created a record." }),
    updated: t.exposeInt("updated", {
      description: "Number of rows whose record existed and was updated, or had the same values already.",
    }),
    skipped: t.exposeInt("skipped", {
      description: "Number of rows that were skipped, because their record existed.",
    }),
    failed: t.exposeInt("failed", { description: "Number of rows that were refused; `errors` say why." }),
    blank: t.exposeInt("blank", { description: "Number of blank lines, which do not count as rows." }),
    problem: t.exposeString("problem", { nullable: true, description: "Why the import failed as a whole." }),
    inTrash: t.exposeInt("inTrash", {
      description:
        "Number of rows that created a contact although one in the trash has the same address; a wish of that one not to be contacted is kept. `notes` list them.",
    }),
    redirected: t.exposeInt("redirected", {
      description:
        "Number of rows whose address belonged to a contact that was merged: they were matched to the contact that it was merged into. `notes` list them.",
    }),
    leftOut: t.exposeInt("leftOut", {
      description: "Number of values left out of imported rows; `notes` list each.",
    }),
    errors: t.field({
      type: [ErrorType],
      description: "Problems of the rows that were refused, in the order of the file.",
      args: toldArgs(),
      resolve: ({ id }, args, context, info) =>
        readRowMessages(context, id, true, selectOf(info, "ImportError"), args),
    }),
    notes: t.field({
      type: [NoteType],
      description:
        "Notes about rows that were imported, in the order of the file: IN_TRASH, REDIRECTED, WISH_KEPT for a row that would have withdrawn a wish not to be contacted, OWNER_UNKNOWN, and VALUE_LEFT_OUT with the column and text.",
      args: toldArgs(),
      resolve: ({ id }, args, context, info) =>
        readRowMessages(context, id, false, selectOf(info, "ImportNote"), args),
    }),
    errorsPath: t.string({
      description:
        "Path under which all errors can be downloaded as CSV, with the same Authorization header: line, row, column, code, message, raw row.",
      resolve: ({ id }) => `/imports/${encodeId("ImportJob", id)}/errors.csv`,
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member who requested it.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was requested." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it started." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
  }),
});

asNode(Job, "import_job", byId.importJob.load);

builder.queryFields((t) => ({
  importJob: t.field({
    type: "ImportJob",
    nullable: true,
    description: "An import by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The import's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("ImportJob", id, "id");
      return uuid === null ? null : byId.importJob.load(context, uuid, info);
    },
  }),
  importJobs: t.field({
    type: ["ImportJob"],
    description: "The latest 100 imports, newest first; a restricted member sees their own.",
    resolve: (_root, _args, { db }, info) =>
      db.importJob.findMany({
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: 100,
        ...selectOf(info, "ImportJob"),
      }),
  }),
}));

const jobPayload = (name: string, done: string) =>
  payloadType<ImportJob>(name, `the ${done} import`, (t) => ({
    job: t.expose("result", {
      type: "ImportJob",
      nullable: true,
      description: `The ${done} import; null when refused.`,
    }),
  }));

builder.mutationFields((t) => ({
  contactImport: t.field({
    extensions: needs("RECORD_IMPORT"),
    type: jobPayload("ContactImportPayload", "new"),
    description:
      "Imports contacts: up to 1000 rows directly, or a CSV file by a job whose progress `importJob` shows. Every row is counted exactly once; `errors` of the job say why rows were refused.",
    args: {
      input: t.arg({ type: ContactImportInput, required: true, description: "What to import, and how." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => importRecords(context, "CONTACT", input, idempotencyKey)),
  }),
  leadImport: t.field({
    extensions: needs("RECORD_IMPORT"),
    type: jobPayload("LeadImportPayload", "new"),
    description:
      "Imports leads: up to 1000 rows directly, or a CSV file by a job whose progress `importJob` shows. Every row is counted exactly once; `errors` of the job say why rows were refused.",
    args: {
      input: t.arg({ type: LeadImportInput, required: true, description: "What to import, and how." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => importRecords(context, "LEAD", input, idempotencyKey)),
  }),
  importJobCancel: t.field({
    extensions: needs("RECORD_IMPORT"),
    type: jobPayload("ImportJobCancelPayload", "cancelled"),
    description: "Cancels an import. Records already written are kept.",
    args: idArg("import"),
    resolve: (_root, { id }, context) => payload(() => cancelImport(context, id)),
  }),
}));
