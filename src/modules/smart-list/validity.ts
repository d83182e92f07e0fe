import type { Catalogue } from "../../db/catalogue.ts";
import { RequestError } from "../../errors.ts";
import type { SmartList } from "../../generated/prisma/client.ts";
import type { Where } from "../filter/compile.ts";
import { type FilterProblem, nothing, readFilter } from "../filter/filter.service.ts";
import { type OrderInput, readOrder } from "../filter/list.ts";
import type { GenericQuery } from "../filter/parse.ts";

/** Whether a stored list can still be read, and what it then means. Pure. */

/** Something that keeps a list from being read. */
export type ListProblem = Pick<FilterProblem, "message" | "path"> & { readonly code: string };

export interface ReadList {
  /** Matches nothing while there are problems. */
  readonly where: Where;
  readonly orderBy: readonly OrderInput[];
  readonly problems: readonly ListProblem[];
}

export interface Listed {
  readonly query: unknown;
  readonly order: unknown;
  readonly columns: readonly string[];
}

/**
 * Reads a list against what the organization has: a field or tag that has gone, or an operator that no longer fits,
 * is a problem.
 *
 * @param catalogue the custom fields, and the tags that the list names
 */
export function readList({ query, order, columns }: Listed, catalogue: Catalogue): ReadList {
  const filter = readFilter("CONTACT", { query: query as GenericQuery }, catalogue, true);
  const problems: ListProblem[] = [...filter.problems];
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
      message: `names no field: "${column}"`,
      path: `columns[${at}]`,
    });
  }
  return problems.length > 0
    ? { where: nothing, orderBy: [], problems }
    : { where: filter.where, orderBy, problems };
}

/** A stored list in the terms of its parts. */
export const partsOf = ({ query, order, columns }: SmartList): Listed => ({ query, order, columns });
