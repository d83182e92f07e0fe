import { columnOf } from "../prisma/columns.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import type { ReadArgs } from "../prisma/shape.ts";
import type { Statement } from "../prisma/statement.ts";
import type { Principal } from "../scope/scope.ts";
import { answerColumn, LONGEST_PAGE, type RowQuestion, withAnswers } from "./row-questions.ts";

/** What is read together with rows, in the same statement. */
export interface Beside {
  /** The rows are the first ones in this order of all that match, and all are counted. */
  readonly counted?: PageOfAll | undefined;
  /** What is asked about each row. */
  readonly questions?: readonly RowQuestion[];
  /** How many of the first rows are asked about; all by default. */
  readonly upTo?: number;
}

/** Number of rows to return, and their order. */
interface PageOfAll {
  readonly order: readonly OrderKey[];
  readonly take: number;
}

interface OrderKey {
  /** Prisma name. */
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface RowsBeside<Row = object> {
  readonly rows: readonly Row[];
  /** For each row, the answers to the questions; null if there is nothing to tell. */
  readonly answers: readonly (readonly (string | null)[])[];
  /** Number of all rows that match, if they are counted. */
  readonly total: number;
}

const MOST = 2 ** 31 - 1;

/**
 * Reads rows of a `findMany` and what is asked beside them, in one statement.
 *
 * @param args confined to the principal
 * @param send sends the statement
 */
export async function readRowsWith(
  reads: PreparedReads,
  principal: Principal,
  model: string,
  args: ReadArgs,
  { counted, questions = [], upTo = MOST }: Beside,
  send: Parameters<PreparedReads["rowsAround"]>[3],
): Promise<RowsBeside> {
  const take = counted?.take ?? args.take;
  const isPage = take !== undefined && take <= LONGEST_PAGE;
  const around = (found: Statement) => {
    const page = counted ? countedStatement(found, counted) : found;
    return questions.length > 0 ? withAnswers(page, questions, upTo, isPage, principal) : page;
  };
  const rows = await reads.rowsAround(model, args, around, send);
  return {
    rows: rows.map(({ row }) => row),
    answers: rows.map(({ added }) => questions.map((_, at) => added[answerColumn(at)] ?? null)),
    total: Number(rows[0]?.added.all_rows ?? 0),
  };
}

/** Finds all rows, counts them, and returns the first ones. */
function countedStatement({ text, values }: Statement, { order, take }: PageOfAll): Statement {
  const keys = order.map(
    ({ column, descending, nullsFirst }) =>
      `"${columnOf(column)}" ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  return {
    text: `WITH hit AS MATERIALIZED (${text})
SELECT (SELECT count(*) FROM hit) AS all_rows, hit.* FROM hit ORDER BY ${keys.join(", ")} LIMIT $${values.length + 1}::int`,
    values: [...values, take],
  };
}
