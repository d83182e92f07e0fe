import { type Rule, ruleOf, ScopeError, type Where } from "./rules.ts";

/** Whose rows a client may touch. */
export interface Principal {
  readonly orgId: string;
  readonly memberId: string;
  readonly dataScope: "ALL" | "ASSIGNED";
}

type Args = Readonly<Record<string, unknown>>;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Confines one Prisma call to a principal's rows. Pure: it neither reads nor writes anything.
 *
 * @param model Prisma model name
 * @param operation Prisma operation name
 * @param args the call's arguments as the caller of the scoped client gave them
 * @returns the arguments to send: `org_id` and, for a restricted member, assignment are AND-ed to `where` and to
 *   every `where` inside it that follows a relation; rows to create carry the principal's `orgId`
 * @throws ScopeError for an unknown model or operation, for relations in `select`, `include`, `orderBy` or `data`
 *   (nested reads and writes would not be confined), for relations in `where` that have no rule, for another
 *   organization's id in `data`, and for a principal without an organization
 */
export function scope(model: string, operation: string, args: Args, principal: Principal): Args {
  const rule = reachable(model, principal);
  if (rule.readOnly && isWrite(operation))
    throw new ScopeError(`model ${model} is only read by a scoped client`);

  switch (operation) {
    case "findMany":
    case "findFirst":
    case "count":
    case "groupBy":
      only(args, [
        "where",
        "orderBy",
        "take",
        "skip",
        "select",
        "omit",
        "by",
        "_count",
        "_min",
        "_max",
        "_sum",
      ]);
      return { ...args, ...confined(rule, args, principal) };
    case "create":
      only(args, ["data", "select", "omit"]);
      return { ...args, ...confined(rule, args, principal, false), data: owned(rule, args.data, principal) };
    case "createMany":
      only(args, ["data", "skipDuplicates"]);
      return { ...args, data: list(args.data).map((row) => owned(rule, row, principal)) };
    case "updateMany":
    case "updateManyAndReturn":
      only(args, ["where", "data", "select", "omit"]);
      return { ...args, ...confined(rule, args, principal), data: changed(rule, args.data) };
    case "deleteMany":
      only(args, ["where"]);
      return { ...args, ...confined(rule, args, principal) };
    default:
      throw new ScopeError(`operation ${operation} cannot be called through a scoped client`);
  }
}

/** Whether an operation changes rows. */
export const isWrite = (operation: string): boolean => /^(create|update|delete|upsert)/.test(operation);

/** Columns and the values they must have for a principal to see the row. */
export type ColumnLimits = Readonly<Record<string, string>> & { readonly orgId: string };

/**
 * A principal's limits on a model as conditions on the row's own columns, for statements that Prisma cannot make.
 *
 * @param model Prisma model name
 * @returns null when the limits follow relations
 * @throws ScopeError as `scope` does
 */
export function columnLimits(model: string, principal: Principal): ColumnLimits | null {
  const rule = reachable(model, principal);
  const limits: Record<string, string> = {};
  for (const [key, value] of Object.entries(assignment(model, principal) ?? {})) {
    if (typeof value !== "string" || !Object.hasOwn(rule.fields, key)) return null;
    limits[key] = value;
  }
  return { ...limits, orgId: principal.orgId };
}

/**
 * Which of their organization's rows of a model a principal may see.
 *
 * @param model Prisma model name
 * @returns null when they may see all of it
 * @throws ScopeError as `scope` does
 */
export function assignment(model: string, principal: Principal): Where | null {
  const rule = reachable(model, principal);
  return principal.dataScope === "ALL" ? null : (rule.assigned?.(principal.memberId) ?? null);
}

/** The rule of a model that a principal can be confined to. */
function reachable(model: string, principal: Principal): Rule {
  const rule = ruleOf(model);
  if (rule.shared) throw new ScopeError(`model ${model} cannot be reached through a scoped client`);
  if (!uuid.test(principal.orgId)) throw new ScopeError("a scoped client needs an organization id");
  if (!uuid.test(principal.memberId)) throw new ScopeError("a scoped client needs a member id");
  return rule;
}

