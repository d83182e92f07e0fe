import { decodeId } from "../../db/ids.ts";
import type { GenericQuery } from "../../filter/language/question.ts";
import { asStored } from "../../filter/language/stored.ts";
import { findNamed } from "../../filter/list/filter.service.ts";
import { Registry } from "../../filter/registry/registry.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { type Refusal, RefusalError, refusal, refuse } from "../../lib/errors.ts";
import { ownTurn } from "../../lib/turn.ts";
import { readInput } from "../../records/inputs.ts";
import { inUse, listsNaming, lockLists } from "../../records/stored-lists.ts";
import { checkVersion } from "../../records/version.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import type { Columns } from "../../records/write/rows.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { ListCreate, type ListInput, ListReplace, ListUpdate } from "./smart-list.inputs.ts";
import { readList } from "./validity.ts";

/** Maximum number of lists of an organization. */
const MAX_LISTS = 200;

const inOrder = [{ position: "asc" as const }, { id: "asc" as const }];

/**
 * Saves a new list after the others.
 *
 * @throws RefusalError INVALID_FILTER with every problem of its query and order, each with its path
 */
export function createList(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<SmartList> {
  const input = readInput(ListCreate, raw);
  return write(
    caller,
    async (writer) => {
      await bumpSet(writer);
      const lists = await writer.tx.smartList.findMany({ select: { position: true } });
      const position = Math.max(-1, ...lists.map((list) => list.position)) + 1;
      if (lists.length >= MAX_LISTS) {
        throw refuse("LIMIT_REACHED", ["input"], `the limit of ${MAX_LISTS} lists is reached`);
      }
      const toStored = await checkLists(writer, [{ path: ["input"], input, before: null, id: null }]);
      return writer.insert("smartList", { ...columnsOf(input, toStored), position });
    },
    {
      repeatable: repeatable("smartList", "smartListCreate", raw, idempotencyKey),
    },
  );
}

/** Changes a list, or moves it to another position. */
export function updateList(
  caller: Caller,
  id: string,
  raw: unknown,
  expectedVersion?: number | null,
): Promise<SmartList> {
  const { position, ...input } = readInput(ListUpdate, raw);
  return write(caller, async (writer) => {
    await bumpSet(writer);
    const before = await findList(writer, id);
    checkVersion(before, expectedVersion, "SmartList");
    const toStored = await checkLists(writer, [{ path: ["input"], input, before, id: before.id }]);
    const row = await writer.update("smartList", before, columnsOf(input, toStored));
    if (position == null) return row;
    const all = await writer.tx.smartList.findMany({ orderBy: inOrder });
    const order = all.filter((list) => list.id !== row.id);
    order.splice(Math.min(position, order.length), 0, row);
    return (await putInOrder(writer, order)).find((list) => list.id === row.id) ?? row;
  });
}

/**
 * Deletes a list.
 *
 * @returns the list as it was
 * @throws RefusalError FIELD_IN_USE if other lists name it
 */
export function deleteList(caller: Caller, id: string): Promise<SmartList> {
  return write(caller, async (writer) => {
    await bumpSet(writer);
    const before = await findList(writer, id);
    const others = (await lockLists(writer)).filter((list) => list.id !== before.id);
    const found = inUse(listsNaming(others, before.id), ["id"], "the list");
    if (found.length > 0) throw new RefusalError(found);
    await writer.tx.smartList.deleteMany({ where: { id: before.id } });
    writer.trail.note("DELETED", "SmartList", [before.id]);
    return before;
  });
}

export interface ReplacedLists {
  readonly lists: readonly SmartList[];
  /** The new version of the set. */
  readonly version: number;
}

/**
 * Replaces the organization's lists by the given ones: lists with an id are changed, lists without one are created, all
 * others are deleted. Everything happens in one transaction, and only for a caller who has seen the current set.
 *
 * @param expectedVersion the version of the set that the caller has seen
 * @throws RefusalError VERSION_CONFLICT if the set has changed since; INVALID_FILTER with every problem of a list
 */
export function replaceLists(
  caller: Caller,
  raw: unknown,
  expectedVersion: number,
  idempotencyKey?: IdempotencyKey,
): Promise<ReplacedLists> {
  const inputs = readInput(ListReplace, raw);
  return write(
    caller,
    async (writer) => {
      const version = await bumpSet(writer, expectedVersion);
      const existing = new Map((await writer.tx.smartList.findMany({})).map((list) => [list.id, list]));
      const found: Refusal[] = [];
      const befores = inputs.map(({ id }, at) => {
        if (id == null) return null;
        const path = ["input", String(at), "id"];
        const decoded = decodeId(id);
        const before = decoded?.type === "SmartList" ? existing.get(decoded.uuid) : undefined;
        if (before) existing.delete(before.id);
        else if (inputs.findIndex((input) => input.id === id) < at) {
          found.push(refusal("INVALID_VALUE", path, "names a list twice"));
        } else found.push(refusal("NOT_FOUND", path, "there is no such smart list"));
        return before ?? null;
      });
      if (found.length > 0) throw new RefusalError(found);
      const toStored = await checkLists(
        writer,
        inputs.map((input, at) => ({
          path: ["input", String(at)],
          input,
          before: null,
          id: befores[at]?.id ?? null,
        })),
        true,
      );
      await writer.tx.smartList.deleteMany({ where: { id: { in: [...existing.keys()] } } });
      writer.trail.note("DELETED", "SmartList", existing.keys());
      const lists: SmartList[] = [];
      for (const [position, input] of inputs.entries()) {
        const before = befores[position] ?? null;
        const columns = {
          timeZone: null,
          ...columnsOf({ order: [], columns: [], ...input }, toStored),
          position,
        };
        lists.push(
          before === null
            ? await writer.insert("smartList", columns)
            : await writer.update("smartList", before, columns),
        );
      }
      return { lists, version };
    },
    {
      repeatable: {
        key: idempotencyKey,
        operation: "smartListsReplace",
        args: [raw, expectedVersion],
        records: ({ lists }) => ({ smartList: lists }),
      },
    },
  );
}

/** The version of the organization's set of lists; 0 if there has never been one. */
export const setVersion = async ({ db }: Pick<Caller, "db">): Promise<number> =>
  (await db.smartListSet.findFirst({}))?.version ?? 0;

/** Increments the version of the set, and locks out every other change of it until the transaction ends. */
async function bumpSet({ tx }: Writer, expected?: number): Promise<number> {
  await tx.smartListSet.createMany({ data: [{ orgId: tx.orgId }], skipDuplicates: true });
  const [set] = await tx.smartListSet.updateManyAndReturn({ data: { version: { increment: 1 } } });
  const version = set?.version ?? 1;
  if (expected !== undefined && expected !== version - 1) {
    throw new RefusalError([
      {
        kind: "versionConflict",
        code: "VERSION_CONFLICT",
        path: ["expectedVersion"],
        message: `someone changed the smart lists: their version is ${version - 1}, you expected ${expected}`,
        type: "SmartList",
        currentId: null,
        currentVersion: version - 1,
      },
    ]);
  }
  return version;
}

async function findList({ tx }: Writer, id: string): Promise<SmartList> {
  const decoded = decodeId(id);
  const list =
    decoded?.type === "SmartList" ? await tx.smartList.findFirst({ where: { id: decoded.uuid } }) : null;
  if (!list) throw refuse("NOT_FOUND", ["id"], "there is no such smart list");
  return list;
}

async function putInOrder(writer: Writer, order: readonly SmartList[]): Promise<SmartList[]> {
  const rows: SmartList[] = [];
  for (const [position, list] of order.entries()) {
    rows.push(await writer.update("smartList", list, { position }));
  }
  return rows;
}

interface Checked {
  readonly path: readonly string[];
  readonly input: ListInput;
  /** The list before the change; null if the input has all of its parts. */
  readonly before: SmartList | null;
  readonly id: string | null;
}

/**
 * Refuses all problems of all lists. Parts that an update omits are not checked, so that an invalid list can still be
 * renamed and moved.
 *
 * @param whole whether these will be all lists of the organization
 * @returns a function that converts a query to its stored form
 */
async function checkLists(
  { tx, caller }: Writer,
  lists: readonly Checked[],
  whole = false,
): Promise<(query: GenericQuery) => GenericQuery> {
  const parts = lists.map(({ path, input, before, id }) => {
    const query = input.query ?? before?.query ?? { groups: [] };
    const order = input.order === undefined ? (before?.order ?? []) : (input.order ?? []);
    const columns = input.columns === undefined ? (before?.columns ?? []) : (input.columns ?? []);
    const sent = Object.entries({ query: input.query, order: input.order, columns: input.columns });
    const checked = sent.flatMap(([name, value]) => (before === null || value !== undefined ? [name] : []));
    const named = { id: id ?? "", name: input.name ?? before?.name ?? "", query: query as GenericQuery };
    return { path, list: { query, order, columns }, checked, id, named: { ...named, timeZone: null } };
  });
  const found = await findNamed(
    tx,
    parts.map(({ list }) => list.query),
  );
  const written = parts.filter(({ id }) => id !== null).map(({ named }) => named);
  const others = found.lists.filter((list) => !written.some(({ id }) => id === list.id));
  const known = { ...found, lists: whole ? written : [...others, ...written] };
  // Whether a list is valid does not depend on the time and the time zone.
  const clock = { now: caller.now, timeZone: "UTC", weekStart: "MONDAY" } as const;
  const refusals: Refusal[] = [];
  for (const [at, { path, list, checked, id }] of parts.entries()) {
    if (at % TURN === TURN - 1) await ownTurn();
    const options = { clock, country: null, restricted: false, ...(id !== null && { listId: id }) };
    for (const { code, message, path: within } of readList(list, known, options).problems) {
      const place = within.split(/[.[\]]+/).filter(Boolean);
      if (!checked.includes(place[0] ?? "")) continue;
      refusals.push(
        refusal(code === "CIRCULAR_LIST" ? code : "INVALID_FILTER", [...path, ...place], message),
      );
    }
  }
  if (refusals.length > 0) throw new RefusalError(refusals);
  const registry = new Registry("CONTACT", found.definitions);
  return (query) => asStored(query, registry, found.tags);
}

/** Number of lists that are read before the event loop turns. */
const TURN = 20;

/** The columns that an input sets; omitted ones are undefined. */
const columnsOf = (
  { name, query, order, columns, timeZone }: ListInput,
  toStored: (query: GenericQuery) => GenericQuery,
): Columns<SmartList> => ({
  name,
  query: query && toStored(query),
  order: order === null ? [] : order,
  columns: columns === null ? [] : columns,
  timeZone,
});
