import { endTransaction, takeConnection } from "../open/connections.ts";
import type { LanePool } from "../open/lane-pool.ts";
import type { Send } from "../open/query.ts";
import type { BorrowedTransaction, PrismaOfDatabase, TransactionClient } from "../prisma/client.ts";
import type { Turn } from "../turn.ts";

/** A transaction on a connection of its own. */
export interface Transaction {
  readonly send: Send;
  /** Prisma's client in this transaction, borrowed on first use, because most writes need none. */
  prisma(): Promise<TransactionClient>;
}

/** A transaction exceeded its timeout. The code is the one that Prisma uses for this. */
class TransactionExpired extends Error {
  override readonly name = "TransactionExpired";
  readonly code = "P2028";
}

/**
 * Runs work in one transaction; a throw rolls all of it back.
 *
 * @param turn the request's or job's turn for a connection
 * @param timeout milliseconds after which the transaction is rolled back, whatever the work does
 */
export async function inTransaction<Result>(
  { pool, borrow }: { readonly pool: LanePool } & Pick<PrismaOfDatabase, "borrow">,
  turn: Turn,
  work: (transaction: Transaction) => Promise<Result>,
  timeout: number,
): Promise<Result> {
  const connection = await takeConnection(pool, turn);
  const { client } = connection;
  let over = false;
  const send: Send = (statement) =>
    over ? Promise.reject(new TransactionExpired("the transaction is over")) : client.query(statement);
  let borrowed: Promise<BorrowedTransaction> | undefined;
  const transaction: Transaction = {
    send,
    async prisma() {
      borrowed ??= borrow(send);
      return (await borrowed).client;
    },
  };
  const end = async (how: "COMMIT" | "ROLLBACK", cause?: unknown) => {
    over = true;
    clearTimeout(timer);
    await endTransaction(connection, how, cause);
  };
  const timer = setTimeout(() => void end("ROLLBACK").catch(ignore), timeout);
  try {
    // Not awaited: the driver queues the first statement after it. If BEGIN fails, that statement fails too.
    void client.query("BEGIN").catch(ignore);
    const result = await work(transaction);
    if (over) throw new TransactionExpired(`the transaction took longer than ${timeout} ms`);
    await end("COMMIT");
    return result;
  } catch (error) {
    if (!over) await end("ROLLBACK", error).catch(ignore);
    throw error;
  } finally {
    void borrowed?.then(({ giveBack }) => giveBack()).catch(ignore);
  }
}

const ignore = () => undefined;
