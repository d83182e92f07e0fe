import type pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import type { Send } from "../open/query.ts";
import { adapterFactory } from "./adapter.ts";
import { unreadColumns } from "./rows.ts";
import type { Read, Statement } from "./statement.ts";
import { requireTestedPrisma } from "./tested.ts";

/** The one client of Prisma that a database has, and what it is lent to. */

export type UnscopedClient = ReturnType<typeof clientOver>;

/** Prisma's client inside of a transaction. */
export type TransactionClient = Parameters<Parameters<UnscopedClient["$transaction"]>[0]>[0];

/** Prisma's client inside of a transaction that is open already. */
export interface BorrowedTransaction {
  readonly client: TransactionClient;
  /** Lets Prisma end what it keeps for its transaction; the one that is open stays so. */
  giveBack(): Promise<void>;
}

export interface PrismaOfDatabase {
  readonly prisma: UnscopedClient;
  /** Prisma in a transaction that is open already. @param send sends a statement in it */
  borrow(send: Send): Promise<BorrowedTransaction>;
  /**
   * The SQL of a read, without sending it: so that what Prisma cannot say (counts by value, a set's fingerprint) is
   * asked about exactly the rows that a list shows, from the same `where`.
   *
   * @returns for `findMany` one `SELECT` of the columns that `args.select` names, and of the keys
   * @throws Error when the read is not one statement, or when Prisma refuses the arguments
   */
  statementOf(read: Read): Promise<Statement>;
}

/** Whoever has begun the transaction keeps the time: the longest that a timer knows, in milliseconds. */
const MAX = 2 ** 31 - 1;

/** Told by borrowed transactions alone: Prisma's own say no level, and have the session's, which is the same. */
const BORROWED = "ReadCommitted";

/** @throws Error when Prisma is not the version that was tested */
export function prismaOver(pool: pg.Pool): PrismaOfDatabase {
  requireTestedPrisma();
  let next: Send | null = null;
  const prisma = clientOver(pool, () => {
    const send = next;
    next = null;
    return send;
  });

  /** One begins after the other: Prisma does not say for which call it begins a transaction. */
  let turn: Promise<unknown> = Promise.resolve();

  const begin = async (send: Send): Promise<BorrowedTransaction> => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    next = send;
    try {
      return await new Promise((resolve, reject) => {
        const whole = prisma.$transaction(
          (client) => {
            const giveBack = () => {
              end();
              return whole;
            };
            resolve({ client, giveBack });
            return ended;
          },
          { maxWait: MAX, timeout: MAX, isolationLevel: BORROWED },
        );
        whole.catch(reject);
      });
    } finally {
      next = null;
    }
  };

  const borrow = (send: Send): Promise<BorrowedTransaction> => {
    const borrowed = turn.then(() => begin(send));
    turn = borrowed.catch(() => undefined);
    return borrowed;
  };

  return {
    prisma,
    borrow,
    async statementOf({ model, operation = "findMany", args }) {
      const sent: Statement[] = [];
      const { client, giveBack } = await borrow(async ({ text, values = [] }) => {
        sent.push({ text, values });
        return { rows: [], fields: [], rowCount: 0, command: "", oid: 0 };
      });
      // A count of no rows cannot be read; what was refused before it was sent is told below.
      const refused = await call(client, model, operation, args).then(
        () => null,
        (error: unknown) => error,
      );
      await giveBack();
      const [statement, ...others] = sent;
      if (!statement || others.length > 0) throw refused ?? new Error("a read was not one statement");
      return statement;
    },
  };
}

type Calls = Readonly<Record<string, Readonly<Record<string, (args: object) => Promise<unknown>>>>>;

const call = async (client: TransactionClient, model: string, operation: string, args: object) =>
  (client as unknown as Calls)[model]?.[operation]?.(args);

/** @param borrowed the connection of the transaction that is to be borrowed next */
const clientOver = (pool: pg.Pool, borrowed: () => Send | null) =>
  new PrismaClient({
    adapter: adapterFactory(pool, (isolation) => (isolation === undefined ? null : borrowed())),
    omit: unreadColumns,
    transactionOptions: { maxWait: 5_000, timeout: 30_000 },
  });
