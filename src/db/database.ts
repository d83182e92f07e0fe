import type { CallerChanges } from "./caller-changes.ts";
import type { LanePool } from "./open/lane-pool.ts";
import type { ReadsAgain, Send } from "./open/query.ts";
import type { PrismaOfDatabase } from "./prisma/client.ts";
import type { PreparedReads } from "./prisma/prepared-reads.ts";
import type { StatementNames } from "./prisma/statement-names.ts";

/** An open database. Its client sees every organization: only the scoped client and tools may use it. */
export interface Database extends PrismaOfDatabase {
  readonly pool: LanePool;
  /** Sends one read that belongs to no organization yet. If its connection breaks, the read is sent once more. */
  readonly read: Send;
  /** The same for a request, which the statement is told with. */
  readFor(request: object): Send;
  /** Number of reads that were sent once more since the database was opened; the object is updated. */
  readonly readsAgain: Readonly<ReadsAgain>;
  readonly embedded: boolean;
  /** Changes of keys, members and organizations. */
  readonly callerChanges: CallerChanges;
  readonly statementName: StatementNames;
  /** Prepared reads; `reads.counts` counts the reads that were prepared and those that could not be. */
  readonly reads: PreparedReads;
  close(): Promise<void>;
}
