import { type GraphQLResolveInfo, getArgumentValues, getNamedType, isObjectType } from "graphql";
import type { OwnedName } from "../db/models.ts";
import {
  type ChildPageRequest,
  type ChildQuestion,
  type ChildRequest,
  type ChildText,
  childTable,
  ROW_END,
} from "../db/read/children.ts";
import { type CursorBinding, encodeCursor } from "../lib/cursor.ts";
import { JsonText } from "../lib/json-text.ts";
import { momentOf, momentSql } from "../lib/moment.ts";
import { cutPage, makePage, type PageArgs, placeOf, readWindow, type Window } from "../lib/page.ts";
import { answerOf, askedAhead } from "./ahead.ts";
import { batched } from "./batch.ts";
import { pagesAsJson, writerOf } from "./compiled/document.ts";
import { type PageWriter, pageWriter } from "./compiled/page.ts";
import { fromAnswers } from "./compiled/row.ts";
import { type Connection, lazyConnection } from "./connection.ts";
import type { Context } from "./context.ts";
import { type ColumnKind, jsonRows } from "./json-rows.ts";
import { columnsOfPage, selectedNames } from "./plan.ts";
import { requestCache } from "./request-cache.ts";

/** The cheapest row, to learn whether there is one. */
const ID: ChildText = { key: "id alone", sql: "child.id::text", columns: ["id"] };

interface Keyed {
  readonly id: string;
}

/** Child rows of a parent. */
export interface Children<Row extends Keyed> {
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
 * What is asked from the beginning of a parent's children may have been read with the parent (`ahead.ts`).
 *
 * @returns `page`, which gives the page of a parent for some page arguments; and the extensions of the field
 */
export function childConnection<Row extends Keyed>(children: Children<Row>) {
  const { model: type, at } = children;
  const from = childTable(type, children.parent, at);
  const { table, parent, order } = from;
  const rowsOf = jsonRows<Row>(children.columns, ["id", at]);

  const bindingOf = (context: Context, parentId: string): CursorBinding => ({
    secret: context.viewer.cursorSecret,
    list: `${table}.${parent}.${parentId}`,
  });
  const pageOf = (window: Window, text: ChildText) =>
    ({
      kind: "page",
      table: from,
      direction: window.backwards ? "oldest" : "newest",
      take: window.take + 1,
      text,
    }) as const satisfies ChildQuestion;
  /** @throws RequestError BAD_CURSOR */
  const requestOf = (
    context: Context,
    parentId: string,
    window: Window,
    text: ChildText,
  ): ChildPageRequest => {
    const place = window.cursor === null ? null : placeOf(bindingOf(context, parentId), window);
    return {
      ...pageOf(window, text),
      parentId,
      from: place && { at: new Date(String(place[0])), id: String(place[1]) },
    };
  };
  /** Whether there are rows at the cursor or before it, in the direction of the page. */
  const look = async (context: Context, parentId: string, window: Window): Promise<boolean> => {
    const request = requestOf(context, parentId, window, ID);
    const direction = request.direction === "newest" ? "oldest" : "newest";
    const found = await loader(context).load({ ...request, direction, take: 1, including: true });
    return found !== null;
  };
  const number: ChildQuestion = { kind: "count", table: from };
  /** The answer that was read with the parent, or that the loader gives. */
  const answer = async (context: Context, parent: Keyed, request: ChildRequest): Promise<string | null> => {
    const known = request.kind === "page" && request.from !== null ? undefined : answerOf(parent, request);
    return known === undefined ? loader(context).load(request) : known;
  };
  const count = (context: Context, parent: Keyed) =>
    answer(context, parent, { ...number, parentId: parent.id });

  /** SQL expressions of a row's cursor. */
  const place = [momentSql(`child.${order}`), "child.id::text"];
  /**
   * A page of texts as JSON.
   *
   * @param isBehind whether there are rows on the side that the page was reached from
   */
  const written = (
    context: Context,
    parentId: string,
    window: Window,
    { row, write }: PageWriter,
    answers: { readonly text: string | null; readonly total: string | null; readonly isBehind: boolean },
  ): string => {
    const { text, total, isBehind } = answers;
    const { rows, more } = cutPage(text === null ? [] : text.split(ROW_END), window);
    const sides = window.backwards
      ? { hasNextPage: isBehind, hasPreviousPage: more }
      : { hasNextPage: more, hasPreviousPage: isBehind };
    const cursor = (each: string) => {
      const [moment = "", id = ""] = row.beside(each);
      return encodeCursor(bindingOf(context, parentId), [momentOf(moment), id]);
    };
    return write({ rows, ...sides, json: row.write, cursor }, total ?? "0");
  };

  return {
    page(context: Context, parent: Keyed, args: PageArgs, info: GraphQLResolveInfo): Connection<Row> {
      const window = readWindow(args);
      const { text, read } = rowsOf(columnsOfPage(info, type));
      const request = requestOf(context, parent.id, window, text);
      const cursor = (row: Row) => [(row[at] as Date).toISOString(), row.id];
      const readPage = async () => {
        const rows = read(await answer(context, parent, request));
        const behind = () => look(context, parent.id, window);
        return makePage(rows, window, bindingOf(context, parent.id), cursor, behind);
      };
      return lazyConnection(readPage, async () => Number(await count(context, parent)));
    },
    extensions: {
      ...pagesAsJson({
        place,
        asks: false,
        async page({ context }, parent: Keyed, args: PageArgs, writer: PageWriter) {
          const { row, counts, asks } = writer;
          const window = readWindow(args);
          const behind = window.backwards ? "hasNextPage" : "hasPreviousPage";
          const looks = asks.has(behind) && window.cursor !== null;
          const [text, total, isBehind] = await Promise.all([
            answer(context, parent, requestOf(context, parent.id, window, row.text)),
            counts ? count(context, parent) : null,
            looks ? look(context, parent.id, window) : false,
          ]);
          return new JsonText(written(context, parent.id, window, writer, { text, total, isBehind }));
        },
      }),
      ...fromAnswers((field, node, fragments) => {
        // What is at a cursor is not known before the parent is.
        if (node.arguments?.some(({ name }) => name.value === "after" || name.value === "before"))
          return null;
        const connection = getNamedType(field.type);
        const writer = isObjectType(connection) ? pageWriter(connection, node, fragments, place) : null;
        if (!writer || writer.row.asks) return null;
        return {
          columns: ["id"],
          ...(writer.signs && { sql: "child.id::text" }),
          begin({ context, variables }) {
            const window = readWindow(getArgumentValues(field, node, variables));
            const { shows, counts } = writer;
            return {
              questions: [...(shows ? [pageOf(window, writer.row.text)] : []), ...(counts ? [number] : [])],
              write: (answers, parentId) =>
                written(context, parentId, window, writer, {
                  text: shows ? (answers[0] ?? null) : null,
                  total: counts ? (answers.at(-1) ?? null) : null,
                  isBehind: false,
                }),
            };
          },
        };
      }),
      ...askedAhead((args, info) => {
        const window = readWindow(args as PageArgs);
        const [node] = info.fieldNodes;
        const writer = node && writerOf(node);
        const names = writer ? null : selectedNames(info);
        const counts = writer ? writer.counts : names?.has("totalCount");
        const shows =
          writer || (names && [...names].some((name) => name !== "totalCount" && name !== "__typename"));
        const text = writer ? writer.row.text : rowsOf(columnsOfPage(info, type)).text;
        return [
          ...(shows && window.cursor === null ? [pageOf(window, text)] : []),
          ...(counts ? [number] : []),
        ];
      }),
    },
  };
}
