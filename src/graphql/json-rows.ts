import { columnOf } from "../db/prisma/columns.ts";
import { type ChildText, ROW_END } from "../db/read/children.ts";
import type { Columns } from "./plan.ts";

/** How a value is encoded: as JSON, or as the text of a decimal, a time or a date. */
export type ColumnKind = "json" | "decimal" | "moment" | "day";

/**
 * Rows as texts: the SQL of a row's text, in which the row is called `child`, and a reader of texts separated by
 * ROW_END.
 *
 * @param always columns that are read besides the selected ones
 */
export function jsonRows<Row>(
  columns: Readonly<Record<keyof Row & string, ColumnKind>>,
  always: readonly (keyof Row & string)[],
) {
  const all = Object.keys(columns) as (keyof Row & string)[];
  return (selected: Columns) => {
    const names = all.filter((name) => always.includes(name) || selected.has(name));
    const values = names.map((name) => `child.${columnOf(name)}${casts[columns[name]] ?? ""}`);
    const read = names.map((name) => readers[columns[name]]);
    return {
      text: {
        key: names.join(),
        sql: `json_build_array(${values.join(", ")})::text`,
        columns: names,
      } satisfies ChildText,
      read: (text: string | null): Row[] =>
        text === null
          ? []
          : (JSON.parse(`[${text.replaceAll(ROW_END, ",")}]`) as unknown[][]).map(
              (row) =>
                Object.fromEntries(
                  row.map((value, place) => [
                    names[place],
                    value === null ? null : (read[place] as (value: unknown) => unknown)(value),
                  ]),
                ) as Row,
            ),
    };
  };
}

/** Casts that keep a value exact in JSON, whatever the session's time zone. */
const casts: Readonly<Partial<Record<ColumnKind, string>>> = {
  decimal: "::text",
  moment: " AT TIME ZONE 'UTC'",
};

const readers: Readonly<Record<ColumnKind, (value: unknown) => unknown>> = {
  json: (value) => value,
  decimal: (value) => value,
  moment: (value) => new Date(`${value}Z`),
  // Midnight UTC, as Prisma returns it.
  day: (value) => new Date(`${value}T00:00:00Z`),
};
