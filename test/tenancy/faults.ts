import type { Fault } from "../support/mutation.ts";

/** Faults that the walk must find, each with the fields that it affects. */

export interface TenancyFault extends Fault {
  /** The fields to walk, as `Type.field`; null for the downloads only. */
  readonly about: RegExp | null;
}

const fault = (
  name: string,
  file: string,
  fragment: string,
  instead: string,
  about: RegExp | null,
): TenancyFault => ({ name, file, fragment, instead, about });

const anyOrganization = "$1::uuid IS NOT NULL";

/** One fault for each way to rows: every test run plants these. `check:tenancy -- --faults` plants all faults. */
const planted: readonly string[] = [
  "nobody is restricted to what is assigned to them",
  "conversations are everybody's",
  "custom fields of every organization are known",
  "a page and its number are not confined",
  "tags count what is hidden",
  "another caller's answer is given again",
  "an export of deals names contacts that are hidden",
  "an export is any member's to download",
];

export const faults: readonly TenancyFault[] = [
  fault(
    "the organization is not asked for",
    "db/scope/scope.ts",
    "rule.shared ? [] : [{ orgId: principal.orgId }]",
    "[]",
    /^Query\.(node|deals)$/,
  ),
  fault(
    "nobody is restricted to what is assigned to them",
    "db/scope/scope.ts",
    'if (principal.dataScope !== "ALL" && rule.assigned)',
    "if (rule.assigned && principal.orgId.length === 0)",
    /^Query\.(node|contacts)$/,
  ),
  fault(
    "a filter follows relations to rows that are hidden",
    "db/scope/scope.ts",
    "limited(ruleOf(model), where, principal, one) }",
    "confinedWhere(ruleOf(model), where, principal) }",
    /^Query\.(contacts|contactFilterPreview)$/,
  ),
  fault(
    "conversations are everybody's",
    "db/entities.ts",
    'visibleThrough: ["contact"],\n    pointers: { contact: { to: "Contact", followed: false, merge: "conversationIds"',
    'visibleThrough: "everybody",\n    pointers: { contact: { to: "Contact", followed: false, merge: "conversationIds"',
    /^Query\.conversation$/,
  ),
  fault(
    "keys are everybody's",
    "db/entities.ts",
    'visibleThrough: ["memberId"],\n    pointers: { member: { to: "Member" } },',
    'visibleThrough: "everybody",\n    pointers: { member: { to: "Member" } },',
    /^Query\.apiKeys$/,
  ),
  fault(
    "bulk jobs are everybody's",
    "db/entities.ts",
    'nouns: ["bulk job", "bulk jobs"],\n    ids: true,\n    audited: false,\n    locked: true,\n    visibleThrough: ["memberId"]',
    'nouns: ["bulk job", "bulk jobs"],\n    ids: true,\n    audited: false,\n    locked: true,\n    visibleThrough: "everybody"',
    /^Query\.bulkJobs?$/,
  ),
  fault(
    "members of every organization are listed",
    "db/scope/members.ts",
    "WHERE m.org_id = $1::uuid AND (",
    `WHERE ${anyOrganization} AND (`,
    /^Query\.members$/,
  ),
  fault(
    "members are shown by the names that they have elsewhere",
    "db/scope/members.ts",
    "coalesce(m.name, u.name) AS name",
    "u.name",
    /^Query\.members$/,
  ),
  fault(
    "custom fields of every organization are known",
    "db/read/catalogue.ts",
    "FROM custom_field WHERE org_id =",
    "FROM custom_field WHERE org_id IS NOT NULL OR org_id =",
    /^Query\.contactFilterFields$/,
  ),
  fault(
    "a filter knows members of every organization",
    "db/read/catalogue.ts",
    "WHERE m.org_id = $1::uuid AND m.id",
    `WHERE ${anyOrganization} AND m.id`,
    /^Query\.(contacts|contactFilterPreview)$/,
  ),
  fault(
    "a filter knows tags of every organization",
    "db/read/catalogue.ts",
    "FROM tag WHERE org_id = $1::uuid AND (name_key",
    `FROM tag WHERE ${anyOrganization} AND (name_key`,
    /^Query\.(contacts|contactFilterPreview)$/,
  ),
  fault(
    "custom fields are kept from one request to the next",
    "graphql/definitions.ts",
    "requestCache((_context: Context) => new Map<Entity | null, Promise<readonly Definition[]>>())",
    "((map) => (_context: Context) => map)(new Map<Entity | null, Promise<readonly Definition[]>>())",
    /^Query\.(contact|leadFilterFields|contactFilterFields)$/,
  ),
  fault(
    "what is read is kept for other callers",
    "graphql/request-cache.ts",
    "return (context) => {\n    const entry = kept(context);",
    "let first: Context | undefined;\n  return (context) => {\n    first ??= context;\n    const entry = kept(first);",
    /^Query\.(contact|viewer|node)$/,
  ),
  fault(
    "a page and its number are not confined",
    "db/scope/scoped.ts",
    'const confined = scope(models[model], "findMany", { ...args }, principal);',
    "const confined = { ...args };",
    /^Query\.(contacts|leads|deals)$/,
  ),
  fault(
    "facets count all rows",
    "db/read/row-set.ts",
    'scope(name, "findMany", { where, select: chosen }, principal)',
    "{ where, select: chosen }",
    /^(Query\.contacts|ContactFacets\..*|DealFacets\..*)$/,
  ),
  fault(
    "tags count what is hidden",
    "db/read/tag-usage.ts",
    "r.tag_ids && $2::uuid[] AND r.owner_id = $3::uuid",
    "r.tag_ids && $2::uuid[] AND $3::uuid IS NOT NULL",
    /^Query\.tags?$/,
  ),
  fault(
    "likely duplicates that are hidden are told",
    "db/read/duplicates.ts",
    'assignedSql("Contact", "c", principal, "$1", () => `$${values.push(principal.memberId)}`);',
    '(values.length > 99 ? assignedSql("Contact", "c", principal, "$1", () => "") : null);',
    /^Query\.(contact|contactDuplicates)$/,
  ),
  fault(
    "a refusal names the hidden contact that has an address",
    "entities/contact/contact.find.ts",
    ': "another contact has this e-mail address"',
    ': (holder?.id ?? "nobody")',
    /^Mutation\.contactCreate$/,
  ),
  fault(
    "another caller's answer is given again",
    "records/write/write.ts",
    "const mine = { callerId: viewer.credentialId, key };",
    "const mine = { key } as { callerId: string; key: string };",
    /^Mutation\.tagCreate$/,
  ),
  fault(
    "a job sees what is hidden from whoever asked for it",
    "jobs/work.ts",
    "{ orgId, memberId, dataScope: rights.dataScope }",
    '{ orgId, memberId, dataScope: "ALL" }',
    /^Mutation\.dealExport$/,
  ),
  fault(
    "an export of deals names contacts that are hidden",
    "jobs/export/export.kind.ts",
    "seesAll ? found : await withoutHidden(tx, found)",
    "found",
    /^Mutation\.dealExport$/,
  ),
  fault(
    "the errors of an import are anybody's to download",
    "jobs/use-downloads.ts",
    'const db = scopedDb(database, viewer, turn, signal);\n  const job = viewer.scopes.has("READ") ? await db.importJob',
    'const db = scopedDb(database, { ...viewer, dataScope: "ALL" }, turn, signal);\n  const job = viewer.scopes.has("READ") ? await db.importJob',
    null,
  ),
  fault(
    "an export is any member's to download",
    "jobs/use-downloads.ts",
    "const mine = { id: uuid, memberId: viewer.memberId };",
    "const mine = { id: uuid };",
    null,
  ),
];

/** @throws Error if a fault in `planted` does not exist */
export const plantedFaults = (all: boolean): readonly TenancyFault[] => {
  for (const name of planted)
    if (!faults.some((one) => one.name === name)) throw new Error(`there is no fault "${name}"`);
  return all ? faults : faults.filter(({ name }) => planted.includes(name));
};
