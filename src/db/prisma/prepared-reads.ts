import type pg from "pg";
import { Prisma } from "../../generated/prisma/client.ts";
import { isTransient } from "../faults.ts";
import type { Send } from "../open/query.ts";
import { rowTypes } from "../types.ts";
import type { PrismaOfDatabase } from "./client.ts";
import { columnOf } from "./columns.ts";
import { marked, type ReadArgs, shapeOf } from "./shape.ts";
import type { Read, Statement } from "./statement.ts";
import type { StatementNames } from "./statement-names.ts";
import { steady } from "./steady.ts";
import { parametersOf, type Template, templateOf } from "./template.ts";

/**
 * Prepared reads: the statement that Prisma built for one shape of arguments is kept, and the driver sends it for
 * later calls of that shape. Prisma takes 0.2 to 0.4 ms of CPU for each read, the driver 0.05 to 0.1. A statement is
 * kept only if each value of the call is found unchanged among its parameters.
 */

/** The operations that can be prepared. */
export type ReadOperation = NonNullable<Read["operation"]>;

export interface PreparedReads {
  /**
   * Executes a read with the same result as Prisma.
   *
   * @param ask sends it through Prisma, if it is not prepared
   * @param through sends a prepared read; the pool by default
   */
  read(
    model: string,
    operation: ReadOperation,
    args: ReadArgs,
    ask: () => Promise<unknown>,
    through?: Send,
  ): Promise<unknown>;
  /** The statement of a `findMany`, to be embedded in another one. */
  statement(model: string, args: ReadArgs): Promise<Statement>;
  /**
   * The rows of a `findMany`, with further columns.
   *
   * @param around makes a statement of the one that finds the rows
   * @param through sends it; the pool by default
   */
  rowsAround(
    model: string,
    args: ReadArgs,
    around: (statement: Statement) => Statement,
    through?: Send,
  ): Promise<RowsAround>;
  /** Number of reads since the database was opened, by how they were executed. */
  readonly counts: Readonly<ReadCounts>;
}

interface ReadCounts {
  /** Sent by the driver, from a kept statement. */
  replayed: number;
  /**
   * Executed by Prisma, because the shape was not seen often enough, or its statement could not be built at that
   * moment.
   */
  first: number;
  /** Executed by Prisma, because the shape cannot be prepared; this should be rare. */
  unreplayable: number;
}

/** Rows as the driver returns them. */
interface RowsAround {
  readonly rows: readonly (readonly unknown[])[];
  /** The model's columns of a row, by their Prisma names. */
  read(row: readonly unknown[]): object;
  /** Where a column is in each row. */
  at(column: string): number;
}

/** Most shapes that are kept; a further one replaces the oldest. */
const MOST_SHAPES = 1000;

/**
 * Most values of a prepared shape. Matching values to parameters is quadratic (seconds for ten thousand values), and
 * long lists rarely repeat, since each length is a shape of its own.
 */
const MOST_VALUES = 600;

interface Prepared {
  /** How often the shape was seen before its statement was kept. */
  times: number;
  /** Undefined until it is built, null if the shape cannot be prepared. */
  template: Template | null | undefined;
  /** The template whose plan is kept, if that is safe. */
  steady: Template | null;
}

