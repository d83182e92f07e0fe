import type { GraphQLResolveInfo } from "graphql";
import type { OwnedName } from "../db/models.ts";
import { columnOf } from "../db/prisma/columns.ts";
import {
  type ChildPageRequest,
  type ChildRequest,
  type ChildText,
  childTable,
  ROW_END,
} from "../db/read/children.ts";
import { type CursorBinding, encodeCursor } from "../lib/cursor.ts";
import { JsonText } from "../lib/json-text.ts";
import { momentOf, momentSql } from "../lib/moment.ts";
import { cutPage, makePage, type PageArgs, placeOf, readWindow, type Window } from "../lib/page.ts";
import { batched } from "./batch.ts";
import { asJson } from "./compiled/document.ts";
import type { PageWriter } from "./compiled/page.ts";
import { type Connection, lazyConnection } from "./connection.ts";
import type { Context } from "./context.ts";
import { type Columns, columnsOfPage } from "./plan.ts";
import { requestCache } from "./request-cache.ts";

/** The cheapest row, to learn whether there is one. */
const ID: ChildText = { key: "id alone", sql: "child.id::text", columns: ["id"] };

/** How a value is encoded: as JSON, or as the text of a decimal, a time or a date. */
type ColumnKind = "json" | "decimal" | "moment" | "day";

/** Child rows of a parent. */
export interface Children<Row extends { readonly id: string }> {
  /** The model of the rows, which is also their GraphQL type. */
  readonly model: OwnedName;
  /** The pointer to the parent. */
  readonly parent: string;
  /** Columns to read, by their Prisma field names. */
  readonly columns: Readonly<Record<keyof Row & string, ColumnKind>>;
  /** The time by which rows are ordered; an index has the parent, this column and the id. */
  readonly at: keyof Row & string;
}

/** One statement for all children that a level of a request asks for, in all tables. */
const loader = requestCache(({ db }: Context) =>
  batched<ChildRequest, string | null>("children", (requests) => db.children(requests), { cache: false }),
);

/**
 * The children of a parent, newest first: one statement for all parents and all child types of a level, including
 * their numbers.
 *
 * @returns `page`, which gives the page of a parent for some page arguments; and the extensions of the field
 */
export function childConnection<Row extends { readonly id: string }>(children: Children<Row>) {
  const { model: type, at } = children;
  const from = childTable(type, children.parent, at);
  const { table, parent, order } = from;
  const rowsOf = rowReader(children);

  const bindingOf = (context: Context, parentId: string): CursorBinding => ({
    secret: context.viewer.cursorSecret,
    list: `${table}.${parent}.${parentId}`,
  });
  /** @throws RequestError BAD_CURSOR */
  const requestOf = (
    context: Context,
    parentId: string,
    window: Window,
    text: ChildText,
  ): ChildPageRequest => {
    const place = window.cursor === null ? null : placeOf(bindingOf(context, parentId), window);
    return {
      kind: "page",
      table: from,
      parentId,
      direction: window.backwards ? "oldest" : "newest",
      take: window.take + 1,
      from: place && { at: new Date(String(place[0])), id: String(place[1]) },
      text,
    };
  };
  /** Whether there are rows at the cursor or before it, in the direction of the page. */
  const look = async (context: Context, parentId: string, window: Window): Promise<boolean> => {
    const request = requestOf(context, parentId, window, ID);
    const direction = request.direction === "newest" ? "oldest" : "newest";
    const found = await loader(context).load({ ...request, direction, take: 1, including: true });
    return found !== null;
  };
  const count = (context: Context, parentId: string): Promise<string | null> =>
    loader(context).load({ kind: "count", table: from, parentId });

  return {
    page(context: Context, parentId: string, args: PageArgs, info: GraphQLResolveInfo): Connection<Row> {
      const window = readWindow(args);
      const { text, read } = rowsOf(columnsOfPage(info, type));
      const request = requestOf(context, parentId, window, text);
      const cursor = (row: Row) => [(row[at] as Date).toISOString(), row.id];
      const readPage = async () => {
        const rows = read(await loader(context).load(request));
        const behind = () => look(context, parentId, window);
        return makePage(rows, window, bindingOf(context, parentId), cursor, behind);
      };
      return lazyConnection(readPage, async () => Number(await count(context, parentId)));
    },
    extensions: asJson({
      place: [momentSql(`child.${order}`), "child.id::text"],
      async page(context: Context, parentId: string, args: PageArgs, writer: PageWriter) {
        const { row, counts, asks, write } = writer;
        const window = readWindow(args);
        const behind = window.backwards ? "hasNextPage" : "hasPreviousPage";
        const looks = asks.has(behind) && window.cursor !== null;
        const [text, total, found] = await Promise.all([
          loader(context).load(requestOf(context, parentId, window, row.text)),
          counts ? count(context, parentId) : null,
          looks ? look(context, parentId, window) : false,
        ]);
        const { rows, more } = cutPage(text === null ? [] : text.split(ROW_END), window);
        const sides = window.backwards
          ? { hasNextPage: found, hasPreviousPage: more }
          : { hasNextPage: more, hasPreviousPage: found };
        const cursor = (each: string) => {
          const [moment = "", id = ""] = row.beside(each);
          return encodeCursor(bindingOf(context, parentId), [momentOf(moment), id]);
        };
        return new JsonText(write({ rows, ...sides, cursor }, total ?? "0"));
      },
    }),
  };
}

/** Reads rows as JSON: the selected columns, and those of cursors. */
function rowReader<Row extends { readonly id: string }>({ columns, at }: Children<Row>) {
  type Column = keyof Row & string;
  const all = Object.keys(columns) as Column[];
  return (selected: Columns) => {
    const names = all.filter((name) => name === "id" || name === at || selected.has(name));
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
