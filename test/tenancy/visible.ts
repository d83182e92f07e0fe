import type { OwnedName } from "../../src/db/models.ts";

/**
 * Which rows of their organization a caller may see, in plain SQL and without the product's rules: `r` is the row, $1
 * the organization, $2 the member and $3 the credential. A model without an entry does not compile.
 */

interface Rules {
  /** For members who see all data. */
  readonly all: string;
  /** For members restricted to assigned data. */
  readonly assigned: string;
}

const everybody: Rules = { all: "true", assigned: "true" };
const nobody: Rules = { all: "false", assigned: "false" };
const limited = (assigned: string): Rules => ({ all: "true", assigned });

const owned = "r.owner_id = $2";
const mine = (table: string, id: string) =>
  `EXISTS (SELECT FROM ${table} AS up WHERE up.org_id = $1 AND up.id = ${id} AND up.owner_id = $2)`;
const onMyDeal = `EXISTS (SELECT FROM deal AS d WHERE d.org_id = $1 AND d.id = r.deal_id AND (d.owner_id = $2
  OR EXISTS (SELECT FROM contact AS c WHERE c.org_id = $1 AND c.id = d.contact_id AND c.owner_id = $2)
  OR EXISTS (SELECT FROM lead AS l WHERE l.org_id = $1 AND l.id = d.lead_id AND l.owner_id = $2)))`;
const either = (...conditions: string[]) => conditions.join(" OR ");
const ofMyJob = (table: string) =>
  limited(
    `EXISTS (SELECT FROM ${table} AS job WHERE job.org_id = $1 AND job.id = r.job_id AND job.member_id = $2)`,
  );
const ofMerge = (id: string) =>
  `EXISTS (SELECT FROM contact_merge AS m JOIN contact AS c ON c.org_id = m.org_id AND c.id = m.primary_id
    WHERE m.org_id = $1 AND m.id = ${id} AND c.owner_id = $2)`;

const visible = {
  Member: everybody,
  BulkJob: limited("r.member_id = $2"),
  BulkChunk: ofMyJob("bulk_job"),
  CustomFieldFolder: everybody,
  CustomField: everybody,
  ContactEmail: limited(mine("contact", "r.contact_id")),
  CustomUnique: limited(either(mine("contact", "r.record_id"), mine("lead", "r.record_id"))),
  Contact: limited(owned),
  Lead: limited(owned),
  Deal: limited(either(owned, mine("contact", "r.contact_id"), mine("lead", "r.lead_id"))),
  Activity: limited(either(mine("contact", "r.contact_id"), mine("lead", "r.lead_id"), onMyDeal)),
  Conversation: limited(mine("contact", "r.contact_id")),
  Tag: everybody,
  ContactTag: limited(mine("contact", "r.contact_id")),
  LeadTag: limited(mine("lead", "r.lead_id")),
  CustomValue: everybody,
  SmartList: everybody,
  SmartListSet: everybody,
  // Only for the scope ADMIN; see `ruleOf`.
  ApiKey: limited("r.member_id = $2"),
  ContactMerge: limited(mine("contact", "r.primary_id")),
  ContactMergeSource: limited(ofMerge("r.merge_id")),
  ImportJob: limited("r.member_id = $2"),
  ImportChunk: ofMyJob("import_job"),
  ImportError: ofMyJob("import_job"),
  ExportJob: limited("r.member_id = $2"),
  ExportBatch: ofMyJob("export_job"),
  ExportChunk: ofMyJob("export_job"),
  DuplicateSearch: everybody,
  DuplicateGroup: everybody,
  // Likewise, and only for members who see all data.
  AuditEvent: { all: "true", assigned: "false" },
  RateBucket: nobody,
  IdempotencyKey: { all: "r.caller_id = $3", assigned: "r.caller_id = $3" },
} as const satisfies Record<OwnedName, Rules>;

/** The rule of a model for a caller. */
export const ruleOf = (model: OwnedName, dataScope: "ALL" | "ASSIGNED", isAdmin: boolean): string => {
  const rules: Rules = (model === "ApiKey" || model === "AuditEvent") && !isAdmin ? nobody : visible[model];
  return dataScope === "ALL" ? rules.all : rules.assigned;
};
