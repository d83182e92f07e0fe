import type { TagIds, Where } from "../../filter/compile/compile.ts";
import { type OrderInput, readOrder } from "../../filter/compile/order.ts";
import { nothing } from "../../filter/compile/parts.ts";
import { describe } from "../../filter/explain/describe.ts";
import type { Normal } from "../../filter/language/ast.ts";
import { type Condition, storedCondition } from "../../filter/language/condition.ts";
import type { Problem } from "../../filter/language/problem.ts";
import type { GenericQuery } from "../../filter/language/question.ts";
import { shown } from "../../filter/language/stored.ts";
import { type Named, type ReadOptions, readFilter } from "../../filter/list/filter.service.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import { RequestError } from "../../lib/errors.ts";

/** Reads stored lists: whether they are still valid, and what they mean. Pure. */

/** Version of the form in which queries are stored; those without a version are of the first. */
const QUERY_VERSION = 1;

/** A problem that makes a smart list invalid. */
export type ListProblem = Pick<Problem, "message" | "path"> & { readonly code: string };

export interface ReadList {
  /** Its query as people see it, with tags by their current names. */
  readonly query: GenericQuery;
  /** Matches nothing if there are problems. */
  readonly where: Where;
  readonly tree: Normal;
  readonly tagIds: TagIds;
  /** The condition of each of its groups. */
  readonly groups: () => readonly Where[];
  readonly orderBy: readonly OrderInput[];
  /** Its stored conditions with typed values, also those of an invalid list. */
  readonly conditions: readonly (readonly Condition[])[];
  /** Its meaning as an English sentence; null if there are problems. */
  readonly sentence: string | null;
  readonly problems: readonly ListProblem[];
}

export interface Listed {
  readonly query: unknown;
  readonly order: unknown;
  readonly columns: readonly string[];
}

/**
 * Reads a list with the organization's current fields and tags. A deleted field or tag, or an operator that no longer
 * fits, is a problem.
 *
 * @param named the custom fields, and the tags and lists that the list names
 */
export function readList({ query, order, columns }: Listed, named: Named, options: ReadOptions): ReadList {
  const filter = readFilter("CONTACT", { query: query as GenericQuery }, named, { ...options, stored: true });
  const problems: ListProblem[] = [...filter.problems];
  const { version = 1 } = query as { version?: number };
  if (version > QUERY_VERSION) {
    const message = `has version ${version}, which a newer server has written; this server reads up to ${QUERY_VERSION}`;
    problems.push({ code: "UNKNOWN_QUERY_VERSION", message, path: "query" });
  }
  const orderBy = (order ?? []) as OrderInput[];
  try {
    readOrder(orderBy, filter.registry);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const path = (error.details.field ?? "order").replace(/^orderBy/, "order");
    problems.push({ code: error.code, message: error.message.replace(/^orderBy\S* /, ""), path });
  }
  for (const [at, column] of columns.entries()) {
    if (filter.registry.byName(column)) continue;
    problems.push({
      code: "UNKNOWN_FILTER_FIELD",
      message: `there is no field "${column}"`,
      path: `columns[${at}]`,
    });
  }
  const { registry, tagIds, names } = filter;
  const asShown = shown(query as GenericQuery, registry, named.tags);
  const conditions = asShown.groups.map((group) =>
    group.conditions.map((condition) => storedCondition(condition, registry, tagIds)),
  );
  return problems.length > 0
    ? {
        query: asShown,
        where: nothing,
        tree: { kind: "none" },
        tagIds,
        groups: () => [],
        orderBy: [],
        conditions,
        sentence: null,
        problems,
      }
    : {
        query: asShown,
        where: filter.where,
        tree: filter.tree,
        tagIds,
        groups: filter.groups ?? (() => []),
        orderBy,
        conditions,
        sentence: describe("CONTACT", filter.tree, null, names),
        problems,
      };
}

/** The parts of a stored list. */
export const partsOf = ({ query, order, columns }: Pick<SmartList, keyof Listed>): Listed => ({
  query,
  order,
  columns,
});
