import { columnOf } from "../prisma/columns.ts";
import type { PreparedReads } from "../prisma/prepared-reads.ts";
import type { ReadArgs } from "../prisma/shape.ts";
import type { Statement } from "../prisma/statement.ts";
import { limitAbove } from "../prisma/steady.ts";
import type { Principal } from "../scope/scope.ts";
import {
  answerColumn,
  type RowQuestion,
  type RowText,
  TEXT_COLUMN,
  withAnswers,
  withTexts,
} from "./row-questions.ts";

/** What is read together with rows, in the same statement. */
export interface Beside {
  /** The rows are the first ones in this order of all that match, and all are counted. */
  readonly counted?: PageOfAll | undefined;
  /** What is asked about each row. */
  readonly questions?: readonly RowQuestion[];
  /** How many of the first rows are asked about; all by default. */
  readonly upTo?: number;
  /** The rows as texts; as their columns if undefined. */
  readonly rowText?: RowText | undefined;
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
  /** With the selected columns, or those that are returned with their texts. */
  readonly rows: readonly Row[];
  /** The texts of the rows; empty without. */
  readonly texts: readonly string[];
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
  { counted, questions = [], upTo = MOST, rowText }: Beside,
  send: Parameters<PreparedReads["rowsAround"]>[3],
): Promise<RowsBeside> {
  const take = counted?.take ?? args.take;
  const limit = take === undefined ? null : limitAbove(take);
  const around = (found: Statement) => {
    const page = counted ? countedStatement(found, counted) : found;
    const isCounted = counted !== undefined;
    if (questions.length > 0) return withAnswers(page, questions, upTo, limit, principal, rowText, isCounted);
    return rowText ? withTexts(page, limit, rowText, isCounted) : page;
  };
  const { rows, read, at } = await reads.rowsAround(model, args, around, send);
  const asked = questions.map(({ kind }, place) => ({ kind, place: at(answerColumn(place)) }));
  const [first] = rows;
  const text = rowText && at(TEXT_COLUMN);
  return {
    rows: rows.map(read),
    texts: text === undefined ? [] : rows.map((row) => row[text] as string),
    // Custom fields come with the first row.
    answers: rows.map((row) =>
      asked.map(({ kind, place }) => (kind === "definitions" ? first : row)?.[place] as string | null),
    ),
    total: counted ? Number(rows[0]?.[at("all_rows")] ?? 0) : 0,
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
