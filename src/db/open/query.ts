import type { Pool, QueryConfig, QueryResult } from "pg";
import type { StatementNames } from "../prisma/statement-names.ts";

/** Sends one statement: through the pool, or on a transaction's connection. */
export type Send = (statement: QueryConfig) => Promise<QueryResult>;

/** Sends one statement of the data layer's own and gives its rows: through the pool, or inside a transaction. */
export type Query = <Row>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** Sends each statement through the pool, on whichever connection is free. */
export const poolSend =
  (pool: Pool): Send =>
  (statement) =>
    pool.query(statement);

/** @param nameOf names the statements, so that their plans are kept; there must be a bounded number of texts then */
export const queryOf =
  (send: Send, nameOf: StatementNames = () => undefined): Query =>
  async <Row>(text: string, values: readonly unknown[]) =>
    (await send({ name: nameOf(text), text, values: [...values] })).rows as Row[];