/** @param after how many times Prisma executes a shape before its statement is kept */
export function preparedReads(
  {
    pool,
    statementName,
    statementOf,
  }: { readonly pool: pg.Pool; readonly statementName: StatementNames } & Pick<
    PrismaOfDatabase,
    "statementOf"
  >,
  after = 1,
): PreparedReads {
  const counts: ReadCounts = { replayed: 0, first: 0, unreplayable: 0 };
  const shapes = new Map<string, Prepared>();
  const entryOf = (key: string): Prepared => {
    const known = shapes.get(key);
    if (known) return known;
    const prepared: Prepared = { times: 0, template: undefined, steady: null };
    shapes.set(key, prepared);
    const [oldest] = shapes.keys();
    if (shapes.size > MOST_SHAPES && oldest !== undefined) shapes.delete(oldest);
    return prepared;
  };

  /**
   * Null until the shape was seen often enough and its statement was built, or if it cannot be prepared.
   *
   * @param embedded whether it goes into another statement, and so is the same text from the first time on
   */
  const preparedStatement = async (
    model: string,
    operation: ReadOperation,
    args: ReadArgs,
    embedded = false,
  ): Promise<(Statement & { readonly genericPlanSafe: boolean }) | null> => {
    const shape = shapeOf(args);
    if (!shape || shape.values.length > MOST_VALUES) {
      counts.unreplayable += 1;
      return null;
    }
    const prepared = entryOf(`${model} ${operation} ${shape.key}`);
    if (prepared.template === undefined) {
      prepared.times += 1;
      const made =
        prepared.times > after ? await makeTemplate(statementOf, { model, operation, args }) : undefined;
      if (made === undefined) {
        counts.first += 1;
        return null;
      }
      prepared.template = made;
      prepared.steady = made && shape.genericPlanSafe ? steady(made) : made;
    }
    const template = embedded ? prepared.template : prepared.steady;
    const { genericPlanSafe, values } = shape;
    counts[template ? "replayed" : "unreplayable"] += 1;
    return template && { text: template.text, values: parametersOf(template, values), genericPlanSafe };
  };

  const throughPool: Send = (statement) => pool.query(statement);

  const send = (through: Send, { text, values }: Statement, name?: string): Promise<pg.QueryArrayResult> => {
    const statement: pg.QueryArrayConfig = {
      name,
      text,
      values: [...values],
      rowMode: "array",
      types: rowTypes,
    };
    return through(statement);
  };

  const statement = async (model: string, args: ReadArgs, embedded = true) =>
    (await preparedStatement(model, "findMany", args, embedded)) ?? {
      ...(await statementOf({ model, args })),
      genericPlanSafe: false,
    };

  return {
    counts,
    statement: (model, args) => statement(model, args),
    async read(model, operation, args, ask, through = throughPool) {
      const prepared = await preparedStatement(model, operation, args);
      if (!prepared) return ask();
      const { rows, fields } = await send(
        through,
        prepared,
        prepared.genericPlanSafe ? statementName(prepared.text) : undefined,
      );
      if (operation === "count") return Number(rows[0]?.[0]);
      const read = reader(fields, args.select);
      return operation === "findMany" ? rows.map(read) : rows[0] ? read(rows[0]) : null;
    },
    async rowsAround(model, args, around, through = throughPool) {
      const found = await statement(model, args, false);
      const made = around(found);
      const { rows, fields } = await send(
        through,
        made,
        found.genericPlanSafe ? statementName(made.text) : undefined,
      );
      return {
        rows,
        read: reader(fields, args.select),
        at: (column) => fields.findIndex(({ name }) => name === column),
      };
    },
  };
}

/**
 * @returns null if the statement does not show where each value goes; undefined if it could not be built for a
 *   temporary reason
 */
async function makeTemplate(
  statementOf: PrismaOfDatabase["statementOf"],
  { args, ...read }: Read & { readonly args: ReadArgs },
): Promise<Template | null | undefined> {
  const { args: others, markers } = marked(args);
  return statementOf({ ...read, args: others }).then(
    (statement) => templateOf(statement, markers),
    // A value's type is not always visible (an enum's looks like text); Prisma then refuses the marker.
    (error: unknown) => (isTransient(error) ? undefined : null),
  );
}

/** Prisma names of columns. */
const columnNames = new Map(
  Object.entries(Prisma)
    .filter(([name]) => name.endsWith("ScalarFieldEnum"))
    .flatMap(([, names]) => Object.keys(names as object).map((name) => [columnOf(name), name])),
);

/** Converts rows to objects. Prisma's statements also select the keys, which are removed unless they were requested. */
function reader(columns: readonly { readonly name: string }[], select: object | undefined) {
  const names = columns.map(({ name: column }) => {
    const name = columnNames.get(column);
    return name === undefined || (select !== undefined && !Object.hasOwn(select, name)) ? null : name;
  });
  return (row: readonly unknown[]): object => {
    const made: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (name != null) made[name] = row[at];
    }
    return made;
  };
}
