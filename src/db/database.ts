import type pg from "pg";
import type { PrismaOfDatabase } from "./prisma/client.ts";
import type { PreparedReads } from "./prisma/prepared-reads.ts";
import type { StatementNames } from "./prisma/statement-names.ts";

/** An open database. Its client sees every organization: only the scoped client and tools may use it. */
export interface Database extends PrismaOfDatabase {
  readonly pool: pg.Pool;
  readonly embedded: boolean;
  readonly statementName: StatementNames;
  /** Prepared reads; `reads.counts` says how many there were, and how many cannot be. */
  readonly reads: PreparedReads;
  close(): Promise<void>;
}
