import type { Catalogue } from "../../db/catalogue.ts";
import type { Db } from "../../db/scoped.ts";
import { RequestError } from "../../errors.ts";
import { decodeId, encodeId } from "../../lib/typeid.ts";
import { leaves, type Node } from "./ast.ts";
import { compile, type Where } from "./compile.ts";
import type { Entity } from "./fields.ts";
import { normalize } from "./normalize.ts";
import { type GenericQuery, Parser, type Problem, type TypedFilter } from "./parse.ts";
import { Registry } from "./registry.ts";
import { type Search, searchWhere } from "./search.ts";

/** What a list can be asked for; everything given is AND-ed. */
export interface FilterArgs {
  readonly filter?: TypedFilter | null | undefined;
  readonly query?: GenericQuery | null | undefined;
  readonly search?: Search | null | undefined;
}

/** A filter read against what an organization has; its `where` means nothing while there are problems. */
export interface ReadFilter {
  readonly where: Where;
  readonly registry: Registry;
  readonly problems: readonly FilterProblem[];
}

export type FilterProblem = Problem | UnknownReference;

/**
 * Both doors to one Prisma `where`. Pure.
 *
 * @param catalogue the custom fields, and the tags that the filter names
 * @param stored whether it is a stored list's: then a tag that no longer exists is a problem, and not a value that
 *   nothing has
 */
export function readFilter(
  entity: Entity,
  { filter, query, search }: FilterArgs,
  { definitions, tags }: Catalogue,
  stored = false,
): ReadFilter {
  const registry = new Registry(entity, definitions);
  const parser = new Parser(registry);
  const nodes: Node[] = [];
  if (filter != null) nodes.push(parser.typed(filter, "filter"));
  if (query != null) nodes.push(parser.generic(query, "query"));
  const tree: Node = { kind: "and", nodes };
  const tagIds = new Map(
    tags.flatMap(
      ({ id, nameKey }) =>
        [
          [nameKey, id],
          [encodeId("Tag", id), id],
        ] as const,
    ),
  );
  const problems = [...parser.problems, ...unknownTags(tree, tagIds, stored)];
  const where = problems.length > 0 ? nothing : compile(normalize(tree), tagIds);
  return {
    where: search == null ? where : { AND: [where, searchWhere(search)] },
    registry,
    problems,
  };
}

/** Prisma forgets an empty OR; nothing is a membership in nothing. */
export const nothing: Where = { id: { in: [] } };

/**
 * Reads a filter with what it needs to know. At most one statement: the custom fields and tags that it may name.
 *
 * @returns the where, the registry by which orders are read too, and the definitions if they had to be read
 * @throws RequestError with every problem of the filter, each with its path
 */
export async function filterWhere(
  db: Db,
  entity: Entity,
  args: FilterArgs,
  needsDefinitions: boolean,
): Promise<{ where: Where; registry: Registry; definitions: Catalogue["definitions"] | null }> {
  const mayName = needsDefinitions || args.filter != null || args.query != null;
  const catalogue: Catalogue = mayName
    ? await db.catalogue(entity, tagNames([args.filter, args.query]))
    : { definitions: [], tags: [] };
  const { where, registry, problems } = readFilter(entity, args, catalogue);
  const [first] = problems;
  if (first) throw new FilterError(first, problems);
  return { where, registry, definitions: mayName ? catalogue.definitions : null };
}

/** A filter is wrong: the first problem speaks, all of them are in `problems`. */
export class FilterError extends RequestError {
  constructor(first: FilterProblem, problems: readonly FilterProblem[]) {
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

type UnknownReference = Omit<Problem, "code"> & { readonly code: "UNKNOWN_REFERENCE" };

/** A tag named by id has to exist here; a name that no tag has matches nothing, unless names have to exist too. */
function unknownTags(tree: Node, tagIds: ReadonlyMap<string, string>, names: boolean): UnknownReference[] {
  return [...leaves(tree)].flatMap(({ field, operands, path }) =>
    field.type !== "tags"
      ? []
      : operands
          .map(String)
          .filter((operand) => (names || decodeId(operand)?.type === "Tag") && !tagIds.has(operand))
          .map((operand) => ({
            code: "UNKNOWN_REFERENCE" as const,
            message: `names no tag: "${operand}"`,
            path,
            suggestions: [],
          })),
  );
}

/** Every text in a filter's input that could name a tag; cheaper than reading the tree twice. */
export function tagNames(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Date || typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(tagNames);
}
