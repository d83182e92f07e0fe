import type { Viewer } from "../../auth/viewer.ts";
import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { Context } from "../../graphql/context.ts";
import { keepDefinitions } from "../../graphql/definitions.ts";
import { type Columns, selecting } from "../../graphql/plan.ts";
import { type CursorBinding, type CursorValue, fingerprint, lazyBinding } from "../../lib/cursor.ts";
import { type PageArgs, placeOf, readWindow, type SortKey, type Window } from "../../lib/page.ts";
import type { Where } from "../compile/compile.ts";
import { type OrderInput, readOrder } from "../compile/order.ts";
import { type Search, saysNothing } from "../compile/search.ts";
import type { FilterEntity } from "../registry/fields.ts";
import { clockOf, type FilterArgs, type ReadFilter, readArgs, requireReadable } from "./filter.service.ts";

/** Reads the arguments of a list once, into a plan that everything else follows. */

const models = { CONTACT: "contact", LEAD: "lead", DEAL: "deal" } as const satisfies Partial<
  Record<FilterEntity, string>
>;
const typeNames = { CONTACT: "Contact", LEAD: "Lead", DEAL: "Deal" } as const;

/** The entities that have filterable lists. */
export type ListedEntity = keyof typeof models;

export type TrashMode = "EXCLUDE" | "INCLUDE" | "ONLY";

export interface ListArgs extends PageArgs, FilterArgs {
  readonly orderBy?: readonly OrderInput[] | null | undefined;
  readonly trash?: TrashMode | null | undefined;
}

/** A smart list, which the filter of the request narrows. */
export interface Within {
  readonly where: Where;
  /** The conditions of the smart list's groups. */
  readonly groups: () => readonly Where[];
  readonly timeZone: string | null;
  /** Identifies the smart list and its version, for cursors. */
  readonly key: string;
}

/** The conditions of a list, for facets and other readers of the same rows. */
export interface Question {
  /** All conditions together. */
  readonly where: Where;
  /** All conditions, with those on one field replaced by true. */
  without(path: string): Where;
}

/** What is asked of a list. */
export interface Selection {
  /** Columns of each row. */
  readonly columns: Columns;
  /** What is asked about each row. */
  readonly questions: readonly RowQuestion[];
  /** The selected fields of the connection; null if a directive decides it. */
  readonly names: ReadonlySet<string> | null;
}

export interface ListPlan extends Question {
  readonly model: (typeof models)[ListedEntity];
  readonly keys: readonly SortKey[];
  readonly window: Window;
  /** Columns to read: those of the selection and of the order. */
  readonly columns: object;
  readonly selection: Selection;
  /** Whether the custom fields are known. */
  readonly knowsFields: boolean;
  readonly binding: CursorBinding;
  /** The keyset position where the page starts; null at the start of the list. */
  readonly place: readonly CursorValue[] | null;
  /** Whether the cursor's own row is read too, to know whether there is a previous page. */
  readonly readsCursor: boolean;
  /** Whether this is the first page, and `totalCount` is selected too. */
  readonly firstWithNumber: boolean;
  /** The filter, if it is the only condition on live records: `countLive` can count it without reading all rows. */
  readonly alone: Pick<ReadFilter, "tree" | "tagIds"> | null;
  /** The conditions of the OR groups; null without groups. */
  readonly groups: (() => readonly Where[]) | null;
  /** Identifies the list and the caller. */
  readonly list: string;
}

export const trashWhere: Readonly<Record<TrashMode, Where>> = {
  EXCLUDE: { deletedAt: null },
  INCLUDE: { purgedAt: null },
  ONLY: { deletedAt: { not: null }, purgedAt: null },
};

/**
 * Reads a list's arguments into a plan: one statement for the custom fields and tags that the filter names, and one
 * more for smart lists if it names any.
 *
 * @param within the smart list that the filter narrows
 * @throws FilterError, RequestError for invalid arguments, with their paths
 */
export async function planList(
  context: Context,
  entity: ListedEntity,
  args: ListArgs,
  selectionOf: (typeName: (typeof typeNames)[ListedEntity]) => Selection,
  within?: Within,
): Promise<ListPlan> {
  const window = readWindow(args);
  const usesCustomOrder = args.orderBy?.some((order) => order.customField != null) ?? false;
  const read = requireReadable(await readArgs(context, entity, args, usesCustomOrder, within?.timeZone));
  if (read.definitions) keepDefinitions(context, null, read.definitions);
  const keys = readOrder(args.orderBy ?? [], read.registry);
  const trash = args.trash ?? "EXCLUDE";
  const search = args.search && saysNothing(args.search) ? null : (args.search ?? null);
  const { timeZone } = clockOf(context, args.timeZone, within?.timeZone);
  const binding = lazyBinding(context.viewer.cursorSecret, () =>
    listKey(entity, keys, saidBy(args, read, timeZone), search, trash, within, context.viewer),
  );
  const place = placeOf(binding, window);
  const around = [...(entity === "DEAL" ? [] : [trashWhere[trash]]), ...(within ? [within.where] : [])];
  const { columns, questions, names } = selectionOf(typeNames[entity]);
  const isAlone = search === null && within === undefined && trash === "EXCLUDE" && entity !== "DEAL";
  return {
    model: models[entity],
    keys,
    window,
    columns: selecting([...keys.map(({ column }) => column), ...columns]),
    selection: { columns, questions, names },
    knowsFields: read.definitions !== null,
    binding,
    place,
    readsCursor: place !== null && (names?.has("pageInfo") ?? true),
    firstWithNumber:
      place === null && window.skip === 0 && !window.backwards && names !== null && selectsBoth(names),
    alone: isAlone ? read : null,
    groups: read.groups ?? within?.groups ?? null,
    get list() {
      return `${context.viewer.memberId} ${binding.list}`;
    },
    where: { AND: [...around, read.where] },
    without: (path) => ({ AND: [...around, read.without(path)] }),
  };
}

/** Whether both the rows and `totalCount` are selected. */
const selectsBoth = (names: ReadonlySet<string>): boolean =>
  names.has("totalCount") && (names.has("nodes") || names.has("edges"));

/** The part of a cursor that identifies the filter; a filter that matches everything is the same as no filter. */
const saidBy = ({ filter, query }: ListArgs, { tree }: ReadFilter, timeZone: string) =>
  tree.kind === "all" ? null : [filter, query, timeZone];

const listKey = (
  entity: ListedEntity,
  keys: readonly SortKey[],
  said: unknown,
  search: Search | null,
  trash: TrashMode,
  within: Within | undefined,
  { defaultCountry, weekStart }: Pick<Viewer, "defaultCountry" | "weekStart">,
): string => {
  const parts = [entity, keys, said, search, trash, within?.key];
  // The default country and the first day of the week can change what the filter or search matches.
  const looksFor = said !== null || search !== null || within !== undefined;
  const usual = defaultCountry === null && weekStart === "MONDAY";
  return fingerprint(withoutNulls(looksFor && !usual ? [...parts, defaultCountry, weekStart] : parts));
};

/** Arguments without nulls, which mean the same as omitted ones. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item ?? null));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner == null ? [] : [[key, withoutNulls(inner)]])),
  );
};
