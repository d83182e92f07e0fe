import type { GraphQLResolveInfo } from "graphql";
import type { Context } from "../../graphql/context.ts";
import { keepDefinitions } from "../../graphql/definitions.ts";
import { columnsOfPage, selectedNames, selecting } from "../../graphql/plan.ts";
import { type CursorBinding, type CursorValue, fingerprint } from "../../lib/cursor.ts";
import { type PageArgs, placeOf, readWindow, type SortKey, type Window } from "../../lib/page.ts";
import type { Where } from "../compile/compile.ts";
import { type OrderInput, readOrder } from "../compile/order.ts";
import { type Search, saysNothing } from "../compile/search.ts";
import type { FilterEntity } from "../registry/fields.ts";
import { clockOf, type FilterArgs, type ReadFilter, readArgs, requireReadable } from "./filter.service.ts";

/** What a list is asked, read once: all that is done for it follows from its plan. */

const models = { CONTACT: "contact", LEAD: "lead", DEAL: "deal" } as const satisfies Partial<
  Record<FilterEntity, string>
>;
const typeNames = { CONTACT: "Contact", LEAD: "Lead", DEAL: "Deal" } as const;

/** What lists of its own can be filtered. */
export type ListedEntity = keyof typeof models;

type TrashMode = "EXCLUDE" | "INCLUDE" | "ONLY";

export interface ListArgs extends PageArgs, FilterArgs {
  readonly orderBy?: readonly OrderInput[] | null | undefined;
  readonly trash?: TrashMode | null | undefined;
}

/** A list inside which another filter looks. */
export interface Within {
  readonly where: Where;
  /** Where each of its groups looks. */
  readonly groups: () => readonly Where[];
  readonly timeZone: string | null;
  /** Tells the list and its version apart, for cursors. */
  readonly key: string;
}

/** What a list was asked, for those who look at the same rows in another way. */
export interface Question {
  /** All that is asked. */
  readonly where: Where;
  /** As if every condition on one field held. */
  without(path: string): Where;
}

export interface ListPlan extends Question {
  readonly model: (typeof models)[ListedEntity];
  readonly keys: readonly SortKey[];
  readonly window: Window;
  /** Columns to read: those that are selected, and what rows are ordered by. */
  readonly columns: object;
  readonly binding: CursorBinding;
  /** Where the window begins; null at the beginning of the list. */
  readonly place: readonly CursorValue[] | null;
  /** Whether the row of the cursor is read with those beyond it: it tells that the page is not the first. */
  readonly readsCursor: boolean;
  /** Whether the page is the list's first, and its number is selected too. */
  readonly firstWithNumber: boolean;
  /** The filter, where it is all that is asked of live records, which can be counted by less than their rows. */
  readonly alone: Pick<ReadFilter, "tree" | "tagIds"> | null;
  /** Where each OR group of the question looks; null when it has none. */
  readonly groups: (() => readonly Where[]) | null;
  /** Tells the list from every other, and from the same one of somebody else. */
  readonly list: string;
}

const trashWhere: Readonly<Record<TrashMode, Where>> = {
  EXCLUDE: { deletedAt: null },
  INCLUDE: { purgedAt: null },
  ONLY: { deletedAt: { not: null }, purgedAt: null },
};

/**
 * Reads what a list is asked: one statement for the custom fields and tags that it names, and one more for smart lists,
 * when it names any.
 *
 * @param info of the field that is the connection
 * @param within the list inside which it looks
 * @throws FilterError, RequestError for arguments that cannot be, with their paths
 */
export async function planList(
  context: Context,
  entity: ListedEntity,
  args: ListArgs,
  info: GraphQLResolveInfo,
  within?: Within,
): Promise<ListPlan> {
  const window = readWindow(args);
  const usesCustomOrder = args.orderBy?.some((order) => order.customField != null) ?? false;
  const read = requireReadable(await readArgs(context, entity, args, usesCustomOrder, within?.timeZone));
  if (read.definitions) keepDefinitions(context, read.definitions);
  const keys = readOrder(args.orderBy ?? [], read.registry);
  const trash = args.trash ?? "EXCLUDE";
  const search = args.search && saysNothing(args.search) ? null : (args.search ?? null);
  const timeZone = clockOf(context, args.timeZone, within?.timeZone).timeZone;
  const binding: CursorBinding = {
    secret: context.viewer.cursorSecret,
    list: listKey(entity, keys, saidBy(args, read, timeZone), search, trash, within),
  };
  const place = placeOf(binding, window);
  const around = [...(entity === "DEAL" ? [] : [trashWhere[trash]]), ...(within ? [within.where] : [])];
  const selected = selectedNames(info);
  const isAlone = search === null && within === undefined && trash === "EXCLUDE" && entity !== "DEAL";
  return {
    model: models[entity],
    keys,
    window,
    columns: selecting([...keys.map(({ column }) => column), ...columnsOfPage(info, typeNames[entity])]),
    binding,
    place,
    readsCursor: place !== null && (selected?.has("pageInfo") ?? true),
    firstWithNumber:
      place === null && window.skip === 0 && !window.backwards && selected !== null && selectsBoth(selected),
    alone: isAlone ? read : null,
    groups: read.groups ?? within?.groups ?? null,
    list: `${context.viewer.memberId} ${binding.list}`,
    where: { AND: [...around, read.where] },
    without: (path) => ({ AND: [...around, read.without(path)] }),
  };
}

/** Whether both the rows of a list and their number are selected. */
const selectsBoth = (names: ReadonlySet<string>): boolean =>
  names.has("totalCount") && (names.has("nodes") || names.has("edges"));

/** What a filter says, for cursors: in whatever way it says that it means everything, it is no filter. */
const saidBy = ({ filter, query }: ListArgs, { tree }: ReadFilter, timeZone: string) =>
  tree.kind === "all" ? null : [filter, query, timeZone];

const listKey = (
  entity: ListedEntity,
  keys: readonly SortKey[],
  said: unknown,
  search: Search | null,
  trash: TrashMode,
  within: Within | undefined,
): string => fingerprint(withoutNulls([entity, keys, said, search, trash, within?.key]));

/** The same arguments for one that is null and one that is left out. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item ?? null));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner == null ? [] : [[key, withoutNulls(inner)]])),
  );
};
