import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import type { ChildRequest, ChildTable } from "./db/children.ts";
import type { CursorBinding } from "./lib/cursor.ts";
import { makePage, type Page, type PageArgs, placeOf, readWindow, type Window } from "./lib/page.ts";
import { requestCache } from "./request-cache.ts";
import { selectedColumns } from "./selection.ts";

/** A page, read at once or when it is selected, and the number of all records it is taken from. */
export interface Connection<Row> {
  readonly edges: Page<Row>["edges"] | Promise<Page<Row>["edges"]>;
  readonly pageInfo: Page<Row>["pageInfo"] | Promise<Page<Row>["pageInfo"]>;
  readonly totalCount: () => Promise<number>;
}

/** The arguments of every connection. Whether they go together is checked when they are read. */
export const pageArgs = () =>
  builder.args((t) => ({
    first: t.int({
      description: "How many records, from the beginning or after a cursor: 1 to 100, 25 by default.",
    }),
    after: t.string({ description: "Cursor after which the page begins." }),
    last: t.int({ description: "How many records, from the end or before a cursor: 1 to 100." }),
    before: t.string({ description: "Cursor before which the page ends." }),
  }));

export const offsetArg = () =>
  builder.args((t) => ({
    offset: t.int({
      description:
        "How many records to skip, for numbered pages. Cursors are faster deep in a list and lose no record.",
    }),
  }));

builder.globalConnectionField("totalCount", (t) =>
  t.field({
    type: "Int",
    description: "How many records there are on all pages. Counted only when it is selected.",
    resolve: (connection) => (connection as unknown as Connection<unknown>).totalCount(),
  }),
);

type Listed = "Contact" | "Lead" | "Deal" | "Activity" | "Conversation";

/** The connection and edge types of a type, described. */
export function connectionTypes(type: Listed, plural: string) {
  const edge = builder.edgeObject({
    type,
    name: `${type}Edge`,
    description: `One of the ${plural} of a page, with its cursor.`,
  });
  const connection = builder.connectionObject(
    { type, name: `${type}Connection`, description: `A page of ${plural}.` },
    edge,
  );
  return { connection, edge };
}

export const connectionType = (type: Listed, plural: string) => connectionTypes(type, plural).connection;

/** What a child row needs for its cursor. */
interface ChildRow {
  readonly id: string;
}

/** A child table in the terms of its rows. */
export interface Children<Row extends ChildRow> extends ChildTable {
  /** The field that holds the moment that puts a row in order. */
  readonly at: keyof Row & string;
}

/** What is asked of a parent, and the columns that are selected of its rows; null for all. */
interface SelectedChildren extends ChildRequest {
  readonly columns: ReadonlySet<string> | null;
}

/** The columns of a batch: what any of its requests selects. Rows are read with what their cursors are made of. */
function columnsOf<Row extends ChildRow>(
  { columns, at }: Children<Row>,
  requests: readonly SelectedChildren[],
): readonly string[] {
  const sets = new Set(requests.map((request) => request.columns));
  if (sets.has(null)) return columns;
  return columns.filter(
    (column) => column === "id" || column === at || [...sets].some((set) => set?.has(column)),
  );
}

/**
 * A parent's children, newest first: one statement for all parents of a request's level, another for their counts.
 *
 * @returns a resolver from a parent's key and the page arguments to the page
 */
export function childConnection<Row extends ChildRow>(children: Children<Row>) {
  const loaders = requestCache(({ db }: Context) => {
    const pages = (direction: "newest" | "oldest") =>
      new DataLoader<SelectedChildren, Row[]>(
        (requests) => db.children.page<Row>(children, direction, requests, columnsOf(children, requests)),
        { cache: false },
      );
    return {
      newest: pages("newest"),
      oldest: pages("oldest"),
      counts: new DataLoader<string, number>((ids) => db.children.count(children, ids)),
    };
  });
  return async (
    context: Context,
    parentId: string,
    args: PageArgs,
    info: GraphQLResolveInfo,
  ): Promise<Connection<Row>> => {
    const window: Window = readWindow(args);
    const binding: CursorBinding = {
      secret: context.viewer.cursorSecret,
      list: `${children.table}.${children.parent}.${parentId}`,
    };
    const place = placeOf(binding, window);
    const { newest, oldest, counts } = loaders(context);
    const rows = await (window.backwards ? oldest : newest).load({
      parentId,
      take: window.take + 1,
      from: place && { at: new Date(String(place[0])), id: String(place[1]) },
      columns: selectedColumns(info),
    });
    const page = makePage(rows, window, binding, (row) => [(row[children.at] as Date).toISOString(), row.id]);
    return { ...page, totalCount: () => counts.load(parentId) };
  };
}
