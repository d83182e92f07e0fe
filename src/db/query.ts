import type { Pool } from "pg";

/** Sends one statement of the data layer's own and gives its rows: through the pool, or inside a transaction. */
export type Query = <Row>(text: string, values: readonly unknown[]) => Promise<Row[]>;

export const poolQuery =
  (pool: Pool): Query =>
  async <Row>(text: string, values: readonly unknown[]) =>
    (await pool.query({ text, values: [...values] })).rows as Row[];

/** The part of Prisma's transaction client that sends statements as they are. */
interface RawClient {
  $queryRawUnsafe<Rows>(text: string, ...values: unknown[]): Promise<Rows>;
}

export const transactionQuery =
  (tx: RawClient): Query =>
  <Row>(text: string, values: readonly unknown[]) =>
    tx.$queryRawUnsafe<Row[]>(text, ...values);
