import type { PageInfoShape } from "@pothos/plugin-relay";
import type { FilteredName } from "../db/models.ts";
import type { Page } from "../lib/page.ts";
import { builder } from "./builder.ts";
import { price } from "./limits/price.ts";

/** A page, read at once or when selected, and the number of all records of the list. */
export interface Connection<Row> {
  readonly edges: Page<Row>["edges"] | Promise<Page<Row>["edges"]>;
  readonly pageInfo: PageInfoShape | Promise<PageInfoShape>;
  readonly totalCount: () => Promise<number>;
}

/** A connection whose page is read when an edge or `pageInfo` is selected: `totalCount` alone reads no rows. */
export function lazyConnection<Edge>(
  read: () => Promise<{ readonly edges: Edge[]; readonly pageInfo: Page<unknown>["pageInfo"] }>,
  totalCount: () => Promise<number>,
) {
  let page: ReturnType<typeof read> | undefined;
  const once = () => {
    page ??= read();
    return page;
  };
  return {
    get edges() {
      return once().then(({ edges }) => edges);
    },
    get pageInfo() {
      // Resolvers may return promises, which the plugin's types do not allow for these fields.
      return once().then(({ pageInfo }) => pageInfo as PageInfoShape);
    },
    totalCount,
  };
}

/** The arguments of every connection. Their combination is checked when they are used. */
export const pageArgs = () =>
  builder.args((t) => ({
    first: t.int({
      description:
        "Number of records from the beginning or after a cursor: between 1 and 100, 25 by default.",
    }),
    after: t.string({ description: "Cursor after which the page begins." }),
    last: t.int({ description: "Number of records from the end or before a cursor: between 1 and 100." }),
    before: t.string({ description: "Cursor before which the page ends." }),
  }));

export const offsetArg = () =>
  builder.args((t) => ({
    offset: t.int({
      description:
        "Number of records to skip, for numbered pages. Cursors are faster deep in a list and do not miss records when the list changes.",
    }),
  }));

builder.globalConnectionField("totalCount", (t) =>
  t.field({
    type: "Int",
    extensions: price({ cost: 5 }),
    description: "Number of records on all pages. Counted only when selected.",
    resolve: (connection) => (connection as unknown as Connection<unknown>).totalCount(),
  }),
);

/** The connection and edge types of a type. */
export function connectionTypes(type: FilteredName, plural: string) {
  const edge = builder.edgeObject({
    type,
    name: `${type}Edge`,
    description: `An item of a page of ${plural}, with its cursor.`,
  });
  const connection = builder.connectionObject(
    { type, name: `${type}Connection`, description: `A page of ${plural}.` },
    edge,
  );
  return { connection, edge };
}

export const connectionType = (type: FilteredName, plural: string) =>
  connectionTypes(type, plural).connection;
