import { encodeId, type IdType } from "../../db/ids.ts";
import { builder } from "../../graphql/builder.ts";
import { pageArgs } from "../../graphql/connection.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { columnsOfPage, selecting } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { RequestError } from "../../lib/errors.ts";
import { ModificationSource } from "../../records/enums.ts";
import { ActionEnum, ActorEnum, RecordTypeEnum } from "./audit-event.enums.ts";
import { auditLack, auditPage } from "./audit-event.service.ts";

/** Ids of records that are shown of one event. */
const MOST_IDS = 1000;

const AuditEventType = builder.prismaObject("AuditEvent", {
  ...keyed,
  description:
    "Who did what to which records, when and from where. One event is one action on records of one type in one transaction: a bulk change or a batch of an import is one event with many records. Written in the transaction that it is about, so that there is none without the other; never changed. It has names of fields and no values, and so nothing of the people whose records they are. Needs the permission AUDIT_READ; kept for AUDIT_DAYS.",
  fields: (t) => ({
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When." }),
    actor: t.expose("actor", { type: ActorEnum, description: "Who did it." }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member who did it, or in whose name it was done; null for the system.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) =>
        memberId === null ? null : byId.member.load(context, memberId),
    }),
    apiKey: t.field({
      type: "ApiKey",
      nullable: true,
      description: "The API key with which it was done, or with which the job was asked for.",
      select: { apiKeyId: true },
      resolve: ({ apiKeyId }, _args, context, info) =>
        apiKeyId === null ? null : byId.apiKey.load(context, apiKeyId, info),
    }),
    source: t.expose("source", {
      type: ModificationSource,
      description: "The system as which it was written, as in `lastModificationSource`.",
    }),
    requestId: t.exposeString("requestId", {
      nullable: true,
      description:
        "The id of the request, which its caller was given as X-Request-Id; null for jobs and commands. The request that asked for a job is that of the job's own event.",
    }),
    address: t.exposeString("address", {
      nullable: true,
      description:
        "Network address of the client, of IPv6 the first half; null where it is unknown. Behind a proxy it is the proxy's unless TRUST_PROXY is set.",
    }),
    jobId: t.id({
      nullable: true,
      description: "Id of the job that did it: an import, a bulk change, an export; null where none did.",
      select: { jobType: true, jobId: true },
      resolve: ({ jobType, jobId }) =>
        jobType === null || jobId === null ? null : encodeId(jobType as IdType, jobId),
    }),
    action: t.expose("action", { type: ActionEnum, description: "What was done." }),
    recordType: t.field({
      type: RecordTypeEnum,
      description: "What the records are.",
      select: { recordType: true },
      resolve: ({ recordType }) => recordType as IdType,
    }),
    recordIds: t.idList({
      description:
        "Ids of the records, also of those that are gone; `node` finds the others. `auditEvents(filter: { recordId })` finds the events of a record by its id, also where it is not among those that are shown.",
      extensions: price({ cost: 5 }),
      args: {
        first: t.arg.int({ defaultValue: 100, description: `How many are shown, 0 to ${MOST_IDS}.` }),
      },
      select: { recordType: true, recordIds: true },
      resolve: ({ recordType, recordIds }, { first }) => {
        const most = first ?? 100;
        if (most < 0 || most > MOST_IDS) {
          throw new RequestError("BAD_USER_INPUT", `first must be 0 to ${MOST_IDS}`, { field: "first" });
        }
        return recordIds.slice(0, most).map((id) => encodeId(recordType as IdType, id));
      },
    }),
    recordCount: t.int({
      description: "How many records they are.",
      select: { recordIds: true },
      resolve: ({ recordIds }) => recordIds.length,
    }),
    fields: t.exposeStringList("fields", {
      description:
        "Names of the fields that were changed, custom fields as `custom.<slug>`; of several records those that changed in any. Empty where the action says it all.",
    }),
  }),
});

asNode(AuditEventType, "audit_event", (context, id, info) =>
  auditLack(context) === null ? byId.auditEvent.load(context, id, info) : Promise.resolve(null),
);

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventType, name: "AuditEventConnection", description: "A page of audit events." },
  builder.edgeObject({
    type: AuditEventType,
    name: "AuditEventEdge",
    description: "An item of a page of audit events, with its cursor.",
  }),
);

const AuditEventFilter = builder.inputType("AuditEventFilter", {
  description: "Which audit events; all conditions must hold. What is left out is no condition.",
  fields: (t) => ({
    actor: t.field({ type: ActorEnum, description: "Who did it, by kind." }),
    memberId: t.id({ description: "The member who did it, removed or not." }),
    apiKeyId: t.id({ description: "The API key with which it was done, revoked or not." }),
    actions: t.field({ type: [ActionEnum], description: "One of these actions." }),
    recordTypes: t.field({ type: [RecordTypeEnum], description: "Records of one of these types." }),
    recordId: t.id({ description: "This record, whatever its type, also one that is gone." }),
    jobId: t.id({ description: "What this job did." }),
    requestId: t.string({ description: "What this request did: its X-Request-Id." }),
    since: t.field({ type: "DateTime", description: "At this moment or later." }),
    until: t.field({ type: "DateTime", description: "Before this moment." }),
  }),
});

builder.queryField("auditEvents", (t) =>
  t.field({
    type: AuditEventConnection,
    description:
      "What was done in the organization, the newest first. Needs the permission AUDIT_READ: owners and administrators who see all data, by a credential with the scope ADMIN.",
    args: {
      filter: t.arg({ type: AuditEventFilter, description: "Which of them; all by default." }),
      ...pageArgs(),
    },
    resolve: (_root, { filter, ...args }, context, info) =>
      auditPage(context, filter ?? {}, args, selecting(["id", ...columnsOfPage(info, "AuditEvent")])),
  }),
);
