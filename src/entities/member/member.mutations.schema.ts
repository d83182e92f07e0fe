import type { Member } from "../../generated/prisma/client.ts";
import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { expectedVersionArg, idArg, idempotencyKeyArg } from "../../records/args.ts";
import { MOVED_AT_ONCE } from "../../records/reassign.ts";
import { MemberInviteInput, MemberUpdateInput } from "./member.inputs.ts";
import {
  type Invited,
  inviteMember,
  type Moved,
  reassignRecords,
  removeMember,
  updateMember,
} from "./member.service.ts";

const InvitePayload = payloadType<Invited>("MemberInvitePayload", "the new member", (t) => ({
  member: t.field({
    type: "Member",
    nullable: true,
    description: "The new member; null when refused.",
    resolve: ({ result }, _args, context) => (result ? byId.member.load(context, result.memberId) : null),
  }),
  apiKey: t.field({
    type: "ApiKey",
    nullable: true,
    description: "What is known of their first key; null without one.",
    resolve: ({ result }, _args, context, info) =>
      result?.keyId ? byId.apiKey.load(context, result.keyId, info) : null,
  }),
  key: t.string({
    nullable: true,
    description:
      "The key itself, for the Authorization header. It is kept nowhere: this is the only time that it is shown, and a request repeated under its idempotency key answers null.",
    resolve: ({ result }) => result?.key ?? null,
  }),
}));

const movedPayload = (name: string, done: string, member: string) =>
  payloadType<Moved>(name, done, (t) => ({
    member: t.field({
      type: "Member",
      nullable: true,
      description: member,
      resolve: ({ result }, _args, context) => (result ? byId.member.load(context, result.memberId) : null),
    }),
    moved: t.int({
      nullable: true,
      description:
        "Number of contacts, leads and deals that were reassigned, those in the trash too; null when a job does it, or when refused.",
      resolve: ({ result }) => result?.moved ?? null,
    }),
    job: t.field({
      type: "BulkJob",
      nullable: true,
      description: `The job that reassigns them, when there are more than ${MOVED_AT_ONCE}.`,
      resolve: ({ result }, _args, context, info) =>
        result?.jobId ? byId.bulkJob.load(context, result.jobId, info) : null,
    }),
  }));

builder.mutationFields((t) => ({
  memberInvite: t.field({
    extensions: needs("MEMBER_INVITE"),
    type: InvitePayload,
    description:
      "Makes somebody a member, by their e-mail address. They are one at once; no mail is sent. One who was removed becomes a member again. Nobody gives more than they have: only owners make owners, and a member restricted to assigned data makes restricted ones only.",
    args: {
      input: t.arg({ type: MemberInviteInput, required: true, description: "The new member." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, idempotencyKey }, context) =>
      payload(() => inviteMember(context, input, idempotencyKey)),
  }),
  memberUpdate: t.field({
    extensions: needs("MEMBER_UPDATE"),
    type: payloadType<Member>("MemberUpdatePayload", "the changed member", (p) => ({
      member: p.field({
        type: "Member",
        nullable: true,
        description: "The changed member; null when refused.",
        resolve: ({ result }, _args, context) => (result ? byId.member.load(context, result.id) : null),
      }),
    })),
    description:
      "Changes a member's role and data scope, from their next request on and from the next step of what they started. Nobody changes themselves, and only owners change an owner. The API keys of who becomes an owner are revoked, since somebody else may have made them.",
    args: {
      ...idArg("member"),
      input: t.arg({ type: MemberUpdateInput, required: true, description: "What to change." }),
      ...expectedVersionArg(),
    },
    resolve: (_root, { id, input, expectedVersion }, context) =>
      payload(() => updateMember(context, id, input, expectedVersion)),
  }),
  memberRemove: t.field({
    extensions: needs("MEMBER_REMOVE"),
    type: movedPayload("MemberRemovePayload", "the removed member", "The removed member; null when refused."),
    description:
      "Removes a member: their API keys are revoked, their jobs end, and contacts, leads and deals assigned to them go to another member or to nobody. What they did goes on naming them. Nobody removes themselves, and only owners remove an owner.",
    args: {
      ...idArg("member"),
      reassignTo: t.arg.id({
        description: "The member who gets what is assigned to them; nobody when left out.",
      }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { id, reassignTo, idempotencyKey }, context) =>
      payload(() => removeMember(context, id, reassignTo, idempotencyKey)),
  }),
  memberReassign: t.field({
    extensions: needs("MEMBER_REASSIGN"),
    type: movedPayload(
      "MemberReassignPayload",
      "how many records were reassigned",
      "The member to whom they were assigned; null when refused.",
    ),
    description:
      "Assigns all contacts, leads and deals of a member, who may have been removed, to another member or to nobody.",
    args: {
      from: t.arg.id({ required: true, description: "The member to whom they are assigned." }),
      to: t.arg.id({ description: "The member who gets them; nobody when left out." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { from, to, idempotencyKey }, context) =>
      payload(() => reassignRecords(context, from, to, idempotencyKey)),
  }),
}));
