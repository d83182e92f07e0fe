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

/** A page of one parent's rows. */
export interface ChildPageRequest {
  readonly kind: "page";
  readonly table: ChildTable;
  readonly parentId: string;
  /** "newest" walks from the latest row backwards in time, "oldest" the other way. */
  readonly direction: "newest" | "oldest";
  readonly take: number;
  /** Only rows beyond this position; from the beginning when null. */
  readonly from: ChildPosition | null;
  /** Whether the row at the position itself is included. */
  readonly including?: boolean;
  readonly text: ChildText;
}

/** The number of one parent's rows. */
interface ChildCountRequest {
  readonly kind: "count";
  readonly table: ChildTable;
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

type Parameter = (value: unknown) => string;

/**
 * One LATERAL over the parents of a group: PostgreSQL reads the index for each parent and stops at its limit, so that a
 * parent with 10 000 rows costs the same as one with ten.
 *
 * @param limit a further SQL condition, for the rows that the principal may see
 */
function branch(at: number, group: Group, limit: string, parameter: Parameter): string {
  const [first] = group;
  // In PostgreSQL's array syntax: the driver would quote each id.
  const parents = parameter(`{${group.map(({ request }) => request.parentId).join(",")}}`);
  if (first?.request.kind !== "page") {
    const { table, parent } = (first as Placed).request.table;
    return `SELECT ${at} AS part, parent.index::int, page.value
FROM unnest(${parents}::uuid[]) WITH ORDINALITY AS parent(id, index)
CROSS JOIN LATERAL (SELECT count(*)::text AS value FROM ${table} WHERE org_id = $1 AND ${parent} = parent.id${limit}) AS page`;
  }
  const { table, direction, take, from, including, text } = first.request;
  const [side, sort] = direction === "newest" ? ["<", "DESC"] : [">", "ASC"];
  const beyond = including ? `${side}=` : side;
  const order = table.order;
  const places = from === null ? null : placesOf(group, parameter);
  const columns = new Set(["id", order, ...text.columns.map(columnOf)]);
  return `SELECT ${at} AS part, parent.index::int, page.value
FROM unnest(${parents}::uuid[]${places ? `, ${places}` : ""}) WITH ORDINALITY AS parent(id${places ? ", at, beyond" : ""}, index)
CROSS JOIN LATERAL (
  SELECT string_agg(${text.sql}, E'\\x1e') AS value FROM (
    SELECT ${[...columns].join(", ")} FROM ${table.table}
    WHERE org_id = $1 AND ${table.parent} = parent.id${limit}${places ? ` AND (${order}, id) ${beyond} (parent.at, parent.beyond)` : ""}
    ORDER BY ${order} ${sort}, id ${sort}
    LIMIT ${parameter(take)}::int
  ) AS child
) AS page`;
}

function placesOf(group: Group, parameter: Parameter): string {
  const places = group.map(({ request }) => (request as ChildPageRequest).from);
  const moments = parameter(places.map((place) => place?.at.toISOString()));
  return `${moments}::timestamptz[], ${parameter(places.map((place) => place?.id))}::uuid[]`;
}
