import type { BulkJob } from "../../generated/prisma/client.ts";
import { builder, readIdOf } from "../../graphql/builder.ts";
import type { Context } from "../../graphql/context.ts";
import { byId } from "../../graphql/loaders.ts";
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
import { type BulkResult, cancelBulkJob, changeContacts, type Handshake } from "./bulk.service.ts";

const KindEnum = builder.enumType("BulkJobKind", {
  description: "What a bulk job does to its contacts.",
  values: {
    UPDATE: { description: "Sets fields: `contactsBulkUpdate`." },
    TAG: { description: "Puts tags on and takes tags off: `contactsBulkTag`." },
    DELETE: { description: "Moves them to the trash: `contactsBulkDelete`." },
  } as const,
});

const StateEnum = builder.enumType("BulkJobState", {
  description: "Where a bulk job stands.",
  values: {
    QUEUED: { description: "Waits for its turn." },
    RUNNING: { description: "Is under way." },
    DONE: { description: "Every contact was dealt with." },
    FAILED: { description: "Ended early; `problem` says why. What was changed stays." },
    CANCELLED: { description: "Was stopped. What was changed stays." },
  } as const,
});

const Job = builder.prismaObject("BulkJob", {
  ...keyed,
  description: `A change of more than ${AT_ONCE} contacts, worked off in pieces.`,
  fields: (t) => ({
    kind: t.expose("kind", { type: KindEnum, description: "What it does." }),
    state: t.expose("state", { type: StateEnum, description: "Where it stands." }),
    total: t.exposeInt("total", { description: "How many contacts the filter matched when it was made." }),
    done: t.exposeInt("done", {
      description: "How many of them were dealt with: the sum of the next three.",
    }),
    changed: t.exposeInt("changed", { description: "Contacts that it changed." }),
    unchanged: t.exposeInt("unchanged", { description: "Contacts that were as wanted already." }),
    skipped: t.exposeInt("skipped", {
      description: "Contacts that were gone, in the trash or out of the member's reach when their turn came.",
    }),
    problem: t.exposeString("problem", { nullable: true, description: "Why it failed." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked for." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When its first piece was taken up.",
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
  payloadType<BulkResult>(name, "the plan of a dry run, or what was done", (t) => ({
    count: t.int({
      nullable: true,
      description: "How many live contacts the filter matches; null when refused.",
      resolve: ({ result }) => result?.count ?? null,
    }),
    sample: t.field({
      type: ["Contact"],
      description: "The first of them by id, ten at most, as they are now.",
      resolve: async ({ result }, _args, context) =>
        (await byId.contact.loadMany(context, result?.sampleIds ?? [])).filter((contact) => contact !== null),
    }),
    planToken: t.string({
      nullable: true,
      description: "Of a dry run: send it with the same change to have it done.",
      resolve: ({ result }) => result?.planToken ?? null,
    }),
    changed: t.int({
      nullable: true,
      description:
        "How many were changed; the others were as wanted already. Null for a dry run, and for a job, which says itself.",
      resolve: ({ result }) => result?.changed ?? null,
    }),
    job: t.field({
      type: "BulkJob",
      nullable: true,
      description: `The job that changes them, when they are more than ${AT_ONCE}.`,
      resolve: ({ result }, _args, context, info) =>
        result?.jobId == null ? null : byId.bulkJob.load(context, result.jobId, info),
    }),
  }));

const handshakes = `First with dryRun, which counts them and gives a planToken; then with the token, which is refused when the filter matches others by now. More than ${AT_ONCE} are changed by a job.`;

/** The arguments that every bulk change has, as the service takes them. */
const run = (context: Context, args: Selection & Handshake, change: () => BulkChange) =>
  payload(async () => {
    const { filter, query, search, timeZone, all, ...handshake } = args;
    const selection = { filter, query, search, timeZone, all };
    return changeContacts(context, { change: change(), selection }, handshake);
  });

builder.mutationFields((t) => ({
  contactsBulkUpdate: t.field({
    type: bulkPayload("ContactsBulkUpdatePayload"),
    description: `Sets fields of all contacts that a filter matches. ${handshakes}`,
    args: {
      input: t.arg({
        type: ContactsBulkUpdateInput,
        required: true,
        description: "What to set on each of them.",
      }),
      ...bulkArgs(),
    },
    resolve: (_root, { input, ...args }, context) =>
      run(context, args, () => ({ kind: "UPDATE", input: readInput(BulkUpdate, input) })),
  }),
  contactsBulkTag: t.field({
    type: bulkPayload("ContactsBulkTagPayload"),
    description: `Puts tags on all contacts that a filter matches, and takes tags off them. ${handshakes}`,
    args: {
      add: t.arg.stringList({ description: "Tags to put on, by name or id; 100 at most." }),
      remove: t.arg.stringList({
        description:
          "Tags to take off, by name or id, 100 at most; those that there are not are passed over.",
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
    type: bulkPayload("ContactsBulkDeletePayload"),
    description: `Moves all contacts that a filter matches to the trash, from which each can be restored for 30 days. ${handshakes}`,
    args: bulkArgs(),
    resolve: (_root, args, context) =>
      run(context, args, () => ({ kind: "DELETE", input: readInput(BulkDelete, {}) })),
  }),
  bulkJobCancel: t.field({
    type: payloadType<BulkJob>("BulkJobCancelPayload", "the stopped bulk job", (p) => ({
      job: p.expose("result", {
        type: "BulkJob",
        nullable: true,
        description: "The stopped bulk job; null when refused.",
      }),
    })),
    description: "Stops a bulk job. What it has changed stays.",
    args: idArg("bulk job"),
    resolve: (_root, { id }, context) => payload(() => cancelBulkJob(context, id)),
  }),
}));
