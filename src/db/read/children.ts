import type { QueryArrayConfig } from "pg";
import { entities } from "../entities.ts";
import type { OwnedName } from "../models.ts";
import type { Send } from "../open/query.ts";
import { columnOf } from "../prisma/columns.ts";
import type { StatementNames } from "../prisma/statement-names.ts";
import { pointerColumn } from "../references.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";

/** A table of children, with its columns for the parent and for the order of a parent's rows. */
export interface ChildTable {
  readonly model: OwnedName;
  readonly table: string;
  readonly parent: string;
  readonly order: string;
}

/**
 * The children of a model's pointer.
 *
 * @param pointer the pointer that leads to the parent
 * @param at the field by which rows are ordered: a timestamp, never null. An index on (org_id, parent, at, id) must
 *   exist.
 */
export const childTable = (model: OwnedName, pointer: string, at: string): ChildTable => ({
  model,
  table: entities[model].table,
  parent: pointerColumn(pointer),
  order: columnOf(at),
});

/** A keyset position among the rows of one parent. */
interface ChildPosition {
  readonly at: Date;
  readonly id: string;
}

/** What is read of each row: one text, by an SQL expression in which the row is called `child`. */
export interface ChildText {
  /** Unique among the texts of one table. */
  readonly key: string;
  readonly sql: string;
  /** Prisma names of the columns that the expression uses. */
  readonly columns: readonly string[];
}

/** What is asked of a parent's rows: a page from the beginning, or their number. */
export type ChildQuestion = ChildPage | ChildCount;

/** A page of a parent's rows. */
interface ChildPage {
  readonly kind: "page";
  readonly table: ChildTable;
  /** "newest" walks from the latest row backwards in time, "oldest" the other way. */
  readonly direction: "newest" | "oldest";
  readonly take: number;
  readonly text: ChildText;
}

/** The number of a parent's rows. */
interface ChildCount {
  readonly kind: "count";
  readonly table: ChildTable;
}

/** A page of one parent's rows. */
export interface ChildPageRequest extends ChildPage {
  readonly parentId: string;
  /** Only rows beyond this position; from the beginning when null. */
  readonly from: ChildPosition | null;
  /** Whether the row at the position itself is included. */
  readonly including?: boolean;
}

/** The number of one parent's rows. */
interface ChildCountRequest extends ChildCount {
  readonly parentId: string;
}

export type ChildRequest = ChildPageRequest | ChildCountRequest;

/** Separates the texts of two rows. JSON escapes this character, and other texts have fixed forms without it. */
export const ROW_END = "\u001e";

/**
 * Reads children of many parents, of any tables, in one statement: those that the principal may see, whether or not
 * they may see the parent.
 *
 * @returns for each request the texts of its rows in the given direction, separated by ROW_END, or their number; null
 *   if there is no row
 */
export type ChildReader = (requests: readonly ChildRequest[]) => Promise<(string | null)[]>;

export function childReader(send: Send, statementName: StatementNames, principal: Principal): ChildReader {
  return async (requests) => {
    const groups = groupsOf(requests);
    const values: unknown[] = [principal.orgId];
    const parameter: Parameter = (value) => `$${values.push(value)}`;
    let member: string | undefined;
    const memberId = () => {
      member ??= parameter(principal.memberId);
      return member;
    };
    const branches = groups.map((group, at) => {
      const { model, table } = (group[0] as Placed).request.table;
      const limit = assignedSql(model, table, principal, "$1", memberId);
      return branch(at, group, limit === null ? "" : ` AND ${limit}`, parameter);
    });
    const text = branches.join("\nUNION ALL\n");
    const statement: QueryArrayConfig = { name: statementName(text), text, values, rowMode: "array" };
    const { rows }: { rows: [group: number, index: number, value: string | null][] } = await send(statement);
    const answers: (string | null)[] = requests.map(() => null);
    for (const [group, index, value] of rows) {
      const place = groups[group]?.[index - 1]?.place;
      if (place !== undefined) answers[place] = value;
    }
    return answers;
  };
}

