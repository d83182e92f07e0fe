import { encodeId } from "../../db/ids.ts";
import type { Catalogue } from "../../db/read/catalogue.ts";
import type { Db } from "../../db/scope/db.ts";
import type { Context } from "../../graphql/context.ts";
import { RequestError } from "../../lib/errors.ts";
import { compile, type Where } from "../compile/compile.ts";
import { countInJson, countParameters } from "../compile/parameters.ts";
import { nothing } from "../compile/parts.ts";
import { type Search, searchWhere } from "../compile/search.ts";
import type { Node, Normal } from "../language/ast.ts";
import { normalize, taking } from "../language/normalize.ts";
import { Parser } from "../language/parse.ts";
import { limitProblem, type Problem } from "../language/problem.ts";
import type { FilterEnvironment, GenericQuery, NamedList, TypedFilter } from "../language/question.ts";
import type { Definition, FilterEntity } from "../registry/fields.ts";
import { Registry } from "../registry/registry.ts";

/** The filter arguments of a list, which are AND-ed. */
export interface FilterArgs {
  readonly filter?: TypedFilter | null | undefined;
  readonly query?: GenericQuery | null | undefined;
  readonly search?: Search | null | undefined;
  /** IANA time zone of relative dates. */
  readonly timeZone?: string | null | undefined;
}

/** The custom fields, tags, members and smart lists that a filter names. */
export interface Named {
  /** Of any entity. */
  readonly definitions: readonly Definition[];
  readonly tags: Catalogue["tags"];
  readonly members: Catalogue["members"];
  readonly lists: readonly NamedList[];
}

/** A filter read for an organization; it matches nothing while there are problems. */
export interface ReadFilter {
  readonly where: Where;
  /** `filter` and `query` together, without the free-text search. */
  readonly tree: Normal;
  /** The condition of each group of `query`, compiled on demand; null without a query. */
  readonly groups: (() => readonly Where[]) | null;
  readonly registry: Registry;
  /** Ids of the tags that the filter names, by folded name and by id. */
  readonly tagIds: ReadonlyMap<string, string>;
  /** Display names of the tags and members that the filter names, by operand. */
  readonly names: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** The same filter with every condition on one field replaced by true. */
  without(path: string): Where;
}

export type ReadOptions = Pick<FilterEnvironment, "clock" | "country" | "restricted"> & {
  readonly stored?: boolean;
  /** Row id of the smart list whose filter is read. */
  readonly listId?: string;
};

/** Most problems of one filter that are reported. */
const MAX_PROBLEMS = 20;

const parametersProblem = (where: unknown, path: string): Problem | null =>
  limitProblem(path, "parameters", countParameters(where)) ??
  limitProblem(path, "inJson", countInJson(where));

/** Compiles both filter forms to one Prisma `where`. Pure. */
export function readFilter(
  entity: FilterEntity,
  { filter, query, search }: FilterArgs,
  { definitions, tags, members, lists }: Named,
  { clock, country, restricted, stored = false, listId }: ReadOptions,
): ReadFilter {
  const registry = Registry.of(entity, definitions);
  const tagIds = new Map(
    tags.flatMap(({ id, nameKey }) => [[nameKey, id] as const, [encodeId("Tag", id), id] as const]),
  );
  const names = new Map([
    ...members.map(({ id, name }) => [id, name] as const),
    ...tags.flatMap(({ id, name, nameKey }) => [
      [nameKey, name] as const,
      [encodeId("Tag", id), name] as const,
    ]),
  ]);
  const environment: FilterEnvironment = {
    clock,
    country,
    restricted,
    stored,
    tagIds,
    memberIds: new Set(members.map(({ id }) => id)),
    lists: new Map(lists.map((list) => [list.id, list])),
  };
  const parser = new Parser(registry, environment, listId === undefined ? [] : [listId]);
  const nodes: Node[] = filter == null ? [] : [parser.typed(filter, "filter")];
  const groups = query == null ? null : parser.groups(query, "query");
  if (groups) nodes.push({ kind: "or", nodes: groups });
  const normal = parser.problems.length > 0 ? null : normalize({ kind: "and", nodes });
  const compiled = normal && compile(normal, tagIds);
  const tooLarge = compiled && parametersProblem(compiled, filter == null ? "query" : "filter");
  const problems = tooLarge ? [tooLarge] : parser.problems.slice(0, MAX_PROBLEMS);
  const read = problems.length === 0 && normal && compiled ? { tree: normal, where: compiled } : null;
  const tree: Normal = read?.tree ?? { kind: "none" };
  const searched = (where: Where): Where =>
    search == null ? where : { AND: [where, searchWhere(search, country)] };
  return {
    where: searched(read?.where ?? nothing),
    tree,
    groups: groups && (() => groups.map((group) => (read ? compile(normalize(group), tagIds) : nothing))),
    registry,
    tagIds,
    names,
    problems,
    without: (path) => searched(compile(taking(tree, path), tagIds)),
  };
}

