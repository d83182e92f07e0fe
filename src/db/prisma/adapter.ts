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
 * The seam between Prisma and the driver, by Prisma's documented interface (`SqlDriverAdapter`): Prisma says what is to be
 * sent, and here is decided where it goes: through the pool, on a transaction's connection, or nowhere at all.
 */

/** Hands the transaction that Prisma begins next to somebody; null when Prisma begins one of its own. */
export type NextTransaction = (isolation: IsolationLevel | undefined) => Send | null;

/**
 * Prisma's adapter for PostgreSQL over a pool.
 *
 * @param borrowed asked at the beginning of each transaction whether it is one that is open already, and on which
 *   connection; none is when left out
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

/** As much of the driver's pool as Prisma's adapter uses to send a statement. */
interface Sender {
  query(statement: pg.QueryConfig): Promise<pg.QueryResult>;
  on(): Sender;
  removeListener(): Sender;
}

/**
 * Prisma's adapter over whatever sends statements. Its own sends moments as UTC without saying so, and reads them without
 * their offset: in a session of another zone both would be wrong.
 */
export async function adapterOver(send: Send): Promise<SqlDriverAdapter> {
  let types: CustomTypesConfig | undefined;
  const sender: Sender = {
    query(statement) {
      // The same for all statements.
      types ??= statement.types && withMoments(statement.types);
      return send({ ...statement, ...(types && { types }) });
    },
    on: () => sender,
    removeListener: () => sender,
  };
  // Whether something is a pool is told by its prototype.
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
  // Prisma sends no COMMIT and no ROLLBACK of its own then.
  options: { usePhantomQuery: true },
});

/** A transaction that somebody else has begun, and ends. */
async function borrow(send: Send): Promise<Transaction> {
  const nothing = async () => undefined;
  return { ...parts(await adapterOver(send)), commit: nothing, rollback: nothing };
}

/** A transaction of Prisma's own, on a connection of its own. */
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

/** Types of the database that have no offset. */
const local = new Set(["DATE", "TIME", "TIMETZ"]);

function withOffsets(query: SqlQuery): SqlQuery {
  const { args, argTypes } = query;
  const isMoment = argTypes.map(
    ({ scalarType, dbType }) => scalarType === "datetime" && !local.has(dbType ?? ""),
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
