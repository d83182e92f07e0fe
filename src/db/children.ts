import { types as defaultTypes, type Pool } from "pg";
import { columnOf } from "./columns.ts";
import type { Principal } from "./scope.ts";

/** A table whose rows hang from a parent, and the column that puts a parent's rows in order. */
export interface ChildTable {
  readonly table: "deal" | "activity" | "conversation";
  readonly parent: "contact_id" | "lead_id" | "deal_id";
  /** A NOT NULL timestamp; an index on (org_id, parent, order, id) must exist. */
  readonly order: "created_at" | "occurred_at" | "last_message_at";
  /** Columns to read, by the name of the Prisma field. */
  readonly columns: readonly string[];
}

/** A place between two rows of one parent. */
export interface ChildPosition {
  readonly at: Date;
  readonly id: string;
}

/** What one parent is asked for: so many rows from a place on. */
export interface ChildRequest {
  readonly parentId: string;
  readonly take: number;
  /** Rows beyond this place only; from the beginning when null. */
  readonly from: ChildPosition | null;
}

/**
 * Children of many parents in one statement each. A principal who can see a parent can see its children, so only
 * the organization is checked here; the parents must come from a scoped client.
 */
export interface ChildReader {
  /**
   * @param columns those of the table that the rows are to have; all of them when left out
   * @param direction "newest" walks from the latest row backwards in time, "oldest" the other way
   * @returns the rows of each request, in the order of the walk
   */
  page<Row>(
    table: ChildTable,
    direction: "newest" | "oldest",
    requests: readonly ChildRequest[],
    columns?: readonly string[],
  ): Promise<Row[][]>;
  /** @returns how many rows each parent has, in the order of the ids */
  count(table: ChildTable, parentIds: readonly string[]): Promise<number[]>;
}

/** A calendar day is midnight UTC, as Prisma has it; the driver would make it midnight on this machine. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  1082: (text) => new Date(`${text}T00:00:00Z`),
  1184: (text) => parseMoment(text) ?? defaultTypes.getTypeParser(1184)(text),
};
const types = { getTypeParser: (oid: number) => parsers[oid] ?? defaultTypes.getTypeParser(oid) };

/** `2026-06-29 22:46:01.139+00`, as sessions in UTC write it; null for what is beyond it. */
function parseMoment(text: string): Date | null {
  if (text.length < 22 || text.length > 26 || !text.endsWith("+00")) return null;
  const moment = new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

export function childReader(pool: Pool, { orgId }: Principal): ChildReader {
  return {
    async page<Row>(
      table: ChildTable,
      direction: "newest" | "oldest",
      requests: readonly ChildRequest[],
      columns = table.columns,
    ) {
      const newest = direction === "newest";
      const { rows } = await pool.query<[index: string, ...columns: unknown[]]>({
        text: pageStatement({ ...table, columns }, newest),
        values: [
          orgId,
          requests.map((request) => request.parentId),
          requests.map((request) => request.take),
          requests.map((request) => request.from?.at.toISOString() ?? (newest ? "infinity" : "-infinity")),
          requests.map((request) => request.from?.id ?? (newest ? lastId : firstId)),
        ],
        rowMode: "array",
        types,
      });
      const pages: Row[][] = requests.map(() => []);
      for (const values of rows) {
        const row: Record<string, unknown> = {};
        for (let at = 0; at < columns.length; at += 1) row[columns[at] ?? ""] = values[at + 1];
        pages[Number(values[0]) - 1]?.push(row as Row);
      }
      return pages;
    },
    async count({ table, parent }, parentIds) {
      const { rows } = await pool.query<{ parent: string; count: number }>(
        `SELECT ${parent} AS parent, count(*)::int AS count FROM ${table}
         WHERE org_id = $1 AND ${parent} = ANY($2) GROUP BY ${parent}`,
        [orgId, parentIds],
      );
      const counts = new Map(rows.map((row) => [row.parent, row.count]));
      return parentIds.map((id) => counts.get(id) ?? 0);
    },
  };
}

const firstId = "00000000-0000-0000-0000-000000000000";
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * One LATERAL over all parents: PostgreSQL walks the index of each and stops at its limit, so that a parent with
 * 10 000 rows costs what one with ten does. "From the beginning" is a place beyond every row, because a condition
 * with OR would not be an index condition.
 */
function pageStatement({ table, parent, order, columns }: ChildTable, newest: boolean): string {
  const [beyond, sort] = newest ? ["<", "DESC"] : [">", "ASC"];
  return `
    SELECT request.index, ${columns.map((column) => `child.${columnOf(column)}`).join(", ")}
    FROM unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::uuid[])
         WITH ORDINALITY AS request(parent_id, take, at, id, index)
    CROSS JOIN LATERAL (
      SELECT ${[...new Set([...columns.map(columnOf), order, "id"])].join(", ")} FROM ${table}
      WHERE org_id = $1 AND ${parent} = request.parent_id AND (${order}, id) ${beyond} (request.at, request.id)
      ORDER BY ${order} ${sort}, id ${sort}
      LIMIT request.take
    ) AS child
    ORDER BY request.index, child.${order} ${sort}, child.id ${sort}`;
}
