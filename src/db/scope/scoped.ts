import { CallerGone } from "../../lib/errors.ts";
import type { Database } from "../database.ts";
import type { TouchedName } from "../models.ts";
import { cancelledWith } from "../open/cancel.ts";
import { poolSend, queryOf, type Send, sendingReads } from "../open/query.ts";
import type { TransactionClient } from "../prisma/client.ts";
import type { ReadOperation } from "../prisma/prepared-reads.ts";
import { childReader } from "../read/children.ts";
import { readRowsWith } from "../read/rows-with.ts";
import { type Turn, turnOf, writing } from "../turn.ts";
import { auditValue, insertAudit } from "../write/audit.ts";
import { bulkStatements, tellingBulk } from "../write/bulk.ts";
import { keepChunk } from "../write/chunks.ts";
import { claimKey, keepingAnswer } from "../write/kept-answers.ts";
import { LockOrder } from "../write/lock-order.ts";
import { lockFields, locksOf } from "../write/locks.ts";
import { organizationRow } from "../write/organization.ts";
import { locked, NeedsTransaction, needsTransaction, optimistic, rowStore } from "../write/row-store.ts";
import { inTransaction, type Transaction } from "../write/transaction.ts";
import { uniqueValues } from "../write/unique-values.ts";
import { usersOf } from "../write/users.ts";
import { confine, type Outside, type Readers } from "./confined.ts";
import type { Db } from "./db.ts";
import { type Call, models, type Operation } from "./models.ts";
import { readersOf } from "./readers.ts";
import { ScopeError } from "./rules.ts";
import { columnLimits, isWrite, type Principal, scope } from "./scope.ts";
import { tellingCallers } from "./telling-callers.ts";

type Calls = Readonly<Record<Operation, (args: object) => Promise<unknown>>>;

/**
 * Makes the scoped client of a principal.
 *
 * @param turn of the request or job, for its connections; one of its own when left out
 * @param caller aborted when the caller has gone; nothing further is read then, and PostgreSQL is asked to cancel what
 *   is being read. The embedded database cannot be asked: a statement of it holds the process.
 */
export function scopedDb(
  database: Database,
  principal: Principal,
  turn: Turn = turnOf(principal.orgId),
  caller?: AbortSignal,
): Db {
  const { prisma, pool, statementName, reads, embedded, readsAgain } = database;
  const writes = poolSend(pool, writing(turn));
  const leaving = caller && !embedded ? cancelledWith(pool, turn, caller) : poolSend(pool, turn);
  /** Sends reads. */
  const send = sendingReads(leaving, readsAgain);
  const readers = (): Readers => {
    const query = queryOf(send);
    return {
      ...readersOf(query, queryOf(send, statementName), principal, reads.statement),
      children: childReader(send, statementName, principal),
      rowsWith: (model, args, beside) => {
        const confined = scope(models[model], "findMany", { ...args }, principal);
        return readRowsWith(reads, principal, model, confined, beside, send);
      },
      keepChunk: (jobId, position, bytes) =>
        keepChunk(queryOf(writes), principal.orgId, jobId, position, bytes),
      get lock(): never {
        throw new ScopeError("rows can be locked inside a transaction only");
      },
      get rows(): never {
        throw new ScopeError("rows are read and changed one by one inside a transaction only");
      },
      get unique(): never {
        throw new ScopeError("unique values are looked for and given inside a transaction only");
      },
      get users(): never {
        throw new ScopeError("users are looked for inside a transaction only");
      },
      get organization(): never {
        throw new ScopeError("an organization is changed inside a transaction only");
      },
      get bulk(): never {
        throw new ScopeError("bulk statements run inside a transaction only");
      },
      get claim(): never {
        throw new ScopeError("idempotency keys are claimed inside a transaction only");
      },
      get audit(): never {
        throw new ScopeError("audit events are written inside a transaction only");
      },
      get touched(): never {
        throw new ScopeError("what was changed is known inside a transaction only");
      },
    };
  };
  const call: Call = (name, operation, args) => {
    const ask = isRead(operation)
      ? () => askThrough(database, send, (client) => (client[name] as unknown as Calls)[operation](args))
      : () => (prisma[name] as unknown as Calls)[operation](args);
    return isPrepared(operation) ? reads.read(name, operation, args, ask, send) : ask();
  };
  const outside: Outside = {
    transaction: (work, timeout = 30_000) =>
      tellingCallers(database, principal.orgId, (tell) =>
        inTransaction(
          database,
          writing(turn),
          async (transaction) => {
            const tx = confineTransaction(transaction, database, principal);
            const result = await work(tx);
            await tell(transaction.send, tx.touched);
            return result;
          },
          timeout,
        ),
      ),
    async optimistic(work) {
      try {
        return { result: await work(confineOptimistic(database, principal, call, send, writes)) };
      } catch (error) {
        if (error instanceof NeedsTransaction) return null;
        throw error;
      }
    },
  };
  return confine(call, principal, readers, outside, caller && (() => caller.aborted));
}

/**
 * Asks Prisma, which has no way of its own to be told how one read is sent: lent to a sender, as to a transaction.
 *
 * @throws CallerGone as the sender did, which Prisma would have wrapped
 */