/** Checks what the call reads and, where it has one, AND-s the principal's limits to its `where`. */
function confined(rule: Rule, args: Args, principal: Principal, filtered = true): Args {
  for (const key of ["select", "omit"]) {
    if (args[key] !== undefined) columnsOnly(rule, args[key], key);
  }
  for (const order of list(args.orderBy ?? [])) columnsOnly(rule, order, "orderBy");
  if (!filtered) return {};
  return { where: limited(rule, "where" in args ? args.where : {}, principal) };
}

/**
 * A `where` AND-ed to the principal's limits, and so every one inside it that follows a relation.
 *
 * @param related whether it is about one related row, and so may stand under a NOT. Comparing a null `owner_id` gives
 *   unknown, which NOT leaves unknown: the row would match neither a filter nor its complement.
 */
function limited(rule: Rule, where: unknown, principal: Principal, related = false): Where {
  const limits: Where[] = rule.shared ? [] : [{ orgId: principal.orgId }];
  if (principal.dataScope !== "ALL" && rule.assigned) {
    const assigned = rule.assigned(principal.memberId);
    limits.push(related ? definite(assigned) : assigned);
  }
  const wanted = confinedWhere(rule, where, principal);
  if (Object.keys(wanted).length > 0) limits.push(wanted);
  return limits.length > 0 ? { AND: limits } : {};
}

function confinedWhere(rule: Rule, where: unknown, principal: Principal): Where {
  return Object.fromEntries(
    Object.entries(record(where, "where")).map(([key, value]) => {
      if (value === undefined) throw new ScopeError(`where.${key} is undefined`);
      if (key === "AND" || key === "OR" || key === "NOT") {
        // Prisma forgets an empty OR that stands inside an AND: it would match every row instead of none.
        if (list(value).length === 0) throw new ScopeError(`where.${key} is empty`);
        return [key, list(value).map((branch) => confinedWhere(rule, branch, principal))];
      }
      if (Object.hasOwn(rule.fields, key)) return [key, value];
      if (!Object.hasOwn(rule.relations ?? {}, key)) throw new ScopeError(`where.${key} is not a column`);
      return [key, confinedRelation(rule, key, value, principal)];
    }),
  );
}

function confinedRelation(rule: Rule, name: string, value: unknown, principal: Principal): Where {
  const { model, one } = rule.relations?.[name] ?? {};
  const [[quantifier, where] = [], ...others] = Object.entries(record(value, `where.${name}`));
  const fits = one ? quantifier === "is" : quantifier === "some" || quantifier === "none";
  if (model === undefined || quantifier === undefined || !fits || others.length > 0) {
    throw new ScopeError(`where.${name} must have ${one ? "is" : "some or none"}`);
  }
  return { [quantifier]: limited(ruleOf(model), where, principal, one) };
}

/** The same limits, but false, not unknown, where a column is null. */
const definite = (limits: Where): Where =>
  Object.fromEntries(
    Object.entries(limits).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map(definite)];
      return [key, typeof value === "string" ? { equals: value, not: null } : definite(value as Where)];
    }),
  );

/** A row to insert, with the principal's organization in it. */
function owned(rule: Rule, data: unknown, principal: Principal): Args {
  const row = columnsOnly(rule, data, "data");
  if ("orgId" in row && row.orgId !== principal.orgId) {
    throw new ScopeError("data names another organization, or none");
  }
  if (principal.dataScope !== "ALL" && rule.ownable && row.ownerId !== principal.memberId) {
    throw new ScopeError("a restricted member creates rows of their own only");
  }
  return { ...row, orgId: principal.orgId };
}

/** Columns to change; a row never changes its keys. */
function changed(rule: Rule, data: unknown): Args {
  const row = columnsOnly(rule, data, "data");
  for (const key of ["orgId", "id"]) {
    if (key in row) throw new ScopeError(`${key} cannot be changed`);
  }
  return row;
}

function columnsOnly(rule: Rule, value: unknown, place: string): Args {
  const columns = record(value, place);
  for (const key of Object.keys(columns)) {
    if (!Object.hasOwn(rule.fields, key)) throw new ScopeError(`${place}.${key} is not a column`);
  }
  return columns;
}

function only(args: Args, allowed: readonly string[]): void {
  for (const key of Object.keys(args)) {
    if (!allowed.includes(key))
      throw new ScopeError(`argument ${key} cannot be used through a scoped client`);
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function record(value: unknown, place: string): Args {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScopeError(`${place} is not an object`);
  }
  return value as Args;
}
