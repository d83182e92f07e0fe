import type { Template } from "./template.ts";

/**
 * Statements whose plans for all values are kept. PostgreSQL plans a statement again for each execution as long as it
 * expects plans for the values to be cheaper than the one for all values, and planning a page of contacts takes three
 * times as long as reading it: the table has 39 indexes. So such a statement must not show the planner a value that
 * changes what it expects.
 */

const COMPARISON = /"(\w+)" (<=|>=|<|>|=) \$(\d+)/g;

/**
 * A template with its keyset position inside subqueries, which the planner does not look into, and without `OFFSET 0`.
 *
 * @param template of a statement that finds rows by keys and times alone
 */
export function steady({ text, parameters }: Template): Template {
  const [, before] = / OFFSET \$(\d+)$/.exec(text) ?? [];
  const last = parameters.at(-1);
  const skipsNone =
    before === String(parameters.length) && last?.kind === "constant" && String(last.value) === "0";
  const kept = skipsNone ? text.slice(0, text.lastIndexOf(" OFFSET ")) : text;
  return {
    text: kept.replace(COMPARISON, (all, column: string, comparator: string, place: string) => {
      const isMoment = column.endsWith("_at");
      // As many rows are expected for each key.
      if (comparator === "=" && !isMoment) return all;
      return `"${column}" ${comparator} (SELECT $${place}::${isMoment ? "timestamptz" : "uuid"})`;
    }),
    parameters: skipsNone ? parameters.slice(0, -1) : parameters,
  };
}

/** Limits that pages have: usual sizes, with the row after them and that of a cursor. */
const LIMITS = [2, 3, 6, 7, 11, 12, 21, 22, 26, 27, 51, 52, 101, 102] as const;

/**
 * A limit for the text of a statement, because the planner expects a tenth of a table where the limit is a value.
 *
 * @returns at least so many, one of few numbers so that there are few texts; null if there are more than on a page
 */
export const limitAbove = (rows: number): number | null => LIMITS.find((limit) => limit >= rows) ?? null;
