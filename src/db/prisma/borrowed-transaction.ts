import pg from "pg";
import type { Send } from "../open/query.ts";

/** The part of Prisma's client that opens transactions. */
interface Client<Tx> {
  $transaction(
    work: (tx: Tx) => Promise<void>,
    options: { readonly maxWait: number; readonly timeout: number },
  ): Promise<void>;
  $disconnect(): Promise<void>;
}

/** Prisma's client inside of a transaction that is already open. */
export interface BorrowedTransaction<Tx> {
  readonly client: Tx;
  /** Lets Prisma end what it holds for its transaction; the one that is open stays so. */
  giveBack(): Promise<void>;
}

/** Lends connections whose transaction is already open to Prisma. */
export interface Lender<Tx> {
  lend(send: Send): Promise<BorrowedTransaction<Tx>>;
  close(): Promise<void>;
}

const control = /^(BEGIN|COMMIT|ROLLBACK)$/;

/** A pool that has no connections of its own: it gives out the one that is lent. */
class LendingPool extends pg.Pool {
  next: Send | null = null;

  override connect(): never {
    const send = this.next;
    this.next = null;
    if (!send) return Promise.reject(new Error("no connection is lent")) as never;
    const connection = {
      // Beginning and ending are the matter of whoever lends.
      query: async (statement: pg.QueryConfig) =>
        control.test(statement.text) ? { rows: [], fields: [], rowCount: 0 } : send(statement),
      on: () => connection,
      removeListener: () => connection,
      release: () => undefined,
    };
    return Promise.resolve(connection) as never;
  }
}

/** The lender keeps the time: the longest that a timer knows, in milliseconds. */
const MAX = 2 ** 31 - 1;

/**
 * Prisma's transactions cost as much as several statements, and it cannot be told which connection to take. So a
 * client apart is given a pool that has no other connection than the one that is lent, and is asked for one
 * transaction after the other.
 *
 * @param open makes the client, when one is first needed
 */
export function lender<Tx>(open: (pool: pg.Pool) => Client<Tx>): Lender<Tx> {
  const pool = new LendingPool();
  let prisma: Client<Tx> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const begin = async (send: Send): Promise<BorrowedTransaction<Tx>> => {
    prisma ??= open(pool);
    const client = prisma;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    pool.next = send;
    try {
      return await new Promise((resolve, reject) => {
        const whole = client.$transaction(
          (tx) => {
            const giveBack = () => {
              end();
              return whole;
            };
            resolve({ client: tx, giveBack });
            return ended;
          },
          { maxWait: MAX, timeout: MAX },
        );
        whole.catch(reject);
      });
    } finally {
      pool.next = null;
    }
  };

  return {
    lend(send) {
      const lent = turn.then(() => begin(send));
      turn = lent.catch(() => undefined);
      return lent;
    },
    close: async () => {
      await prisma?.$disconnect();
      await pool.end();
    },
  };
}
