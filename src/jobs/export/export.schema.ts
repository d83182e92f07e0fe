import { encodeId } from "../../db/ids.ts";
import { AuditEventFilter } from "../../entities/audit-event/audit-event.schema.ts";
import { contactListArgs, dealListArgs, leadListArgs } from "../../filter/schema/filter.schema.ts";
import type { ExportJob } from "../../generated/prisma/client.ts";
import type { ExportEntity } from "../../generated/prisma/enums.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { idArg } from "../../records/args.ts";
import type { ExportColumn } from "./columns.ts";
import { ExportFormatEnum, fileArgs } from "./export.inputs.ts";
import { cancelExport, type ExportedSet, expiresAt, exportRecords } from "./export.service.ts";

const EntityEnum = builder.enumType("ExportEntity", {
  description: "Which records an export writes.",
  values: {
    CONTACT: { description: "Contacts: `contactExport`." },
    LEAD: { description: "Leads: `leadExport`." },
    DEAL: { description: "Deals: `dealExport`." },
    AUDIT_EVENT: { description: "Audit events: `auditExport`." },
  } as const,
});

const StateEnum = builder.enumType("ExportState", {
  description: "State of an export.",
  values: {
    QUEUED: { description: "Waiting to start." },
    RUNNING: { description: "In progress." },
    DONE: { description: "The file is written, and kept for a day." },
    FAILED: { description: "Ended early, without a file; `problem` says why." },
    CANCELLED: { description: "Cancelled, without a file." },
  } as const,
});

const Job = builder.prismaObject("ExportJob", {
  ...keyed,
  description:
    "An export: the records that matched when it was requested, each once, with its values at the time it is written.",
  fields: (t) => ({
    entity: t.expose("entity", { type: EntityEnum, description: "Which records it writes." }),
    state: t.expose("state", { type: StateEnum, description: "State of the job." }),
    format: t.expose("format", { type: ExportFormatEnum, description: "How its file is written." }),
    headings: t.stringList({
      description: "The headings of its columns, in their order.",
      select: { columns: true },
      resolve: ({ columns }) => (columns as unknown as ExportColumn[]).map(({ heading }) => heading),
    }),
    total: t.exposeInt("total", { description: "Number of records that matched when it was requested." }),
    done: t.exposeInt("done", { description: "Number of records processed so far." }),
    skipped: t.exposeInt("skipped", {
      description:
        "Number of processed records that are not in the file, because they had been deleted or were no longer visible to the member.",
    }),
    progress: t.float({
      description: "The part that is done, from 0 to 1.",
      select: { state: true, total: true, done: true },
      resolve: ({ state, total, done }) => (state === "DONE" ? 1 : total === 0 ? 0 : done / total),
    }),
    bytes: t.exposeInt("bytes", { description: "Size of the file as far as it is written, in bytes." }),
    problem: t.exposeString("problem", { nullable: true, description: "Why it failed." }),
    downloadPath: t.string({
      nullable: true,
      description:
        "Path under which the file can be downloaded until `expiresAt`, with an Authorization header of the member who requested it; null for others, and while there is no file.",
      select: { memberId: true, state: true, finishedAt: true },
      resolve: ({ id, memberId, ...job }, _args, { viewer, now }) => {
        const expires = expiresAt(job);
        const isThere = expires !== null && expires > now && memberId === viewer.memberId;
        return isThere ? `/exports/${encodeId("ExportJob", id)}` : null;
      },
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the file is deleted; null while there is none.",
      select: { state: true, finishedAt: true },
      resolve: (job) => expiresAt(job),
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

asNode(Job, "export_job", byId.exportJob.load);

builder.queryFields((t) => ({
  exportJob: t.field({
    type: "ExportJob",
    nullable: true,
    description: "An export by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The export's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("ExportJob", id, "id");
      return uuid === null ? null : byId.exportJob.load(context, uuid, info);
    },
  }),
  exportJobs: t.field({
    type: ["ExportJob"],
    description: "The latest 100 exports, newest first; a restricted member sees their own.",
    resolve: (_root, _args, { db }, info) =>
      db.exportJob.findMany({
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: 100,
        ...selectOf(info, "ExportJob"),
      }),
  }),
}));

const jobPayload = (name: string, done: string) =>
  payloadType<ExportJob>(name, `the ${done} export`, (t) => ({
    job: t.expose("result", {
      type: "ExportJob",
      nullable: true,
      description: `The ${done} export; null when refused.`,
    }),
  }));

/** The arguments of an export, in the form of the service. */
interface Args extends Omit<ExportedSet, "filter"> {
  readonly filter?: unknown;
  readonly columns?: unknown;
  readonly format?: unknown;
  readonly delimiter?: unknown;
  readonly byteOrderMark?: unknown;
  readonly idempotencyKey?: string | null | undefined;
}

const run = (context: Context, entity: ExportEntity, args: Args) =>
  payload(() => {
    const { columns, format, delimiter, byteOrderMark, idempotencyKey, ...set } = args;
    return exportRecords(
      context,
      entity,
      set as ExportedSet,
      { columns, format, delimiter, byteOrderMark },
      idempotencyKey,
    );
  });

const described = (noun: string) =>
  `Starts a job that exports ${noun} to a file; \`exportJob\` shows its progress. It exports the ones that match now, each once, in their order. filter, query and search are AND-ed.`;

builder.mutationFields((t) => ({
  contactExport: t.field({
    extensions: needs("RECORD_EXPORT"),
    type: jobPayload("ContactExportPayload", "new"),
    description: described("contacts"),
    args: { ...contactListArgs(), ...fileArgs("CONTACT") },
    resolve: (_root, args, context) => run(context, "CONTACT", args),
  }),
  leadExport: t.field({
    extensions: needs("RECORD_EXPORT"),
    type: jobPayload("LeadExportPayload", "new"),
    description: described("leads"),
    args: { ...leadListArgs(), ...fileArgs("LEAD") },
    resolve: (_root, args, context) => run(context, "LEAD", args),
  }),
  dealExport: t.field({
    extensions: needs("RECORD_EXPORT"),
    type: jobPayload("DealExportPayload", "new"),
    description:
      "Starts a job that exports deals to a file; `exportJob` shows its progress. It exports the ones that match now, each once, in their order. filter and query are AND-ed.",
    args: { ...dealListArgs(), ...fileArgs("DEAL") },
    resolve: (_root, args, context) => run(context, "DEAL", args),
  }),
  auditExport: t.field({
    extensions: needs("AUDIT_READ"),
    type: jobPayload("AuditExportPayload", "new"),
    description:
      "Starts a job that exports audit events to a file, oldest first; `exportJob` shows its progress. It exports the ones that match now, each once. Needs the permission AUDIT_READ, as do its steps and the download of its file.",
    args: {
      filter: t.arg({ type: AuditEventFilter, description: "Which of them; all by default." }),
      ...fileArgs("AUDIT_EVENT"),
    },
    resolve: (_root, args, context) => run(context, "AUDIT_EVENT", args),
  }),
  exportJobCancel: t.field({
    extensions: needs("RECORD_EXPORT"),
    type: jobPayload("ExportJobCancelPayload", "cancelled"),
    description: "Cancels an export and deletes what it has written.",
    args: idArg("export"),
    resolve: (_root, { id }, context) => payload(() => cancelExport(context, id)),
  }),
}));
