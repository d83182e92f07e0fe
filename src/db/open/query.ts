import type { QueryConfig, QueryResult } from "pg";
import { isBroken } from "../faults.ts";
import type { StatementNames } from "../prisma/statement-names.ts";
import type { Turn } from "../turn.ts";
import { takeConnection, takeWorking } from "./connections.ts";
import type { LanePool } from "./lane-pool.ts";

/**
 * Sends one statement, through the pool or on a transaction's connection.
 *
 * @param since a moment of `performance.now()`: only a connection that has worked since then is used. Not for
 *   transactions, which have one connection.
 */
export type Send = (statement: QueryConfig, since?: number) => Promise<QueryResult>;

/** Sends one statement of the data layer and returns its rows, through the pool or inside a transaction. */
export type Query = <Row>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Sends each statement through the pool, on the connection that is free when its turn comes. */
export const poolSend =
  (pool: LanePool, turn: Turn): Send =>
  async (statement, since) => {
    const { client, giveBack } = await takeFor(pool, turn, since);
    let sound = false;
    try {
      const result = await client.query(statement);
      sound = true;
      return result;
    } finally {
      giveBack(sound);
    }
  };

/** Takes a connection for one statement, as described at `Send`. */
export const takeFor = (pool: LanePool, turn: Turn, since: number | undefined) =>
  since === undefined ? takeConnection(pool, turn) : takeWorking(pool, turn, since);

/** Number of reads that were sent again. */
export interface ReadsAgain {
  count: number;
}

/** Milliseconds after which a read that breaks is not sent again: its caller has waited long enough. */
const TOO_LATE = 10_000;

/**
 * Sends reads. A read that breaks with its connection is sent once more on another one, without the name of its kept
 * plan. Never used for writes: a write may have succeeded although its answer was lost.
 */
export const sendingReads =
  (send: Send, again: ReadsAgain): Send =>
  (statement) => {
    const begun = performance.now();
    return send(statement).catch((error: unknown) => {
      const broken = performance.now();
      if (!isBroken(error) || broken - begun > TOO_LATE) throw error;
      again.count += 1;
      const { name: _, ...unnamed } = statement;
      return send(unnamed, broken);
    });
  };

/** @param nameOf names the statements, so that their plans are kept; the number of texts must then be bounded */
export const queryOf =
  (send: Send, nameOf: StatementNames = () => undefined): Query =>
  async <Row>(text: string, values: readonly unknown[]) =>
    (await send({ name: nameOf(text), text, values: [...values] })).rows as Row[];
