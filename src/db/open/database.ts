import { type CallerChanges, OwnChanges } from "../caller-changes.ts";
import type { Database } from "../database.ts";
import { prismaOver } from "../prisma/client.ts";
import { preparedReads } from "../prisma/prepared-reads.ts";
import { statementNames } from "../prisma/statement-names.ts";
import { turnOf } from "../turn.ts";
import { addressSettings } from "./address.ts";
import { clientWith, type StatementListener } from "./client.ts";
import { makePool, takeConnection } from "./connections.ts";
import { ListenedChanges, notification } from "./listen.ts";
import { poolSend, type ReadsAgain, sendingReads } from "./query.ts";
import { boundedClient } from "./row-bytes.ts";

export type DatabaseConfig =
  | { readonly kind: "embedded"; readonly directory: string }
  /** In memory; restored from the dump if there is one. */
  | { readonly kind: "memory"; readonly dump?: Blob }
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly poolSize: number;
      /**
       * Milliseconds to wait for a free connection, or for a new one to open; 5000 by default. A server sets less, so
       * that its callers learn within two seconds that there is none, and can retry or go to another instance.
       */
      readonly wait?: number;
      /** Milliseconds after which PostgreSQL cancels a statement. */
      readonly statementTimeout: number;
      /** Whether statements of a fixed text have names, so that their plans are kept; true by default. */
      readonly preparedStatements?: boolean;
    };

export interface DatabaseHooks {
  readonly onStatement?: StatementListener;
  /** Session settings that replace ours, such as `TimeZone`; for tests. */
  readonly session?: Readonly<Record<string, string>>;
  /** Whether connections are given in the order of asking instead of by lanes, for comparisons. */
  readonly inOrder?: boolean;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onConnectionError?: (error: Error) => void;
  /**
   * Listens for changes of keys, members and organizations, so that requests need not look up their callers. Called if
   * these changes cannot be heard, with the reason. Without it, each request looks up its caller.
   */
  readonly onDeaf?: (reason: string) => void;
  /** Number of reads of a shape that Prisma answers before the read is prepared; 1 by default. */
  readonly prepareAfter?: number;
}

/**
 * Milliseconds to wait for the one connection to the embedded database. A batch of an import keeps it for one to two
 * seconds, and every statement of a request queues for it: a shorter wait would refuse requests that are merely slow.
 */
const EMBEDDED_WAIT = 15_000;

/**
 * Opens the embedded database or connects to PostgreSQL. Nothing is migrated.
 *
 * @throws DirectoryError if another process has the embedded database's directory open, or this process may not open it
 */
export async function openDatabase(config: DatabaseConfig, hooks: DatabaseHooks = {}): Promise<Database> {
  // Loaded on demand: PGlite would take a tenth of the time of a start on PostgreSQL.
  const embedded =
    config.kind === "postgres" ? null : await (await import("./embedded.ts")).startEmbedded(config);
  const settings =
    config.kind === "postgres"
      ? {
          ...addressSettings(config.url),
          max: config.poolSize,
          statement_timeout: config.statementTimeout,
          // Without a limit, a request would wait for ever for a full pool or a dead host.
          connectionTimeoutMillis: config.wait ?? 5_000,
        }
      : { ...embedded?.connection, connectionTimeoutMillis: EMBEDDED_WAIT };
  const Client = clientWith(hooks);
  const pool = makePool(
    { ...settings, Client: boundedClient(Client) },
    hooks.onConnectionError,
    hooks.inOrder,
  );
  // Opens one connection first, to learn which start-up parameters a pooler refuses. If that fails, the first statement
  // fails with the reason.
  if (config.kind === "postgres") {
    await takeConnection(pool).then(
      ({ giveBack }) => giveBack(true),
      () => undefined,
    );
  }
  const prisma = prismaOver(pool);
  // PGlite has one session: prepared statements would outlive the connection that named them.
  const statementName = statementNames(config.kind === "postgres" && config.preparedStatements !== false);
  const readsAgain: ReadsAgain = { count: 0 };
  const { onDeaf } = hooks;
  const callerChanges: CallerChanges =
    config.kind === "postgres" && onDeaf
      ? new ListenedChanges(
          () => new Client(settings),
          (text) => pool.query(notification(text)),
          onDeaf,
        )
      : new OwnChanges(config.kind === "embedded" && onDeaf !== undefined);
  return {
    ...prisma,
    pool,
    read: sendingReads(poolSend(pool, turnOf("")), readsAgain),
    readFor: (request) => sendingReads(poolSend(pool, turnOf("", "quick", request)), readsAgain),
    readsAgain,
    embedded: embedded !== null,
    callerChanges,
    statementName,
    reads: preparedReads({ pool, statementName, statementOf: prisma.statementOf }, hooks.prepareAfter),
    async close() {
      await callerChanges.close();
      await prisma.prisma.$disconnect();
      await pool.end();
      await embedded?.close();
    },
  };
}
