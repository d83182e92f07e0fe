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

/**
 * Both doors to one Prisma `where`. At most one statement: the custom fields and tags that the filter may name.
 *
 * @returns the where, the registry by which orders are read too, and the definitions if they had to be read
 * @throws RequestError with every problem of the filter, each with its path
 */
export async function filterWhere(
  db: Db,
  entity: Entity,
  { filter, query, search }: FilterArgs,
  needsDefinitions: boolean,
): Promise<{ where: Where; registry: Registry; definitions: Catalogue["definitions"] | null }> {
  const mayName = needsDefinitions || filter != null || query != null;
  const names = tagNames([filter, query]);
  const catalogue: Catalogue = mayName ? await db.catalogue(entity, names) : { definitions: [], tags: [] };
  const registry = new Registry(entity, catalogue.definitions);
  const parser = new Parser(registry);
  const nodes: Node[] = [];
  if (filter != null) nodes.push(parser.typed(filter, "filter"));
  if (query != null) nodes.push(parser.generic(query, "query"));
  const tree: Node = { kind: "and", nodes };

  const tagIds = new Map(
    catalogue.tags.flatMap(
      ({ id, nameKey }) =>
        [
          [nameKey, id],
          [encodeId("Tag", id), id],
        ] as const,
    ),
  );
  const problems = [...parser.problems, ...unknownTags(tree, tagIds)];
  const [first] = problems;
  if (first) throw new FilterError(first, problems);
  const where = compile(normalize(tree), tagIds);
  return {
    where: search == null ? where : { AND: [where, searchWhere(search)] },
    registry,
    definitions: mayName ? catalogue.definitions : null,
  };
}

/** A filter is wrong: the first problem speaks, all of them are in `problems`. */
export class FilterError extends RequestError {
  constructor(first: Problem | UnknownReference, problems: readonly (Problem | UnknownReference)[]) {
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

/** A tag named by id has to exist here; a name that no tag has is a value that matches nothing. */
function unknownTags(tree: Node, tagIds: ReadonlyMap<string, string>): UnknownReference[] {
  return [...leaves(tree)].flatMap(({ field, operands, path }) =>
    field.type !== "tags"
      ? []
      : operands
          .map(String)
          .filter((operand) => decodeId(operand)?.type === "Tag" && !tagIds.has(operand))
          .map((operand) => ({
            code: "UNKNOWN_REFERENCE" as const,
            message: `names no tag: "${operand}"`,
            path,
            suggestions: [],
          })),
  );
}

/** Every text in a filter's input that could name a tag; cheaper than reading the tree twice. */
function tagNames(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Date || typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(tagNames);
}
