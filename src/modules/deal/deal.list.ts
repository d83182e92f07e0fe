import type { Connection } from "../../connection.ts";
import type { Context } from "../../context.ts";
import type { Deal } from "../../generated/prisma/client.ts";
import {
  beyond,
  cursorValue,
  idKey,
  makePage,
  orderBy,
  type PageArgs,
  placeOf,
  readWindow,
  type SortKey,
} from "../../lib/page.ts";

const newestFirst: readonly SortKey[] = [
  { column: "createdAt", type: "date", nullable: false, descending: true, nullsFirst: false },
  idKey(true),
];

/** A page of all deals that the caller may see. */
export async function dealPage({ viewer, db }: Context, args: PageArgs): Promise<Connection<Deal>> {
  const window = readWindow(args);
  const binding = { secret: viewer.cursorSecret, list: "deals" };
  const place = placeOf(binding, window);
  const rows = await db.deal.findMany({
    where: place ? beyond(newestFirst, place, window.backwards) : {},
    orderBy: orderBy(newestFirst, window.backwards),
    take: window.take + 1,
    ...(window.skip > 0 && { skip: window.skip }),
  });
  const page = makePage(rows, window, binding, (deal) =>
    newestFirst.map((key) => cursorValue({ ...deal }, key)),
  );
  return { ...page, totalCount: () => db.deal.count({}) };
}
