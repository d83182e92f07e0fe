import type { GraphQLResolveInfo } from "graphql";
import type { CountedRows } from "../../db/prisma/prepared-reads.ts";
import { type Connection, lazyConnection } from "../../graphql/connection.ts";
import type { Context } from "../../graphql/context.ts";
import { keepDefinitions } from "../../graphql/definitions.ts";
import { columnsOfPage, selectedNames, selecting } from "../../graphql/plan.ts";
import { type CursorBinding, fingerprint } from "../../lib/cursor.ts";
import {
  beyond,
  cursorValue,
  Edge,
  makePage,
  orderBy,
  type PageArgs,
  placeOf,
  readWindow,
} from "../../lib/page.ts";
import { ownTurn } from "../../lib/turn.ts";
import type { Where } from "../compile/compile.ts";
import { type OrderInput, readOrder } from "../compile/order.ts";
import { countParameters } from "../compile/parameters.ts";
import { saysNothing } from "../compile/search.ts";
import type { FilterEntity } from "../registry/fields.ts";
import { countLive } from "./count.ts";
import { hasFew, noteCount } from "./few.ts";
import { clockOf, type FilterArgs, type ReadFilter, readArgs, requireReadable } from "./filter.service.ts";

/** What lists of its own can be filtered. */
export type ListedEntity = keyof typeof models;

export type TrashMode = "EXCLUDE" | "INCLUDE" | "ONLY";

export interface ListArgs extends PageArgs, FilterArgs {
  readonly orderBy?: readonly OrderInput[] | null | undefined;
  readonly trash?: TrashMode | null | undefined;
}

const typeNames = { CONTACT: "Contact", LEAD: "Lead", DEAL: "Deal" } as const;
const models = { CONTACT: "contact", LEAD: "lead", DEAL: "deal" } as const satisfies Partial<
  Record<FilterEntity, string>
>;

/** Which groups each row of a page fulfils: one statement for all of them, when the first is asked about. */
function matchedGroups(
  { db }: Context,
  entity: ListedEntity,
  edges: readonly { readonly node: { readonly id: string } }[],
  groups: readonly Where[] | null,
): (id: string) => Promise<number[]> | null {
  if (groups === null) return () => null;
  let asked: Promise<Map<string, number[]>> | undefined;
  return async (id) => {
    asked ??= db.sets.memberships(
      groups.map((where) => ({ model: models[entity], where })),
      edges.map(({ node }) => node.id),
    );
    return (await asked).get(id) ?? [];
  };
}

/** The two calls of a scoped model that a list needs. */
interface Listed<Row> {
  findMany(args: object): Promise<Row[]>;
  count(args: object): Promise<number>;
}

const trashWhere: Readonly<Record<TrashMode, Where>> = {
  EXCLUDE: { deletedAt: null },
  INCLUDE: { purgedAt: null },
  ONLY: { deletedAt: { not: null }, purgedAt: null },
};

/**
 * What a filter says, for cursors: in whatever way it says that it means everything, it is no filter.
 *
 * @param read the same arguments, read
 */
const saidBy = (context: Context, args: ListArgs, { tree }: ReadFilter, within: Within | undefined) =>
  tree.kind === "all"
    ? null
    : [args.filter, args.query, clockOf(context, args.timeZone, within?.timeZone).timeZone];

/** The same arguments for one that is null and one that is left out. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item ?? null));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner == null ? [] : [[key, withoutNulls(inner)]])),
  );
};

/** A list inside which another filter looks. */
export interface Within {
  readonly where: Where;
  /** Where each of its groups looks. */
  readonly groups: readonly Where[];
  readonly timeZone: string | null;
  /** Tells the list and its version apart, for cursors. */
  readonly key: string;
}

/** A row of a page, with the OR groups that it fulfils; null when the question has none. */
export class FilteredEdge<Row extends { readonly id: string }> extends Edge<Row> {
  constructor(
    edge: Edge<Row>,
    readonly matched: (id: string) => Promise<number[]> | null,
  ) {
    super(edge.node, edge.sign);
  }

  matchedGroups(): Promise<number[]> | null {
    return this.matched(this.node.id);
  }
}

/** Values of a filter that is read in a turn of its own. */
const LARGE = 200;

/** Whether both the rows of a list and their number are selected. */
function selectsBoth(info: GraphQLResolveInfo): boolean {
  const names = selectedNames(info) ?? new Set();
  return names.has("totalCount") && (names.has("nodes") || names.has("edges"));
}