async function askThrough<Answer>(
  { borrow }: Database,
  send: Send,
  ask: (client: TransactionClient) => Promise<Answer>,
): Promise<Answer> {
  let gone: CallerGone | undefined;
  const { client, giveBack } = await borrow((statement) =>
    send(statement).catch((error: unknown) => {
      if (error instanceof CallerGone) gone = error;
      throw error;
    }),
  );
  try {
    return await ask(client);
  } catch (error) {
    throw gone ?? error;
  } finally {
    await giveBack();
  }
}

/** What an optimistic write has not. Made once: to define these properties takes longer than to send a statement. */
const inTransactions = {
  rowsWith: needsTransaction,
  keepChunk: needsTransaction,
  claim: needsTransaction,
  // The event is a part of the one statement (`rides` of the row store).
  audit: needsTransaction,
  get children(): never {
    return needsTransaction();
  },
  get lock(): never {
    return needsTransaction();
  },
  get unique(): never {
    return needsTransaction();
  },
  get users(): never {
    return needsTransaction();
  },
  get organization(): never {
    return needsTransaction();
  },
  get bulk(): never {
    return needsTransaction();
  },
};

/** The client of an optimistic write: it reads without locks and changes one row; all else needs a transaction. */
function confineOptimistic(
  { statementName, reads }: Database,
  principal: Principal,
  call: Call,
  send: Send,
  writes: Send,
): Db {
  const reading: Call = (name, operation, args) =>
    isRead(operation) ? call(name, operation, args) : needsTransaction();
  const readers = (): Readers =>
    Object.assign(
      Object.create(inTransactions) as typeof inTransactions,
      readersOf(queryOf(send), queryOf(send, statementName), principal, reads.statement),
      {
        catalogue: needsTransaction,
        rows: rowStore(
          (model) => columnLimits(models[model], principal),
          optimistic({ send: writes, nameOf: statementName }, creating(principal)),
        ),
        touched: new Set<TouchedName>(),
      },
    );
  return confine(reading, principal, readers, {
    transaction: needsTransaction,
    optimistic: needsTransaction,
  });
}

/** Confines a contact to what the principal may create. */
const creating =
  (principal: Principal) =>
  <Row extends object>(row: Row): Row =>
    (scope("Contact", "create", { data: { ...row, orgId: principal.orgId } }, principal) as { data: Row })
      .data;

function confineTransaction(transaction: Transaction, database: Database, principal: Principal): Db {
  const touched = new Set<TouchedName>();
  const call: Call = async (name, operation, args) => {
    if (isWrite(operation)) touched.add(models[name]);
    const delegates = await transaction.prisma();
    return (delegates[name] as unknown as Calls)[operation](args);
  };
  return confine(call, principal, () => insideReaders(transaction, database, principal, call, touched), null);
}

function insideReaders(
  { send }: Transaction,
  { statementName: nameOf, reads: { statement } }: Database,
  principal: Principal,
  call: Call,
  touched: Set<TouchedName>,
): Readers {
  const query = queryOf(send);
  /** For statements of constant text. */
  const named = queryOf(send, nameOf);
  const readers = readersOf(query, named, principal, statement);
  const order = new LockOrder();
  const touch = (model: TouchedName) => void touched.add(model);
  const lock = locksOf(named, principal.orgId, order);
  return {
    ...readers,
    // No definition may change until the transaction ends: derived columns are computed from them.
    catalogue: async (entity, tags) => {
      order.take("fields", [""], "share");
      await lockFields(named, principal.orgId, "share");
      return readers.catalogue(entity, tags);
    },
    lock,
    rows: rowStore(
      (model) => columnLimits(models[model], principal),
      locked(
        { send, nameOf },
        (model, operation, args) =>
          call(model, operation, scope(models[model], operation, { ...args }, principal)),
        {
          lock,
          order,
          scopedRow: creating(principal),
          touch,
        },
      ),
    ),
    unique: uniqueValues(named, principal),
    users: usersOf(named),
    organization: organizationRow(named, principal.orgId, () => touch("Organization")),
    bulk: tellingBulk(bulkStatements(query, principal, order, statement), touch),
    claim: (request, since) => claimKey(named, principal.orgId, request, since),
    audit: async (events, kept) => {
      const values: unknown[] = [auditValue(principal.orgId, events)];
      const text = insertAudit(1);
      await named(kept ? keepingAnswer(text, values, principal.orgId, kept) : text, values);
    },
    touched,
    // Children and lists are read through the pool: there they would not see the transaction's writes, and on PGlite
    // they would wait for ever for the one connection.
    get children(): never {
      throw new ScopeError("children cannot be read inside a transaction");
    },
    get rowsWith(): never {
      throw new ScopeError("lists are read outside of transactions");
    },
    get keepChunk(): never {
      throw new ScopeError(
        "chunks are kept outside of transactions, which would be open while a caller sends",
      );
    },
  };
}

const isRead = (operation: Operation): boolean => /^(find|count|groupBy)/.test(operation);

const isPrepared = (operation: Operation): operation is ReadOperation =>
  operation === "findMany" || operation === "findFirst" || operation === "count";
