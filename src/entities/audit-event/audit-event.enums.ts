import { entities } from "../../db/entities.ts";
import { type IdType, idTypes } from "../../db/ids.ts";
import type { AuditAction, AuditActor } from "../../generated/prisma/enums.ts";
import { builder } from "../../graphql/builder.ts";

/** The enums of audit events. */

const actions = {
  CREATED: "The records were created.",
  UPDATED: "The records were changed; `fields` names the changed fields.",
  DELETED: "The records were deleted for good.",
  TRASHED: "The records were moved to the trash.",
  RESTORED: "The records were restored from the trash, or a member was invited again.",
  PURGED: "The records were erased because their time in the trash was over.",
  ERASED: "The records were erased by `contactErase`.",
  MERGED: "The contacts were merged; the last one is the contact that was kept.",
  UNMERGED: "A merge was undone; the contact that had been kept is among the records.",
  CONVERTED: "Leads were converted into contacts.",
  REASSIGNED: "Records assigned to one member were assigned to another member, or to nobody.",
  REVOKED: "API keys were revoked.",
  REMOVED: "Members were removed.",
  IMPORTED: "An import was started; the events of its job say what it created and changed.",
  EXPORTED: "An export was started.",
  DOWNLOADED: "The file of an export, or the refused rows of an import, were downloaded.",
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
    MEMBER: "A member, with a token of the identity provider.",
    API_KEY: "An API key, on behalf of its member.",
    OPERATOR: "A command of the operator; `member` is the member on whose behalf it ran, if any.",
    SYSTEM: "The server itself, for example when it purges the trash.",
  } satisfies Record<AuditActor, string>),
});

/** The types of records that events are about, by their names in the API. */
const recordTypes = Object.fromEntries(
  idTypes
    .filter((type) => type !== "AuditEvent")
    .map((type) => [
      entities[type].table.toUpperCase(),
      { value: type, description: `Records of the type ${type}.` },
    ]),
) as Record<string, { value: IdType; description: string }>;

export const RecordTypeEnum = builder.enumType("AuditRecordType", {
  description: "The type of the records of an audit event.",
  values: recordTypes,
});
