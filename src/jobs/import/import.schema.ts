import { encodeId } from "../../db/ids.ts";
import type { ImportError, ImportJob } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { LONG_TEXT, price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
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
  description: "Where an import stands.",
  values: {
    UPLOADING: { description: "The file is arriving." },
    QUEUED: { description: "Waits to be worked on." },
    RUNNING: { description: "Is worked on." },
    DONE: { description: "Every row was counted." },
    FAILED: { description: "Ended early; `problem` says why. What was written stays." },
    CANCELLED: { description: "Was stopped. What was written stays." },
  } as const,
});

const EntityEnum = builder.enumType("ImportEntity", {
  description: "What an import makes of its rows.",
  values: { CONTACT: { description: "Contacts." }, LEAD: { description: "Leads." } } as const,
});

/** What is told of a row has no id of its own. */
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
  description: "What became of a row that was not refused, where it is not what one would expect.",
  fields: (t) => ({
    row: t.exposeInt("row", { description: "The row's number among the rows of data, from 1." }),
    line: t.exposeInt("line", { description: "The line of the file on which the row begins, from 1." }),
    column: t.exposeString("column", {
      nullable: true,
      description: "The column of which it is said, or the input's field; null for the row as a whole.",
    }),
    code: t.exposeString("code", { description: "What became of it, for programs." }),
    message: t.exposeString("message", { description: "What became of it, for people." }),
    text: t.exposeString("text", {
      nullable: true,
      description: "What was left out, its first 10,000 characters.",
      extensions: price({ cost: LONG_TEXT / 5 }),
    }),
  }),
});

const MAX_ERRORS = 100;

/** How many of what is told of rows, and from where on. */
const toldArgs = () =>
  builder.args((t) => ({
    first: t.int({ defaultValue: 25, description: "How many, 1 to 100." }),
    offset: t.int({ defaultValue: 0, description: "How many to leave out before." }),
  }));

/** What is told of a job's rows, of those that were refused or of the others, with the columns that are selected. */
function told(
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
    throw new RequestError("BAD_USER_INPUT", `first must be 1 to ${MAX_ERRORS}`, { field: "first" });
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
    state: t.expose("state", { type: StateEnum, description: "Where it stands." }),
    mode: t.expose("mode", {
      type: ImportModeEnum,
      description: "What it does with records that are there.",
    }),
    dryRun: t.exposeBoolean("dryRun", { description: "Whether it only checks and counts." }),
    fileName: t.exposeString("fileName", { nullable: true, description: "Name of the file." }),
    fileBytes: t.exposeInt("fileBytes", { description: "Size of the file, in bytes; 0 for rows." }),
    encoding: t.exposeString("encoding", { description: "How the file is written, such as `utf-8`." }),
    delimiter: t.exposeString("delimiter", {
      nullable: true,
      description: "What stands between the file's columns.",
    }),
    columns: t.field({
      type: [ColumnType],
      description: "Where the file's columns go.",
      select: { mapping: true },
      resolve: ({ mapping }) => mapping as unknown as Column[],
    }),
    unmappedColumns: t.field({
      type: [UnmappedColumnType],
      description: "The columns of the file that go nowhere.",
      select: { unmapped: true },
      resolve: ({ unmapped }) => unmapped as unknown as UnmappedColumn[],
    }),
    total: t.exposeInt("total", {
      description: "How many rows of data there are; 0 until they are counted.",
    }),
    done: t.exposeInt("done", { description: "How many were worked on: the sum of the next four." }),
    created: t.exposeInt("created", { description: "Rows that made a record." }),
    updated: t.exposeInt("updated", {
      description:
        "Rows whose record was there already and is now as they say; one that was so before is not written.",
    }),
    skipped: t.exposeInt("skipped", { description: "Rows whose record was there already." }),
    failed: t.exposeInt("failed", { description: "Rows that were refused; `errors` say why." }),
    blank: t.exposeInt("blank", { description: "Empty lines; they are no rows." }),
    problem: t.exposeString("problem", { nullable: true, description: "Why it failed as a whole." }),
    inTrash: t.exposeInt("inTrash", {
      description:
        "Rows that made a contact although one in the trash has their address; a wish of that one not to be contacted is kept. `notes` name them.",
    }),
    redirected: t.exposeInt("redirected", {
      description:
        "Rows whose address is that of a contact which was merged: they were updated or skipped as the one that it was merged into. `notes` name them.",
    }),
    leftOut: t.exposeInt("leftOut", {
      description: "Values that were left out of rows that were not refused; `notes` tell each.",
    }),
    errors: t.field({
      type: [ErrorType],
      description: "What was wrong with the rows that were refused, in the order of the file.",
      args: toldArgs(),
      resolve: ({ id }, args, context, info) => told(context, id, true, selectOf(info, "ImportError"), args),
    }),
    notes: t.field({
      type: [NoteType],
      description:
        "What is to be said of rows that were not refused, in the order of the file: IN_TRASH, REDIRECTED, WISH_KEPT for a row that would have taken back a wish not to be contacted, OWNER_UNKNOWN, and VALUE_LEFT_OUT with the column and text.",
      args: toldArgs(),
      resolve: ({ id }, args, context, info) => told(context, id, false, selectOf(info, "ImportNote"), args),
    }),
    errorsPath: t.string({
      description:
        "Path under which all errors can be downloaded as CSV, with the same Authorization header: line, row, column, code, message, raw row.",
      resolve: ({ id }) => `/imports/${encodeId("ImportJob", id)}/errors.csv`,
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "Who asked for it.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked for." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it began." }),
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
    type: jobPayload("ContactImportPayload", "new"),
    description:
      "Imports contacts: rows at once, or a CSV file as a job whose progress `importJob` shows. Every row is counted exactly once; those that are refused say why.",
    args: {
      input: t.arg({ type: ContactImportInput, required: true, description: "What to import, and how." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => importRecords(context, "CONTACT", input, idempotencyKey)),
  }),
  leadImport: t.field({
    type: jobPayload("LeadImportPayload", "new"),
    description:
      "Imports leads: rows at once, or a CSV file as a job whose progress `importJob` shows. Every row is counted exactly once; those that are refused say why.",
    args: {
      input: t.arg({ type: LeadImportInput, required: true, description: "What to import, and how." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => importRecords(context, "LEAD", input, idempotencyKey)),
  }),
  importJobCancel: t.field({
    type: jobPayload("ImportJobCancelPayload", "stopped"),
    description: "Stops an import. What it has written stays.",
    args: idArg("import"),
    resolve: (_root, { id }, context) => payload(() => cancelImport(context, id)),
  }),
}));
