import type { GraphQLResolveInfo } from "graphql";
import type { RowQuestion, RowText } from "../../db/read/row-questions.ts";
import type { RowsBeside } from "../../db/read/rows-with.ts";
import { keepAnswers, questionsOf } from "../../graphql/ahead.ts";
import type { Writing } from "../../graphql/compiled/asked.ts";
import { pagesAsJson } from "../../graphql/compiled/document.ts";
import type { PageWriter } from "../../graphql/compiled/page.ts";
import { type Connection, lazyConnection } from "../../graphql/connection.ts";
import type { Context } from "../../graphql/context.ts";
import { columnsOfPage, selectedNames } from "../../graphql/plan.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { JsonText } from "../../lib/json-text.ts";
import { beyond, cursorValue, cutPage, Edge, makePage, orderBy, sidesOf } from "../../lib/page.ts";
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
  const selectionOf = (typeName: string) => ({
    columns: columnsOfPage(info, typeName),
    questions: questionsOf(info, typeName, "page"),
    names: selectedNames(info),
  });
  const plan = await planList(context, entity, args, selectionOf, within);
  const { keys, window, binding } = plan;
  const questions = plan.selection.questions.filter(
    ({ kind }) => kind !== "definitions" || !plan.knowsFields,
  );
  const reads = execute(context, model, plan, questions, undefined);
  const readPage = async () => {
    const found = await reads.page();
    keepAnswers(context, found.rows, questions, found.answers);
    const values = (row: Row) => keys.map((key) => cursorValue(row, key));
    const page = makePage(reads.beyondCursor(found.rows, found.rows), window, binding, values, () =>
      reads.isBehind(found.rows),
    );
    const matched = matchedGroups(context, plan, page.edges);
    return { ...page, edges: page.edges.map((edge) => new FilteredEdge(edge, matched)) };
  };
  return Object.assign(lazyConnection(readPage, reads.totalCount), { question: plan });
}

/** The same as JSON text. */
export async function filteredText<Row extends { readonly id: string }>(
  writing: Writing,
  entity: ListedEntity,
  model: Listed<Row>,
  args: ListArgs,
  { writer, within }: { readonly writer: PageWriter; readonly within?: Within },
): Promise<JsonText> {
  const { context } = writing;
  const { row, names, asks, shows, counts, signs } = writer;
  const { questions, write } = row.begin(writing);
  const selection = { columns: new Set(row.text.columns), questions, names };
  const plan = await planList(context, entity, args, () => selection, within);
  const { keys, window, binding } = plan;
  const columns = signs || plan.readsCursor ? keys.map(({ column }) => column) : [];
  const reads = execute(context, model, plan, questions, { text: row.text, columns });
  const readPage = async () => {
    const found = await reads.page();
    const read = found.rows.map((place, at) => ({
      place,
      text: found.texts[at] ?? "",
      answers: found.answers[at] ?? [],
    }));
    const cut = cutPage(reads.beyondCursor(read, found.rows), window);
    const sides = sidesOf(cut, window, () => reads.isBehind(found.rows));
    const hasNextPage = asks.has("hasNextPage") && (await sides.hasNextPage());
    const hasPreviousPage = asks.has("hasPreviousPage") && (await sides.hasPreviousPage());
    return { rows: cut.rows, hasNextPage, hasPreviousPage };
  };
  const [page, total] = await Promise.all([
    shows ? readPage() : { rows: [], hasNextPage: false, hasPreviousPage: false },
    counts ? reads.totalCount() : 0,
  ]);
  const json = (each: (typeof page.rows)[number]) => write(each.text, each.answers);
  const cursor = ({ place }: (typeof page.rows)[number]) =>
    encodeCursor(
      binding,
      keys.map((key) => cursorValue(place, key)),
    );
  return new JsonText(writer.write({ ...page, json, cursor }, String(total)));
}

/** Extensions of the field of a list, which can be JSON text. */
export const listAsJson = <Row extends { readonly id: string }>(
  entity: ListedEntity,
  modelOf: (context: Context) => Listed<Row>,
) =>
  pagesAsJson({
    place: [],
    asks: true,
    page: (writing, _parent: unknown, args: ListArgs, writer) =>
      filteredText(writing, entity, modelOf(writing.context), args, { writer }),
  });

/** The statements of a list. Each is sent when it is asked for. */
function execute<Row extends { readonly id: string }>(
  context: Context,
  model: Listed<Row>,
  plan: ListPlan,
  questions: readonly RowQuestion[],
  rowText: RowText | undefined,
) {
  const { window, place, readsCursor } = plan;
  const together = plan.firstWithNumber && hasFew(plan.list);
  const read = (counted: boolean) => readRows<Row>(context, plan, counted, questions, rowText);
  let counted: Promise<RowsBeside<Row>> | undefined;
  const countedOnce = () => {
    counted ??= read(true);
    return counted;
  };
  // Many large lists of one request would otherwise be read at once.
  const isLarge = countParameters(plan.where) > LARGE;
  const inTurn = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isLarge) await ownTurn();
    return ask();
  };
  const hasCursor = (rows: readonly Row[]) => readsCursor && rows[0]?.id === place?.at(-1);
  return {
    page: () => inTurn(together ? countedOnce : () => read(false)),
    /** What was read, without what belongs to the cursor's own row. */
    beyondCursor: <Read>(all: readonly Read[], rows: readonly Row[]): readonly Read[] =>
      hasCursor(rows) ? all.slice(1) : all.slice(0, window.take + 1),
    isBehind: async (rows: readonly Row[]) =>
      hasCursor(rows) || (await model.findMany(lookBackArgs(plan))).length > 0,
    async totalCount() {
      const total = together
        ? (await inTurn(countedOnce)).total
        : await inTurn(() => countRows(context, model, plan));
      noteCount(plan.list, total);
      return total;
    },
  };
}

/**
 * The rows of a page with what is asked about them, in one statement.
 *
 * @param counted whether all rows are counted too, for the first page of a short list
 */
async function readRows<Row extends object>(
  { db }: Context,
  plan: ListPlan,
  counted: boolean,
  questions: readonly RowQuestion[],
  rowText: RowText | undefined,
): Promise<RowsBeside<Row>> {
  const { model, where, columns, keys, window, readsCursor } = plan;
  const found = await db.rowsWith(model, counted ? { where, ...columns } : pageArgs(plan), {
    counted: counted ? { order: keys, take: window.take + 1 } : undefined,
    questions,
    upTo: readsCursor ? window.take + 1 : window.take,
    rowText,
  });
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
