import type pg from "pg";
import { type PrismaOfDatabase, prismaOver } from "../prisma/client.ts";
import { type PreparedReads, preparedReads } from "../prisma/prepared-reads.ts";
import { type StatementNames, statementNames } from "../prisma/statement-names.ts";
import { addressSettings } from "./address.ts";
import { clientWith, type StatementListener } from "./client.ts";
import { makePool, takeConnection } from "./connections.ts";
import { boundedClient } from "./row-bytes.ts";

export type DatabaseConfig =
  | { readonly kind: "embedded"; readonly directory: string }
  /** In memory; from a dump when there is one. */
  | { readonly kind: "memory"; readonly dump?: Blob }
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly poolSize: number;
      /**
       * Milliseconds to wait for a connection that is free, or for a new one to open; 5 seconds when left out. A
       * server's setting is shorter: its callers hear within two seconds that there is none, and ask again or elsewhere.
       */
      readonly wait?: number;
      /** Milliseconds after which PostgreSQL gives a statement up. */
      readonly statementTimeout: number;
      /** Whether statements of a fixed text have names, so that their plans are kept; true when left out. */
      readonly preparedStatements?: boolean;
    };

export interface DatabaseHooks {
  readonly onStatement?: StatementListener;
  /** Settings of the sessions in the place of ours, such as `TimeZone`; for tests. */
  readonly session?: Readonly<Record<string, string>>;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onConnectionError?: (error: Error) => void;
  /** How often reads of one shape come before their statement is kept; once when left out. */
  readonly prepareAfter?: number;
}

/** An open database. Its client sees every organization: only the scoped client and tools may hold it. */
export interface Database extends PrismaOfDatabase {
  readonly pool: pg.Pool;
  readonly embedded: boolean;
  readonly statementName: StatementNames;
  readonly reads: PreparedReads;
  close(): Promise<void>;
}

/**
 * Milliseconds to wait for the one connection to the embedded database. A batch of an import holds it for a second or
 * two, and each statement of a request waits in line for it: two seconds would refuse what is only slow.
 */
const EMBEDDED_WAIT = 15_000;

/**
 * Opens the embedded database or connects to PostgreSQL. Nothing is migrated.
 *
 * @throws DirectoryError when another process has the embedded database's directory open, or this one must not
 */
export async function openDatabase(config: DatabaseConfig, hooks: DatabaseHooks = {}): Promise<Database> {
  // PGlite is loaded by those who use it: a tenth of a start on PostgreSQL would go into it.
  const embedded =
    config.kind === "postgres" ? null : await (await import("./embedded.ts")).startEmbedded(config);
  const pool = makePool(
    {
      ...(config.kind === "postgres"
        ? {
            ...addressSettings(config.url),
            max: config.poolSize,
            statement_timeout: config.statementTimeout,
            // Without a limit a request waits for ever on a full pool or a dead host.
            connectionTimeoutMillis: config.wait ?? 5_000,
          }
        : { ...embedded?.connection, connectionTimeoutMillis: EMBEDDED_WAIT }),
      Client: boundedClient(clientWith(hooks)),
    },
    hooks.onConnectionError,
  );
  // The first connection finds out what a pooler on the way refuses. Where there is none, the first statement says why.
  if (config.kind === "postgres") {
    await takeConnection(pool).then(
      ({ giveBack }) => giveBack(true),
      () => undefined,
    );
  }
  const prisma = prismaOver(pool);
  // PGlite is one session, whose names would outlive the connection that gave them.
  const statementName = statementNames(config.kind === "postgres" && config.preparedStatements !== false);
  return {
    ...prisma,
    pool,
    embedded: embedded !== null,
    statementName,
    reads: preparedReads({ pool, statementName, statementOf: prisma.statementOf }, hooks.prepareAfter),
    async close() {
      await prisma.prisma.$disconnect();
      await pool.end();
      await embedded?.close();
    },
  };
}