/** The part of a request's context that reading filters needs. */
export type FilterContext = Pick<Context, "db" | "now" | "viewer">;

/**
 * The clock of a request's relative dates: the caller's time zone, otherwise `fallback`, otherwise the
 * organization's; and the organization's first day of the week.
 */
export const clockOf = (
  { now, viewer }: Pick<FilterContext, "now" | "viewer">,
  timeZone?: string | null,
  fallback?: string | null,
) => ({ now, timeZone: timeZone ?? fallback ?? viewer.timeZone, weekStart: viewer.weekStart });

/**
 * Reads a filter, with at most one statement for the custom fields and tags that it may name, and one more for smart
 * lists if it names any.
 *
 * @param needsDefinitions whether the custom fields are read even without a filter
 * @param fallback time zone that takes precedence over the organization's
 */
export async function readArgs(
  context: FilterContext,
  entity: FilterEntity,
  args: FilterArgs,
  needsDefinitions = false,
  fallback?: string | null,
): Promise<ReadFilter & { readonly definitions: readonly Definition[] | null }> {
  const written = [args.filter, args.query];
  // Checked before the names are looked up.
  const values = [
    args.filter ?? [],
    (args.query?.groups ?? []).map(({ conditions }) => conditions.map(({ value }) => value)),
  ];
  const tooLarge = parametersProblem(values, args.filter == null ? "query" : "filter");
  if (tooLarge) throw new FilterError(tooLarge, [tooLarge]);
  const mayName = needsDefinitions || written.some((part) => part != null);
  const named: Named = mayName
    ? await findNamed(context.db, written)
    : { definitions: [], tags: [], members: [], lists: [] };
  const read = readFilter(entity, args, named, {
    clock: clockOf(context, args.timeZone, fallback),
    country: context.viewer.defaultCountry,
    restricted: context.viewer.dataScope !== "ALL",
  });
  return { ...read, definitions: mayName ? named.definitions : null };
}

/** Looks up what filters name. */
export async function findNamed(db: Db, written: readonly unknown[]): Promise<Named> {
  const lists = mentionsLists(written) ? await findLists(db) : [];
  const catalogue = await db.catalogue(null, textsIn([written, lists.map(({ query }) => query)]));
  return { ...catalogue, lists };
}

/** All smart lists of the organization, since lists can name further lists. */
async function findLists(db: Db): Promise<NamedList[]> {
  const lists = await db.smartList.findMany({
    select: { id: true, name: true, query: true, timeZone: true },
  });
  return lists.map((list) => ({ ...list, query: list.query as unknown as GenericQuery }));
}

const listField = new Set(["inSmartList", "in_smart_list"]);

function mentionsLists(written: unknown): boolean {
  if (typeof written !== "object" || written === null || written instanceof Date) return false;
  return Object.entries(written).some(
    ([key, value]) =>
      key === "inSmartList" ||
      (key === "field" && typeof value === "string" && listField.has(value.split(".").at(-1) ?? "")) ||
      mentionsLists(value),
  );
}

/** All strings in a filter's input, since any of them could name a tag; cheaper than parsing the filter twice. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Date || typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** @throws FilterError with all problems of the filter, each with its path */
export function requireReadable<Read extends ReadFilter>(read: Read): Read {
  const [first] = read.problems;
  if (first) throw new FilterError(first, read.problems);
  return read;
}

/** A filter with problems: the message is the first one, `problems` has all of them. */
class FilterError extends RequestError {
  constructor(first: Problem, problems: readonly Problem[]) {
    super(first.code, `${first.path} ${first.message}`, {
      field: first.path,
      suggestions: first.suggestions,
      problems: problems.map(({ code, path, message, suggestions }) => ({
        code,
        path,
        message,
        suggestions,
      })),
    });
  }
}
