import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlQuery } from "@prisma/driver-adapter-utils";

/**
 * Prisma's adapter, but for moments: its own sends them as UTC without saying so, and in a session of another zone
 * PostgreSQL takes them for that zone's.
 */
export class MomentPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (...args) => sendingOffsets(await begin(...args));
    return sendingOffsets(adapter);
  }
}

type Sends = Pick<Awaited<ReturnType<PrismaPg["connect"]>>, "queryRaw" | "executeRaw">;

function sendingOffsets<Sender extends Sends>(sender: Sender): Sender {
  const [queryRaw, executeRaw] = [sender.queryRaw.bind(sender), sender.executeRaw.bind(sender)];
  sender.queryRaw = (query) => queryRaw(withOffsets(query));
  sender.executeRaw = (query) => executeRaw(withOffsets(query));
  return sender;
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
