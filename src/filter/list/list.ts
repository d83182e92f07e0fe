import type { GraphQLResolveInfo } from "graphql";
import type { RowsBeside } from "../../db/read/rows-with.ts";
import { keepAnswers } from "../../graphql/ahead.ts";
import { type Connection, lazyConnection } from "../../graphql/connection.ts";
import type { Context } from "../../graphql/context.ts";
import { beyond, cursorValue, Edge, makePage, orderBy } from "../../lib/page.ts";
import { ownTurn } from "../../lib/turn.ts";
import type { Where } from "../compile/compile.ts";
import { countParameters } from "../compile/parameters.ts";
import { countLive } from "./count.ts";
import { hasFew, noteCount } from "./few.ts";
import {
  type ListArgs,
  type ListedEntity,
  type ListPlan,
  planList,
  type Question,
  type Within,
} from "./plan.ts";

/** Lists of contacts, leads and deals: the arguments are read once into a plan, and the plan is executed. */

/** The two methods of a scoped model that a list calls. */
interface Listed<Row> {
  findMany(args: object): Promise<Row[]>;
  count(args: object): Promise<number>;
}

/** Number of values from which on lists of one request are read one after the other. */
const LARGE = 200;

/** An edge, with the OR groups that its row matches; null when the list has none. */
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

/** A connection, with the conditions of its list. */
export interface FilteredConnection<Row extends { readonly id: string }> extends Connection<Row> {
  readonly edges: Promise<FilteredEdge<Row>[]>;
  readonly question: Question;
}

/**
 * A page of contacts, leads or deals. One statement for the rows and one for `totalCount`, each only if selected, or
 * one for both if the list is short; and one for the custom fields and tags that the filter names.
 */
export async function filteredConnection<Row extends { readonly id: string }>(
  context: Context,
  entity: ListedEntity,
  model: Listed<Row>,
  args: ListArgs,
  { info, within }: { readonly info: GraphQLResolveInfo; readonly within?: Within },
): Promise<FilteredConnection<Row>> {
  return execute(context, model, await planList(context, entity, args, info, within));
}

function execute<Row extends { readonly id: string }>(
  context: Context,
  model: Listed<Row>,
  plan: ListPlan,
): FilteredConnection<Row> {
  const { keys, window, place, list } = plan;
  const together = plan.firstWithNumber && hasFew(list);
  let counted: Promise<RowsBeside<Row>> | undefined;
  const countedOnce = () => {
    counted ??= readRows<Row>(context, plan, true);
    return counted;
  };
  // Many large lists of one request would otherwise be read at once.
  const isLarge = countParameters(plan.where) > LARGE;
  const inTurn = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isLarge) await ownTurn();
    return ask();
  };
  const readPage = async () => {
    const { rows } = await inTurn(together ? countedOnce : () => readRows<Row>(context, plan, false));
    const hasCursor = plan.readsCursor && rows[0]?.id === place?.at(-1);
    const beyondIt = hasCursor ? rows.slice(1) : rows.slice(0, window.take + 1);
    const values = (row: Row) => keys.map((key) => cursorValue(row, key));
    const isBehind = async () => hasCursor || (await model.findMany(lookBackArgs(plan))).length > 0;
    const page = makePage(beyondIt, window, plan.binding, values, isBehind);
    const matched = matchedGroups(context, plan, page.edges);
    return { ...page, edges: page.edges.map((edge) => new FilteredEdge(edge, matched)) };
  };
  const totalCount = async () => {
    const total = together
      ? (await inTurn(countedOnce)).total
      : await inTurn(() => countRows(context, model, plan));
    noteCount(list, total);
    return total;
  };
  return Object.assign(lazyConnection(readPage, totalCount), { question: plan });
}

/**
 * The rows of a page with what is asked about them, in one statement.
 *
 * @param counted whether all rows are counted too, for the first page of a short list
 */
async function readRows<Row extends object>(
  context: Context,
  plan: ListPlan,
  counted: boolean,
): Promise<RowsBeside<Row>> {
  const { model, where, columns, keys, window, questions, readsCursor } = plan;
  const found = await context.db.rowsWith(model, counted ? { where, ...columns } : pageArgs(plan), {
    counted: counted ? { order: keys, take: window.take + 1 } : undefined,
    questions,
    upTo: readsCursor ? window.take + 1 : window.take,
  });
  keepAnswers(context, found.rows, questions, found.answers);
  return found as RowsBeside<Row>;
}

/** The rows of the page, and one more row that tells whether there is a next page. */
function pageArgs({ where, keys, window, columns, place, readsCursor }: ListPlan): object {
  const { take, skip, backwards } = window;
  return {
    where: place ? { AND: [where, beyond(keys, place, backwards, readsCursor)] } : where,
    orderBy: orderBy(keys, backwards),
    take: readsCursor ? take + 2 : take + 1,
    ...(skip > 0 && { skip }),
    ...columns,
  };
}

/** A row at the cursor or before it, in the direction of the page; any row without a cursor. */
function lookBackArgs({ where, keys, window, place }: ListPlan): object {
  const back = !window.backwards;
  return {
    where: place ? { AND: [where, beyond(keys, place, back, true)] } : where,
    orderBy: orderBy(keys, back),
    take: 1,
    select: { id: true },
  };
}

const countRows = (context: Context, model: Listed<unknown>, { alone, model: name, where }: ListPlan) =>
  alone && name !== "deal" ? countLive(context, name, { ...alone, where }) : model.count({ where });

/** The groups that each row of a page matches: one statement for all rows, at first use. */
function matchedGroups(
  { db }: Context,
  { model, groups }: ListPlan,
  edges: readonly { readonly node: { readonly id: string } }[],
): (id: string) => Promise<number[]> | null {
  if (groups === null) return () => null;
  let asked: Promise<Map<string, number[]>> | undefined;
  return async (id) => {
    asked ??= db.sets.memberships(
      groups().map((where: Where) => ({ model, where })),
      edges.map(({ node }) => node.id),
    );
    return (await asked).get(id) ?? [];
  };
}
