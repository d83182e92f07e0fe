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
    description: "The first API key; null if none was created.",
    resolve: ({ result }, _args, context, info) =>
      result?.keyId ? byId.apiKey.load(context, result.keyId, info) : null,
  }),
  key: t.string({
    nullable: true,
    description:
      "The key itself, for the Authorization header. It is not stored and shown only here; a request repeated with the same idempotency key returns null.",
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
        "Number of reassigned contacts, leads and deals, including those in the trash; null if a job reassigns them, or if refused.",
      resolve: ({ result }) => result?.moved ?? null,
    }),
    job: t.field({
      type: "BulkJob",
      nullable: true,
      description: `The job that reassigns the records, if there are more than ${MOVED_AT_ONCE}.`,
      resolve: ({ result }, _args, context, info) =>
        result?.jobId ? byId.bulkJob.load(context, result.jobId, info) : null,
    }),
  }));

builder.mutationFields((t) => ({
  memberInvite: t.field({
    extensions: needs("MEMBER_INVITE"),
    type: InvitePayload,
    description:
      "Adds a member by e-mail address, effective at once; no mail is sent. A removed member becomes a member again. Only owners can invite owners, and members restricted to assigned data can only invite restricted members.",
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
      "Changes a member's role and data scope, effective from the member's next request and the next step of the member's jobs. Nobody can change themselves, and only owners can change an owner. The API keys of a member who becomes an owner are revoked, since somebody else may have created them.",
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
      "Removes a member: the member's API keys are revoked, the member's jobs end, and the contacts, leads and deals assigned to the member go to another member or to nobody. Activities and merges keep the member's name. Nobody can remove themselves, and only owners can remove an owner.",
    args: {
      ...idArg("member"),
      reassignTo: t.arg.id({
        description: "The member who gets the records; nobody if omitted.",
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
      "the number of reassigned records",
      "The member that the records were assigned to before; null if refused.",
    ),
    description:
      "Assigns all contacts, leads and deals of a member (who may have been removed) to another member or to nobody.",
    args: {
      from: t.arg.id({ required: true, description: "The member that the records are assigned to." }),
      to: t.arg.id({ description: "The member who gets the records; nobody if omitted." }),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { from, to, idempotencyKey }, context) =>
      payload(() => reassignRecords(context, from, to, idempotencyKey)),
  }),
}));
