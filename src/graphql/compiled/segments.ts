import { type GraphQLLeafType, isEnumType } from "graphql";
import { momentOf, momentSql } from "../../lib/moment.ts";
import type { AskedPart } from "./asked.ts";

/** The segments of a row's JSON: what PostgreSQL writes of it, and what is completed here. */

/** Constant JSON, JSON written by PostgreSQL, a text that `finish` completes, or what is made of answers. */
export type Segment =
  | string
  | { readonly sql: string; readonly finish?: (text: string) => string }
  | { readonly asked: AskedPart };

/** Separates the texts of a row. JSON never contains it. */
export const DIVIDER = "\u001f";

/** SQL of several texts as one. */
export const divided = (texts: readonly string[]): string => texts.join(" || E'\\x1f' || ") || "''";

/** A text that is empty for null, completed by `finish`. */
export const quoted = (sql: string, finish: (text: string) => string): Segment => ({
  sql,
  finish: (text) => (text === "" ? "null" : `"${finish(text)}"`),
});

/** Text that needs no escapes in JSON, such as a decimal or the name of an enum's value. */
export const plain = (value: string): Segment => ({ sql: `coalesce('"' || ${value}::text || '"', 'null')` });

/** Scalars whose values are shown as they are stored. */
const texts = new Set(["String", "EmailAddress", "PhoneNumber", "URL", "Currency", "Date"]);

/**
 * The JSON of a column.
 *
 * @param value SQL of the column
 * @param many whether the column is a list
 * @returns null if PostgreSQL cannot write it
 */
export function leafSegment(type: GraphQLLeafType, value: string, many: boolean): Segment | null {
  if (isEnumType(type)) {
    const isItself = type.getValues().every((each) => each.value === each.name);
    return isItself && !many ? plain(value) : null;
  }
  if (texts.has(type.name) && !(many && type.name === "Date"))
    return { sql: `coalesce(to_json(${value})::text, 'null')` };
  if (many) return null;
  switch (type.name) {
    case "Int":
    case "Boolean":
      return { sql: `coalesce(${value}::text, 'null')` };
    case "DateTime":
      return quoted(`coalesce(${momentSql(value)}, '')`, momentOf);
    default:
      return null;
  }
}

/** Constant JSON, a function that completes the next text, or what is made of answers. */
export type Part = string | ((text: string) => string) | AskedPart;

/** Combines adjacent SQL into one expression: the texts to read of a row, and the parts that they complete. */
export function arrange(segments: readonly Segment[]): { texts: string[]; parts: Part[] } {
  const texts: string[] = [];
  const parts: Part[] = [];
  let run: (string | { readonly sql: string })[] = [];
  const endRun = () => {
    if (run.some((segment) => typeof segment !== "string")) {
      texts.push(
        run.map((segment) => (typeof segment === "string" ? literal(segment) : segment.sql)).join(" || "),
      );
      parts.push(asIs);
    } else if (run.length > 0) parts.push(run.join(""));
    run = [];
  };
  for (const segment of segments) {
    const before = run.at(-1);
    if (typeof segment === "string" && typeof before === "string") {
      run[run.length - 1] = before + segment;
    } else if (typeof segment === "string" || ("sql" in segment && !segment.finish)) run.push(segment);
    else {
      endRun();
      const sql = "asked" in segment ? segment.asked.sql : segment.sql;
      if (sql !== undefined) texts.push(sql);
      parts.push("asked" in segment ? segment.asked : (segment.finish ?? asIs));
    }
  }
  endRun();
  return { texts, parts };
}

const asIs = (text: string): string => text;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
