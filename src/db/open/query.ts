import type { QueryConfig, QueryResult } from "pg";
import { isBroken } from "../faults.ts";
import type { StatementNames } from "../prisma/statement-names.ts";
import type { Turn } from "../turn.ts";
import { takeConnection, takeWorking } from "./connections.ts";
import type { LanePool } from "./lane-pool.ts";

/**
 * Sends one statement: through the pool, or on a transaction's connection.
 *
 * @param since only on a connection that has worked since this moment of `performance.now()`; a transaction has one
 */
export type Send = (statement: QueryConfig, since?: number) => Promise<QueryResult>;

/** Sends one statement of the data layer's own and gives its rows: through the pool, or inside a transaction. */
export type Query = <Row>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Sends each statement through the pool, on whichever connection is free when its turn has come. */
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

/** Takes a connection for one statement, as `Send` says. */
export const takeFor = (pool: LanePool, turn: Turn, since: number | undefined) =>
  since === undefined ? takeConnection(pool, turn) : takeWorking(pool, turn, since);

/** How many reads were sent once more. */
export interface ReadsAgain {
  count: number;
}

/** Milliseconds after which a read that breaks is not sent once more: its caller has waited for long enough. */
const TOO_LATE = 10_000;

/**
 * Sends reads, and what of them breaks with its connection once more on another one: never twice, and without the name
 * of a kept plan. Nothing that writes may be sent so, since its answer alone may have been lost.
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

/** @param nameOf names the statements, so that their plans are kept; there must be a bounded number of texts then */
export const queryOf =
  (send: Send, nameOf: StatementNames = () => undefined): Query =>
  async <Row>(text: string, values: readonly unknown[]) =>
    (await send({ name: nameOf(text), text, values: [...values] })).rows as Row[];
