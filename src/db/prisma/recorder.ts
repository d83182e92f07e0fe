import pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import { MomentPg } from "./adapter.ts";
import { unreadColumns } from "./rows.ts";

/** A statement with its parameters, which stand in the text as `$1`, `$2` and so on. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A pool that sends nothing: it notes what it is given and answers that there are no rows. */
class Recorder extends pg.Pool {
  readonly statements: Statement[] = [];

  override query(...args: unknown[]): never {
    const [{ text, values = [] }] = args as [{ text: string; values?: unknown[] }];
    this.statements.push({ text, values });
    return Promise.resolve({ rows: [], fields: [], rowCount: 0 }) as never;
  }
}

const recorder = new Recorder();
let prisma: object | undefined;

/** Made when it is first needed: most of what it costs is loading the engine. */
function clientOf(): Readonly<Record<string, Readonly<Record<string, (args: object) => Promise<unknown>>>>> {
  prisma ??= new PrismaClient({ adapter: new MomentPg(recorder), omit: unreadColumns });
  return prisma as ReturnType<typeof clientOf>;
}

/** A read that Prisma could do, with arguments that `scope` has confined. */
export interface Read {
  /** Prisma's name of the delegate, such as `contact`. */
  readonly model: string;
  readonly operation?: "findMany" | "findFirst" | "count";
  readonly args: object;
}

/** One after the other: the engine does not say which call a statement is for. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * The SQL of a read, without sending it: so that what Prisma cannot say (counts by value, a set's fingerprint) is
 * asked about exactly the rows that a list shows, from the same `where`.
 *
 * @returns for `findMany` one `SELECT` of the columns that `args.select` names, and of the keys
 * @throws Error when the read is not one statement, or when Prisma refuses the arguments
 */
export function statementOf({ model, operation = "findMany", args }: Read): Promise<Statement> {
  const recording = turn.then(async () => {
    recorder.statements.length = 0;
    // A count of no rows cannot be read; what was refused before it was sent is told below.
    const refused = await clientOf()
      [model]?.[operation]?.(args)
      .then(
        () => null,
        (error: unknown) => error,
      );
    const [statement, ...others] = recorder.statements;
    if (!statement || others.length > 0) throw refused ?? new Error("a read was not one statement");
    return statement;
  });
  turn = recording.catch(() => undefined);
  return recording;
}

/** The same statement with its parameters counted from another number, to stand beside others in one text. */
export const shifted = ({ text }: Statement, by: number): string =>
  text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + by}`);
