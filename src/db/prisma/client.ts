import type pg from "pg";
import { PrismaClient } from "../../generated/prisma/client.ts";
import type { Send } from "../open/query.ts";
import { adapterFactory } from "./adapter.ts";
import { unreadColumns } from "./rows.ts";
import type { Read, Statement } from "./statement.ts";
import { requireTestedPrisma } from "./tested.ts";

/** The only PrismaClient of a database, and how it uses open transactions. */

export type UnscopedClient = ReturnType<typeof clientOver>;

/** Prisma's client inside a transaction. */
export type TransactionClient = Parameters<Parameters<UnscopedClient["$transaction"]>[0]>[0];

/** Prisma's client in a transaction that was already open. */
export interface BorrowedTransaction {
  readonly client: TransactionClient;
  /** Ends Prisma's own record of the transaction; the transaction stays open. */
  giveBack(): Promise<void>;
}

export interface PrismaOfDatabase {
  readonly prisma: UnscopedClient;
  /**
   * Makes Prisma use an open transaction.
   *
   * @param send sends a statement in the transaction
   */
  borrow(send: Send): Promise<BorrowedTransaction>;
  /**
   * The SQL of a read, without sending it. Statements that Prisma cannot build (counts by value, a set's fingerprint)
   * embed it, so that they cover exactly the rows of a list with the same `where`.
   *
   * @returns for `findMany` one `SELECT` of the columns in `args.select`, and of the keys
   * @throws Error if the read is not one statement, or Prisma refuses the arguments
   */
  statementOf(read: Read): Promise<Statement>;
}

/**
 * Milliseconds: the longest possible timer. Borrowed transactions have their timeout where they were begun, not in
 * Prisma.
 */
const MAX = 2 ** 31 - 1;

/**
 * Marks borrowed transactions, which are the only ones with an isolation level. Prisma's own have the session's
 * default, which is also read committed (see `open/inspect.ts`).
 */
const BORROWED = "ReadCommitted";

/**
 * Prisma over a pool.
 *
 * @throws Error if the version of Prisma is not the tested one
 */
export function prismaOver(pool: pg.Pool): PrismaOfDatabase {
  requireTestedPrisma();
  let next: Send | null = null;
  const prisma = clientOver(pool, () => {
    const send = next;
    next = null;
    return send;
  });

  /** Borrowing is serialized, because Prisma does not say for which call it begins a transaction. */
  let turn: Promise<unknown> = Promise.resolve();

  const begin = async (send: Send): Promise<BorrowedTransaction> => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    next = send;
    try {
      return await new Promise((resolve, reject) => {
        const running = prisma.$transaction(
          (client) => {
            const giveBack = () => {
              end();
              return running;
            };
            resolve({ client, giveBack });
            return ended;
          },
          { maxWait: MAX, timeout: MAX, isolationLevel: BORROWED },
        );
        running.catch(reject);
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
      // Prisma may fail on the empty result, for example of a count. An error matters only if no statement was sent.
      const refused = await call(client, model, operation, args).then(
        () => null,
        (error: unknown) => error,
      );
      await giveBack();
      const [statement, ...others] = sent;
      if (!statement || others.length > 0)
        throw refused ?? new Error("Prisma did not send exactly one statement");
      return statement;
    },
  };
}

type Calls = Readonly<Record<string, Readonly<Record<string, (args: object) => Promise<unknown>>>>>;

const call = async (client: TransactionClient, model: string, operation: string, args: object) =>
  (client as unknown as Calls)[model]?.[operation]?.(args);

/** @param borrowed takes the transaction that Prisma is to use next */
const clientOver = (pool: pg.Pool, borrowed: () => Send | null) =>
  new PrismaClient({
    adapter: adapterFactory(pool, (isolation) => (isolation === undefined ? null : borrowed())),
    omit: unreadColumns,
    transactionOptions: { maxWait: 5_000, timeout: 30_000 },
  });