/** A request and its position among all. */
interface Placed {
  readonly place: number;
  readonly request: ChildRequest;
}

/** Requests that differ only in their parents: one branch of the statement. */
type Group = readonly Placed[];

function groupsOf(requests: readonly ChildRequest[]): Group[] {
  const groups = new Map<string, Placed[]>();
  for (const [place, request] of requests.entries()) {
    const key = keyOf(request);
    const group = groups.get(key);
    if (group) group.push({ place, request });
    else groups.set(key, [{ place, request }]);
  }
  return [...groups.values()];
}

function keyOf(request: ChildRequest): string {
  const { table, parent } = request.table;
  if (request.kind === "count") return `${table} ${parent}`;
  const { direction, take, from, including = false, text } = request;
  return `${table} ${parent} ${direction} ${take} ${from === null} ${including} ${text.key}`;
}

/** Adds a parameter to a statement. @returns its SQL, such as `$3` */
export type Parameter = (value: unknown) => string;

/**
 * One LATERAL over the parents of a group: PostgreSQL reads the index for each parent and stops at its limit, so that a
 * parent with 10 000 rows costs the same as one with ten.
 *
 * @param limit a further SQL condition, for the rows that the principal may see
 */
function branch(at: number, group: Group, limit: string, parameter: Parameter): string {
  const { request } = group[0] as Placed;
  // In PostgreSQL's array syntax: the driver would quote each id.
  const parents = parameter(`{${group.map((each) => each.request.parentId).join(",")}}`);
  const places = request.kind === "count" || request.from === null ? null : placesOf(group, parameter);
  const side = `${sides[request.kind === "page" ? request.direction : "newest"]}${request.kind === "page" && request.including ? "=" : ""}`;
  const beyond = places && ` AND (${request.table.order}, id) ${side} (parent.at, parent.beyond)`;
  return `SELECT ${at} AS part, parent.index::int, page.value
FROM unnest(${parents}::uuid[]${places ? `, ${places}` : ""}) WITH ORDINALITY AS parent(id${places ? ", at, beyond" : ""}, index)
CROSS JOIN LATERAL (${childSql(request, "parent.id", "$1", `${limit}${beyond ?? ""}`, parameter)}) AS page`;
}

const sides = { newest: "<", oldest: ">" } as const;

/**
 * SQL of the answer to a question: one row with the column `value`, the texts of the rows separated by ROW_END or their
 * number; null if there is no row.
 *
 * @param parentId SQL of the parent's id
 * @param orgId SQL of the organization's id
 * @param more further SQL conditions, each with AND before it
 */
export function childSql(
  question: ChildQuestion,
  parentId: string,
  orgId: string,
  more: string,
  parameter: Parameter,
): string {
  const { table, parent, order } = question.table;
  const rows = `FROM ${table} WHERE org_id = ${orgId} AND ${parent} = ${parentId}${more}`;
  if (question.kind === "count") return `SELECT count(*)::text AS value ${rows}`;
  const { text, direction, take } = question;
  const sort = direction === "newest" ? "DESC" : "ASC";
  const columns = new Set(["id", order, ...text.columns.map(columnOf)]);
  return `
  SELECT string_agg(${text.sql}, E'\\x1e') AS value FROM (
    SELECT ${[...columns].join(", ")} ${rows}
    ORDER BY ${order} ${sort}, id ${sort}
    LIMIT ${parameter(take)}::int
  ) AS child
`;
}

function placesOf(group: Group, parameter: Parameter): string {
  const places = group.map(({ request }) => (request as ChildPageRequest).from);
  const moments = parameter(places.map((place) => place?.at.toISOString()));
  return `${moments}::timestamptz[], ${parameter(places.map((place) => place?.id))}::uuid[]`;
}
