import type { LanePool } from "./open/lane-pool.ts";
import type { ReadsAgain, Send } from "./open/query.ts";
import type { PrismaOfDatabase } from "./prisma/client.ts";
import type { PreparedReads } from "./prisma/prepared-reads.ts";
import type { StatementNames } from "./prisma/statement-names.ts";

/** An open database. Its client sees every organization: only the scoped client and tools may use it. */
export interface Database extends PrismaOfDatabase {
  readonly pool: LanePool;
  /** Sends one read that belongs to no organization yet; once more where its connection breaks. */
  readonly read: Send;
  /** How many reads were sent once more since the database was opened; goes on counting. */
  readonly readsAgain: Readonly<ReadsAgain>;
  readonly embedded: boolean;
  readonly statementName: StatementNames;
  /** Prepared reads; `reads.counts` says how many there were, and how many cannot be. */
  readonly reads: PreparedReads;
  close(): Promise<void>;
}
