import { entities } from "../../db/entities.ts";
import { type IdType, idTypes } from "../../db/ids.ts";
import type { AuditAction, AuditActor } from "../../generated/prisma/enums.ts";
import { builder } from "../../graphql/builder.ts";

/** The vocabulary of audit events. */

const actions = {
  CREATED: "They were made.",
  UPDATED: "They were changed; `fields` names what was.",
  DELETED: "They were deleted for good.",
  TRASHED: "They were moved to the trash.",
  RESTORED: "They were restored from the trash, or a member was invited again.",
  PURGED: "They had been in the trash for too long, and were erased.",
  ERASED: "They were erased by `contactErase`.",
  MERGED: "They were merged; the one that stays is the last.",
  UNMERGED: "A merge was undone; the one that had stayed is among them.",
  CONVERTED: "Leads became contacts.",
  REASSIGNED: "What was assigned to one member is assigned to another one, or to nobody.",
  REVOKED: "API keys were revoked.",
  REMOVED: "Members were removed.",
  IMPORTED: "An import was started; the events of its job say what it made and changed.",
  EXPORTED: "An export was started.",
  STARTED: "A job was started.",
  CANCELLED: "A job was cancelled.",
} as const satisfies Record<AuditAction, string>;

const described = <Value extends string>(values: Record<Value, string>) =>
  Object.fromEntries(
    Object.entries<string>(values).map(([value, description]) => [value, { description }]),
  ) as Record<Value, { description: string }>;

export const ActionEnum = builder.enumType("AuditAction", {
  description: "What was done to the records of an audit event.",
  values: described(actions),
});

export const ActorEnum = builder.enumType("AuditActor", {
  description: "Who did it.",
  values: described({
    MEMBER: "A member, by a token of the identity provider.",
    API_KEY: "An API key, in the name of its member.",
    OPERATOR: "A command of the operator; `member` is in whose name, where it was in somebody's.",
    SYSTEM: "The server by itself, such as the purge of the trash.",
  } satisfies Record<AuditActor, string>),
});

/** The types that events are about, by their names in the API. */
const recordTypes = Object.fromEntries(
  idTypes
    .filter((type) => type !== "AuditEvent")
    .map((type) => [
      entities[type].table.toUpperCase(),
      { value: type, description: `Records of the type ${type}.` },
    ]),
) as Record<string, { value: IdType; description: string }>;

export const RecordTypeEnum = builder.enumType("AuditRecordType", {
  description: "What the records of an audit event are.",
  values: recordTypes,
});
