import type { BulkJob } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { asNode } from "../../graphql/node.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { createMissingTagsArg, idArg } from "../../records/args.ts";
import { readInput } from "../../records/inputs.ts";
import type { BulkChange } from "./bulk.change.ts";
import {
  AT_ONCE,
  BulkDelete,
  BulkTag,
  BulkUpdate,
  bulkArgs,
  ContactsBulkUpdateInput,
} from "./bulk.inputs.ts";
import type { Selection } from "./bulk.plan.ts";
import { type BulkResult, type BulkSteps, cancelBulkJob, changeContacts } from "./bulk.service.ts";

const KindEnum = builder.enumType("BulkJobKind", {
  description: "What a bulk job does to its contacts.",
  values: {
    UPDATE: { description: "Sets fields: `contactsBulkUpdate`." },
    TAG: { description: "Adds and removes tags: `contactsBulkTag`." },
    DELETE: { description: "Moves them to the trash: `contactsBulkDelete`." },
    REASSIGN: {
      description:
        "Assigns the contacts, leads and deals of a member to another one: `memberRemove` and `memberReassign`. Its numbers count records of all three types.",
    },
  } as const,
});

const StateEnum = builder.enumType("BulkJobState", {
  description: "State of a bulk job.",
  values: {
    QUEUED: { description: "Waiting to start." },
    RUNNING: { description: "In progress." },
    DONE: { description: "All records have been processed." },
    FAILED: { description: "Ended early; `problem` says why. Changes already made are kept." },
    CANCELLED: { description: "Cancelled. Changes already made are kept." },
  } as const,
});

