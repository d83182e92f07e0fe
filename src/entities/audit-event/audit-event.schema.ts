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

/** Maximum number of record ids shown for one event. */
const MOST_IDS = 1000;

const AuditEventType = builder.prismaObject("AuditEvent", {
  ...keyed,
  description:
    "Who did what to which records, when and from where. One event is one action on records of one type in one transaction: a bulk change or a batch of an import is one event with many records. It is written in the transaction that it is about, so that neither exists without the other, and never changes. It contains names of fields but no values, and so nothing about the people whose records they are. Needs the permission AUDIT_READ; kept for AUDIT_DAYS.",
  fields: (t) => ({
    occurredAt: t.expose("occurredAt", { type: "DateTime", description: "When it happened." }),
    actor: t.expose("actor", { type: ActorEnum, description: "Who did it." }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member who did it, or on whose behalf it was done; null for the system.",
      select: { memberId: true },
      resolve: ({ memberId }, _args, context) =>
        memberId === null ? null : byId.member.load(context, memberId),
    }),
    apiKey: t.field({
      type: "ApiKey",
      nullable: true,
      description: "The API key with which it was done, or with which the job was started.",
      select: { apiKeyId: true },
      resolve: ({ apiKeyId }, _args, context, info) =>
        apiKeyId === null ? null : byId.apiKey.load(context, apiKeyId, info),
    }),
    source: t.expose("source", {
      type: ModificationSource,
      description: "The system that made the change, as in `lastModificationSource`.",
    }),
    requestId: t.exposeString("requestId", {
      nullable: true,
      description:
        "The id of the request, which its caller got as X-Request-Id; null for jobs and commands. The event of a job's start has the id of the request that started it.",
    }),
    address: t.exposeString("address", {
      nullable: true,
      description:
        "Network address of the client, for IPv6 its first half; null if unknown. Behind a proxy, it is the proxy's address unless TRUST_PROXY is set.",
    }),
    jobId: t.id({
      nullable: true,
      description: "Id of the job that did it: an import, a bulk change or an export; null if no job did.",
      select: { jobType: true, jobId: true },
      resolve: ({ jobType, jobId }) =>
        jobType === null || jobId === null ? null : encodeId(jobType as IdType, jobId),
    }),
    action: t.expose("action", { type: ActionEnum, description: "What was done." }),
    recordType: t.field({
      type: RecordTypeEnum,
      description: "The type of the records.",
      select: { recordType: true },
      resolve: ({ recordType }) => recordType as IdType,
    }),
    recordIds: t.idList({
      description:
        "Ids of the records, including those that no longer exist; `node` finds the others. `auditEvents(filter: { recordId })` finds the events of a record, even if its id is not among those shown here.",
      extensions: price({ cost: 5 }),
      args: {
        first: t.arg.int({ defaultValue: 100, description: `How many ids to show, 0 to ${MOST_IDS}.` }),
      },
      select: { recordType: true, recordIds: true },
      resolve: ({ recordType, recordIds }, { first }) => {
        const most = first ?? 100;
        if (most < 0 || most > MOST_IDS) {
          throw new RequestError("BAD_USER_INPUT", `first must be between 0 and ${MOST_IDS}`, {
            field: "first",
          });
        }
        return recordIds.slice(0, most).map((id) => encodeId(recordType as IdType, id));
      },
    }),
    recordCount: t.int({
      description: "Number of records.",
      select: { recordIds: true },
      resolve: ({ recordIds }) => recordIds.length,
    }),
    fields: t.exposeStringList("fields", {
      description:
        "Names of the changed fields, custom fields as `custom.<slug>`; for several records, the fields that changed in any of them. Empty if the action says it all.",
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

export const AuditEventFilter = builder.inputType("AuditEventFilter", {
  description: "Which audit events to return. All given conditions must hold.",
  fields: (t) => ({
    actor: t.field({ type: ActorEnum, description: "The kind of actor who did it." }),
    memberId: t.id({ description: "The member who did it, removed or not." }),
    apiKeyId: t.id({ description: "The API key with which it was done, revoked or not." }),
    actions: t.field({ type: [ActionEnum], description: "One of these actions." }),
    recordTypes: t.field({ type: [RecordTypeEnum], description: "Records of one of these types." }),
    recordId: t.id({ description: "This record, whatever its type, even if it no longer exists." }),
    jobId: t.id({ description: "Events of this job." }),
    requestId: t.string({ description: "Events of the request with this X-Request-Id." }),
    since: t.field({ type: "DateTime", description: "Events at this moment or later." }),
    until: t.field({ type: "DateTime", description: "Events before this moment." }),
  }),
});

builder.queryField("auditEvents", (t) =>
  t.field({
    type: AuditEventConnection,
    description:
      "The audit events of the organization, newest first. Needs the permission AUDIT_READ: for owners and administrators who see all data, with a credential that has the scope ADMIN.",
    args: {
      filter: t.arg({ type: AuditEventFilter, description: "Which events to return; all by default." }),
      ...pageArgs(),
    },
    resolve: (_root, { filter, ...args }, context, info) =>
      auditPage(context, filter ?? {}, args, selecting(["id", ...columnsOfPage(info, "AuditEvent")])),
  }),
);