/** A page, and the question that it answers. */
export interface FilteredConnection<Row extends { readonly id: string }> extends Connection<Row> {
  readonly edges: Promise<FilteredEdge<Row>[]>;
  readonly question: Question;
}

/** What a list was asked, for those who look at the same rows in another way. */
export interface Question {
  /** All that is asked. */
  readonly where: Where;
  /** As if every condition on one field held. */
  without(path: string): Where;
}

/**
 * A page of contacts, leads or deals: one statement for the rows and one for their number, each when it is selected, or
 * one for both when there are few; and one for the custom fields and tags that a filter names.
 */
export async function filteredConnection<Row extends { readonly id: string }>(
  context: Context,
  entity: ListedEntity,
  model: Listed<Row>,
  args: ListArgs,
  { info, within }: { readonly info: GraphQLResolveInfo; readonly within?: Within },
): Promise<FilteredConnection<Row>> {
  const window = readWindow(args);
  const usesCustomOrder = args.orderBy?.some((order) => order.customField != null) ?? false;
  const read = requireReadable(await readArgs(context, entity, args, usesCustomOrder, within?.timeZone));
  if (read.definitions) keepDefinitions(context, read.definitions);
  const keys = readOrder(args.orderBy ?? [], read.registry);
  const trash = args.trash ?? "EXCLUDE";
  const search = args.search && saysNothing(args.search) ? null : (args.search ?? null);
  const binding: CursorBinding = {
    secret: context.viewer.cursorSecret,
    list: fingerprint(
      withoutNulls([entity, keys, saidBy(context, args, read, within), search, trash, within?.key]),
    ),
  };
  const place = placeOf(binding, window);
  const around = [...(entity === "DEAL" ? [] : [trashWhere[trash]]), ...(within ? [within.where] : [])];
  const where: Where = { AND: [...around, read.where] };
  const columns = selecting([...keys.map(({ column }) => column), ...columnsOfPage(info, typeNames[entity])]);
  const take = window.take + 1;
  // The row of the cursor, read with those beyond it, tells that the page is not the first.
  const readsCursor = place !== null && (selectedNames(info)?.has("pageInfo") ?? true);
  // A request may ask for many such lists at once.
  const isLarge = countParameters(where) > LARGE;
  const inTurn = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isLarge) await ownTurn();
    return ask();
  };
  const readRows = () =>
    model.findMany({
      where: place ? { AND: [where, beyond(keys, place, window.backwards, readsCursor)] } : where,
      orderBy: orderBy(keys, window.backwards),
      take: readsCursor ? take + 1 : take,
      ...(window.skip > 0 && { skip: window.skip }),
      ...columns,
    });
  /** Whether there are rows at the cursor or on the side that the page was reached from, or any without a cursor. */
  const look = async () => {
    const back = !window.backwards;
    const rows = await model.findMany({
      where: place ? { AND: [where, beyond(keys, place, back, true)] } : where,
      orderBy: orderBy(keys, back),
      take: 1,
      select: { id: true },
    });
    return rows.length > 0;
  };
  const countRows = () => {
    const alone = search === null && within === undefined && trash === "EXCLUDE";
    return alone && entity !== "DEAL"
      ? countLive(context, models[entity], read.tree, read.tagIds)
      : model.count({ where });
  };

  const list = `${context.viewer.memberId} ${binding.list}`;
  const fromTheStart = place === null && window.skip === 0 && !window.backwards;
  const together = fromTheStart && hasFew(list) && selectsBoth(info);
  let counted: Promise<CountedRows> | undefined;
  const countedOnce = () => {
    counted ??= context.db.countedRows(models[entity], { where, ...columns }, { order: keys, take });
    return counted;
  };
  const readPage = async () => {
    const rows = together ? ((await inTurn(countedOnce)).rows as readonly Row[]) : await inTurn(readRows);
    const hasCursor = readsCursor && rows[0]?.id === place?.at(-1);
    const beyondIt = hasCursor ? rows.slice(1) : rows.slice(0, take);
    const values = (row: Row) => keys.map((key) => cursorValue(row, key));
    const page = makePage(beyondIt, window, binding, values, async () => hasCursor || look());
    const matched = matchedGroups(context, entity, page.edges, read.groups ?? within?.groups ?? null);
    const edges = page.edges.map((edge) => new FilteredEdge(edge, matched));
    return { ...page, edges };
  };
  const totalCount = async () => {
    const total = together ? (await inTurn(countedOnce)).total : await inTurn(countRows);
    noteCount(list, total);
    return total;
  };
  return Object.assign(lazyConnection(readPage, totalCount), {
    question: { where, without: (path: string) => ({ AND: [...around, read.without(path)] }) },
  });
}