const Job = builder.prismaObject("BulkJob", {
  ...keyed,
  description: `A change that runs in the background: a bulk change of more than ${AT_ONCE} contacts, or many records that are reassigned.`,
  fields: (t) => ({
    kind: t.expose("kind", { type: KindEnum, description: "Kind of change." }),
    state: t.expose("state", { type: StateEnum, description: "State of the job." }),
    total: t.exposeInt("total", {
      description:
        "Number of records to process: contacts that the filter matched when the job was created; for REASSIGN, contacts, leads and deals, including those assigned to the member since.",
    }),
    done: t.exposeInt("done", {
      description: "Number of records processed so far: the sum of `changed`, `unchanged` and `skipped`.",
    }),
    changed: t.exposeInt("changed", { description: "Number of records changed." }),
    unchanged: t.exposeInt("unchanged", {
      description: "Number of records that had the new values already.",
    }),
    skipped: t.exposeInt("skipped", {
      description:
        "Number of records that were deleted, in the trash or no longer visible to the member when their turn came.",
    }),
    problem: t.exposeString("problem", { nullable: true, description: "Why it failed." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was requested." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it started.",
    }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
  }),
});

asNode(Job, "bulk_job", byId.bulkJob.load);

builder.queryFields((t) => ({
  bulkJob: t.field({
    type: "BulkJob",
    nullable: true,
    description: "A bulk job by its id; null when there is none that the caller may see.",
    args: { id: t.arg.id({ required: true, description: "The bulk job's id." }) },
    resolve: (_root, { id }, context, info) => {
      const uuid = readIdOf("BulkJob", id, "id");
      return uuid === null ? null : byId.bulkJob.load(context, uuid, info);
    },
  }),
  bulkJobs: t.field({
    type: ["BulkJob"],
    description: "The latest 100 bulk jobs, newest first; a restricted member sees their own.",
    resolve: (_root, _args, { db }, info) =>
      db.bulkJob.findMany({
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: 100,
        ...selectOf(info, "BulkJob"),
      }),
  }),
}));

const bulkPayload = (name: string) =>
  payloadType<BulkResult>(name, "the plan of a dry run, or the number of contacts changed", (t) => ({
    count: t.int({
      nullable: true,
      description: "How many live contacts the filter matches; null when refused.",
      resolve: ({ result }) => result?.count ?? null,
    }),
    sample: t.field({
      type: ["Contact"],
      description: "The first ten of them by id, as they are now.",
      resolve: async ({ result }, _args, context) =>
        (await byId.contact.loadMany(context, result?.sampleIds ?? [])).filter((contact) => contact !== null),
    }),
    planToken: t.string({
      nullable: true,
      description: "Returned by a dry run: send it with the same change to apply it.",
      resolve: ({ result }) => result?.planToken ?? null,
    }),
    changed: t.int({
      nullable: true,
      description:
        "Number of contacts changed; the others had the new values already. Null for a dry run, and where a `job` makes the change.",
      resolve: ({ result }) => result?.changed ?? null,
    }),
    job: t.field({
      type: "BulkJob",
      nullable: true,
      description: `The job that changes them, if there are more than ${AT_ONCE}.`,
      resolve: ({ result }, _args, context, info) =>
        result?.jobId == null ? null : byId.bulkJob.load(context, result.jobId, info),
    }),
  }));

const twoSteps = `Takes two steps: a dry run counts the contacts and returns a \`planToken\`; the same change with the token is then made, or refused if the filter matches other contacts by now. More than ${AT_ONCE} contacts are changed by a background job.`;

/** The arguments of every bulk change, in the form of the service. */
const run = (context: Context, args: Selection & BulkSteps, change: () => BulkChange) =>
  payload(async () => {
    const { filter, query, search, timeZone, all, ...steps } = args;
    const selection = { filter, query, search, timeZone, all };
    return changeContacts(context, { change: change(), selection }, steps);
  });

builder.mutationFields((t) => ({
  contactsBulkUpdate: t.field({
    extensions: needs("CONTACT_BULK_WRITE"),
    type: bulkPayload("ContactsBulkUpdatePayload"),
    description: `Sets fields of all contacts that a filter matches. ${twoSteps}`,
    args: {
      input: t.arg({
        type: ContactsBulkUpdateInput,
        required: true,
        description: "Fields to set on each contact.",
      }),
      ...bulkArgs(),
    },
    resolve: (_root, { input, ...args }, context) =>
      run(context, args, () => ({ kind: "UPDATE", input: readInput(BulkUpdate, input) })),
  }),
  contactsBulkTag: t.field({
    extensions: needs("CONTACT_BULK_WRITE"),
    type: bulkPayload("ContactsBulkTagPayload"),
    description: `Adds tags to all contacts that a filter matches, and removes tags from them. ${twoSteps}`,
    args: {
      add: t.arg.stringList({ description: "Tags to add, by name or id; at most 100." }),
      remove: t.arg.stringList({
        description: "Tags to remove, by name or id; at most 100. Unknown tags are ignored.",
      }),
      ...createMissingTagsArg(),
      ...bulkArgs(),
    },
    resolve: (_root, { add, remove, createMissingTags, ...args }, context) =>
      run(context, args, () => ({
        kind: "TAG",
        input: readInput(BulkTag, { add, remove, createMissingTags }, []),
      })),
  }),
  contactsBulkDelete: t.field({
    extensions: needs("CONTACT_BULK_WRITE"),
    type: bulkPayload("ContactsBulkDeletePayload"),
    description: `Moves all contacts that a filter matches to the trash, from which each can be restored for 30 days. ${twoSteps}`,
    args: bulkArgs(),
    resolve: (_root, args, context) =>
      run(context, args, () => ({ kind: "DELETE", input: readInput(BulkDelete, {}) })),
  }),
  bulkJobCancel: t.field({
    extensions: needs("CONTACT_BULK_WRITE"),
    type: payloadType<BulkJob>("BulkJobCancelPayload", "the cancelled bulk job", (p) => ({
      job: p.expose("result", {
        type: "BulkJob",
        nullable: true,
        description: "The cancelled bulk job; null when refused.",
      }),
    })),
    description: "Cancels a bulk job. Changes already made are kept.",
    args: idArg("bulk job"),
    resolve: (_root, { id }, context) => payload(() => cancelBulkJob(context, id)),
  }),
}));
