import { PrismaPg } from "@prisma/adapter-pg";
import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from "@prisma/driver-adapter-utils";
import pg, { type CustomTypesConfig } from "pg";
import { endTransaction, takeConnection } from "../open/connections.ts";
import type { Send } from "../open/query.ts";
import { withMoments } from "../types.ts";

/**
 * The boundary between Prisma and the driver, by Prisma's documented interface (`SqlDriverAdapter`): Prisma builds
 * statements, and this file sends them through the pool, on a transaction's connection, or not at all (to learn their
 * SQL).
 */

/** The open transaction that Prisma is to use; null if it must begin its own. */
export type NextTransaction = (isolation: IsolationLevel | undefined) => Send | null;

/**
 * Prisma's adapter for PostgreSQL over a pool.
 *
 * @param borrowed called whenever Prisma begins a transaction; without it, all transactions are Prisma's own
 */
export function adapterFactory(
  pool: pg.Pool,
  borrowed: NextTransaction = () => null,
): SqlDriverAdapterFactory {
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    async connect() {
      const adapter = await adapterOver((statement) => pool.query(statement));
      adapter.startTransaction = async (isolation) => {
        const send = borrowed(isolation);
        return send ? borrow(send) : begin(pool, isolation);
      };
      return adapter;
    },
  };
}

/** The methods of the driver's pool that Prisma's adapter calls to send a statement. */
interface Sender {
  query(statement: pg.QueryConfig): Promise<pg.QueryResult>;
  on(): Sender;
  removeListener(): Sender;
}

/**
 * Prisma's adapter over any function that sends statements. Prisma's version sends timestamps in UTC without an
 * offset and ignores the offset when it reads them; both are wrong in sessions with another time zone, and corrected
 * here.
 */
export async function adapterOver(send: Send): Promise<SqlDriverAdapter> {
  let types: CustomTypesConfig | undefined;
  const sender: Sender = {
    query(statement) {
      // The adapter gives every statement the same type parsers.
      types ??= statement.types && withMoments(statement.types);
      return send({ ...statement, ...(types && { types }) });
    },
    on: () => sender,
    removeListener: () => sender,
  };
  // The adapter recognizes a pool by its prototype.
  const pool = Object.assign(Object.create(pg.Pool.prototype) as pg.Pool, { options: {} }, sender);
  const adapter = await new PrismaPg(pool).connect();
  const [queryRaw, executeRaw] = [adapter.queryRaw.bind(adapter), adapter.executeRaw.bind(adapter)];
  adapter.queryRaw = (query) => queryRaw(withOffsets(query));
  adapter.executeRaw = (query) => executeRaw(withOffsets(query));
  return adapter;
}

const parts = ({ provider, adapterName, queryRaw, executeRaw }: SqlDriverAdapter) => ({
  provider,
  adapterName,
  queryRaw,
  executeRaw,
  // Prisma then calls `commit` and `rollback` without sending COMMIT or ROLLBACK itself.
  options: { usePhantomQuery: true },
});

/** A borrowed transaction, which is ended by the code that began it. */
async function borrow(send: Send): Promise<Transaction> {
  const nothing = async () => undefined;
  return { ...parts(await adapterOver(send)), commit: nothing, rollback: nothing };
}

/** A transaction of Prisma's own, on a separate connection. */
async function begin(pool: pg.Pool, isolation: IsolationLevel | undefined): Promise<Transaction> {
  const connection = await takeConnection(pool);
  try {
    const adapter = await adapterOver((statement) => connection.client.query(statement));
    const level = isolation === undefined ? "" : ` ISOLATION LEVEL ${isolation}`;
    await adapter.executeRaw({ sql: `BEGIN${level}`, args: [], argTypes: [] });
    return {
      ...parts(adapter),
      commit: () => endTransaction(connection, "COMMIT"),
      rollback: () => endTransaction(connection, "ROLLBACK"),
    };
  } catch (error) {
    connection.giveBack(false);
    throw error;
  }
}

/** Date and time types that are sent unchanged, without an offset. */
const withoutOffset = new Set(["DATE", "TIME", "TIMETZ"]);

function withOffsets(query: SqlQuery): SqlQuery {
  const { args, argTypes } = query;
  const isMoment = argTypes.map(
    ({ scalarType, dbType }) => scalarType === "datetime" && !withoutOffset.has(dbType ?? ""),
  );
  if (!isMoment.includes(true)) return query;
  return {
    ...query,
    args: args.map((arg, at) => (isMoment[at] ? withOffset(arg) : arg)),
    argTypes: argTypes.map((type, at) => (isMoment[at] ? { ...type, scalarType: "string" as const } : type)),
  };
}

const withOffset = (arg: unknown): unknown =>
  Array.isArray(arg)
    ? arg.map(withOffset)
    : typeof arg === "string" || arg instanceof Date
      ? new Date(arg).toISOString()
      : arg;
