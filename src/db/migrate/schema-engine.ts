import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import type pg from "pg";
import { makePool, withTransaction } from "../open/connections.ts";
import { startEmbedded } from "../open/embedded.ts";
import { adapterOver } from "../prisma/adapter.ts";

/** Prisma's schema engine as WebAssembly, over databases reached through `pg`. */

/**
 * Runs the engine with two temporary in-memory databases, in which it replays the migrations; no real database is
 * used.
 */
export async function withShadowEngine<T>(work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const [main, shadow] = await Promise.all([startEmbedded({}), startEmbedded({})]);
  const pools = [makePool(main.connection), makePool(shadow.connection)] as const;
  try {
    return await run(work, ...pools);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all([main.close(), shadow.close()]);
  }
}

/** A script failed and was rolled back; the message is PostgreSQL's own. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  constructor(
    message: string,
    /** The migration, if the engine named it. */
    readonly migration: string | null,
  ) {
    super(message);
  }
}

const migrationIn = (error: unknown): string | null =>
  /Migration.*?`?(\d{14}_\w+)/s.exec(String(error))?.[1] ?? null;

/** PostgreSQL's message for the script that failed last. */
interface Failure {
  message: string | null;
}

/**
 * Marks the migration as finished. The engine records a migration before its script and marks it afterwards. Here the
 * script's own transaction marks it, so that a crash in between cannot leave an applied migration that looks failed.
 */
const noteFinished = `DO $note$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE _prisma_migrations SET finished_at = now()
    WHERE finished_at IS NULL AND rolled_back_at IS NULL;
  END IF;
END $note$`;

/**
 * Prisma's adapter with another way to run scripts: Prisma's own splits them at every semicolon, which breaks
 * functions and strings and can leave half a migration behind. Here a script is one simple query in one transaction.
 */
function adapterFactory(
  failure: Failure,
  pool: pg.Pool,
  shadow?: pg.Pool,
): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (to: pg.Pool): Promise<SqlDriverAdapter> => {
    const adapter = await catalogueAdapter(to);
    adapter.executeScript = async (script) => {
      if (isLock(script)) return;
      // Fails rather than let all traffic queue behind a migration that waits for a long read.
      const begin = "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0";
      const run = async (client: pg.PoolClient) => {
        await client.query(script);
        // In the same transaction as the script: if the process dies now, either both or neither are committed.
        await client.query(noteFinished);
      };
      try {
        await withTransaction(to, run, begin);
      } catch (error) {
        failure.message = error instanceof Error ? error.message : String(error);
        throw error;
      }
    };
    return adapter;
  };
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(pool),
    connectToShadowDb: () => {
      if (!shadow) throw new Error("the engine asked for a shadow database, but there is none");
      return connect(shadow);
    },
  };
}

/**
 * Prisma's adapter, made to read the one-byte `"char"` columns of PostgreSQL's catalogue, which the engine selects and
 * the adapter refuses. The engine sends one query at a time, so remembering the columns of the last one is enough.
 */
async function catalogueAdapter(pool: pg.Pool): Promise<SqlDriverAdapter> {
  let characters: number[] = [];
  const adapter = await adapterOver(async (config) => {
    // `applyMigrations` holds this lock in a transaction: a session lock would stay with a pooler's connection.
    if (isLock(config.text)) return pool.query({ ...config, text: "SELECT 1" });
    const result = await pool.query(config);
    characters = (result.fields ?? []).flatMap((field, at) => (field.dataTypeID === 18 ? [at] : []));
    for (const at of characters) Object.assign(result.fields[at] ?? {}, { dataTypeID: 25 });
    return result;
  });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (params) => {
    const result = await queryRaw(params);
    for (const at of characters) result.columnTypes[at] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

/** Whether a statement takes the engine's advisory lock. */
const isLock = (text: string | undefined) => text?.startsWith("SELECT pg_advisory_lock(") === true;

/** Runs the engine over one database. */
export const withEngine = <T>(pool: pg.Pool, work: (engine: SchemaEngine) => Promise<T>): Promise<T> =>
  run(work, pool);

async function run<T>(
  work: (engine: SchemaEngine) => Promise<T>,
  pool: pg.Pool,
  shadow?: pg.Pool,
): Promise<T> {
  const failure: Failure = { message: null };
  const factory = adapterFactory(failure, pool, shadow);
  const { SchemaEngine: Engine } = await loadEngine();
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await Engine.new({ datamodels: undefined }, () => undefined, bound);
  try {
    return await work(engine);
  } catch (error) {
    // The engine wraps errors in its own stack trace: PostgreSQL's message is shown instead.
    throw failure.message === null ? error : new ScriptError(failure.message, migrationIn(error));
  } finally {
    engine.free();
  }
}

/** The part of `WebAssembly` used here: its types come with lib.dom, which a server does not load. */
interface Wasm {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

/**
 * The package imports its .wasm as a module, which Node.js does not support yet: it is instantiated here. Its
 * JavaScript keeps the instance in a module variable, so each engine loads the JavaScript again: otherwise two
 * engines at once would share one instance.
 */
async function loadEngine(): Promise<typeof import("@prisma/schema-engine-wasm")> {
  const path = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const glue: typeof import("@prisma/schema-engine-wasm") & { __wbg_set_wasm(exports: object): void } =
    await import(`${pathToFileURL(path)}?instance=${randomUUID()}`);
  const bytes = await readFile(path.replace(/\.js$/, ".wasm"));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}
