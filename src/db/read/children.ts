import { entities, type OwnedName } from "../entities.ts";
import type { Database } from "../open/database.ts";
import { columnOf } from "../prisma/columns.ts";
import { pointerColumn } from "../references.ts";
import type { Principal } from "../scope/scope.ts";
import { assignedSql } from "../scope/sql.ts";

/** A table whose rows hang from a parent, and the column that puts a parent's rows in order. */
export interface ChildTable {
  readonly model: OwnedName;
  readonly table: string;
  readonly parent: string;
  readonly order: string;
}

/**
 * @param pointer the model's pointer that leads to the parent
 * @param at the field that puts rows in order: a moment that is never null. An index on (org_id, parent, at, id) must
 *   exist.
 */
export const childTable = (model: OwnedName, pointer: string, at: string): ChildTable => ({
  model,
  table: entities[model].table,
  parent: pointerColumn(pointer),
  order: columnOf(at),
});

/** A place between two rows of one parent. */
interface ChildPosition {
  readonly at: Date;
  readonly id: string;
}

/** What is read of each row: one text, an expression over the row, which is called `child` in it. */
export interface ChildText {
  /** Tells it from every other of the same table. */
  readonly key: string;
  readonly sql: string;
  /** Prisma names of the columns that the expression uses. */
  readonly columns: readonly string[];
}

/** What one parent is asked for: so many rows from a place on. */
export interface ChildPageRequest {
  readonly kind: "page";
  readonly table: ChildTable;
  readonly parentId: string;
  /** "newest" walks from the latest row backwards in time, "oldest" the other way. */
  readonly direction: "newest" | "oldest";
  readonly take: number;
  /** Rows beyond this place only; from the beginning when null. */
  readonly from: ChildPosition | null;
  /** Whether a row at the place itself is meant too. */
  readonly including?: boolean;
  readonly text: ChildText;
}

/** How many rows a parent has. */
interface ChildCountRequest {
  readonly kind: "count";
  readonly table: ChildTable;
  readonly parentId: string;
}

export type ChildRequest = ChildPageRequest | ChildCountRequest;

/** Stands between the texts of two rows: no JSON text has it, and nothing else is read but what has a fixed form. */
export const ROW_END = "\u001e";

/**
 * Children of many parents, of whatever tables, in one statement: those that the principal may see now, whatever row
 * stands above them.
 *
 * @returns for each request the texts of its rows in the order of the walk, divided by ROW_END, or their number;
 *   null where there is no row
 */
export type ChildReader = (requests: readonly ChildRequest[]) => Promise<(string | null)[]>;

export function childReader(
  { pool, statementName }: Pick<Database, "pool" | "statementName">,
  principal: Principal,
): ChildReader {
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
    const { rows } = await pool.query<[group: number, index: number, value: string | null]>({
      name: statementName(text),
      text,
      values,
      rowMode: "array",
    });
    const answers: (string | null)[] = requests.map(() => null);
    for (const [group, index, value] of rows) {
      const place = groups[group]?.[index - 1]?.place;
      if (place !== undefined) answers[place] = value;
    }
    return answers;
  };
}

/** A request and its place among all. */
interface Placed {
  readonly place: number;
  readonly request: ChildRequest;
}

/** Requests that differ in their parents alone: one branch of the statement. */
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
 * One LATERAL over the parents of a group: PostgreSQL walks the index of each and stops at its limit, so that a
 * parent with 10 000 rows costs what one with ten does.
 *
 * @param limit what the principal may see of the table, as a further condition
 */
function branch(at: number, group: Group, limit: string, parameter: Parameter): string {
  const [first] = group;
  // As PostgreSQL writes an array: the driver would quote each id.
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
