import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  bindMigrationAwareSqlAdapterFactory,
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";

export type { SchemaEngine };

/** One database session, as little of it as the engine needs. `pg` and PGlite both fit in a few lines. */
export interface EngineSession {
  query(sql: string, values: unknown[]): Promise<EngineRows>;
  /** Runs a script whole or not at all. */
  runScript(sql: string): Promise<void>;
}

export interface EngineRows {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly unknown[][];
  readonly rowCount: number;
}

/** The engine asks for both databases; which one depends on the command. */
export interface EngineDatabases {
  readonly main: EngineSession;
  /** Where migrations are replayed to see what they amount to; empty, and lost afterwards. */
  readonly shadow?: EngineSession;
}

/**
 * Runs commands of Prisma's schema engine (WebAssembly, no download).
 *
 * Its messages come to the caller as the Error that the command rejects with; its log repeats them and is dropped.
 *
 * @returns what `work` returns
 */
export async function withSchemaEngine<Result>(
  databases: EngineDatabases,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const { SchemaEngine } = await (bindings ??= loadBindings());
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: async () => engineAdapter(databases.main),
    connectToShadowDb: async () => engineAdapter(databases.shadow ?? databases.main),
  });
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
  }
}

// Once per process: the bindings are a module with one slot for the instance, and a second instance in it
// would pull the first from under a running engine.
let bindings: ReturnType<typeof loadBindings> | undefined;

async function loadBindings() {
  const path = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm")
    .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
  const [module, bytes] = await Promise.all([
    import("@prisma/schema-engine-wasm/schema_engine_bg"),
    readFile(path),
  ]);
  const imports = { "./schema_engine_bg.js": { ...module } as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return module;
}

/**
 * A driver adapter for the schema engine alone. @prisma/adapter-pg will not do: it cuts scripts at every
 * semicolon, functions included, takes any connection of a pool, and cannot read PostgreSQL's "char" type,
 * which the catalogue is full of.
 */
function engineAdapter(session: EngineSession): SqlDriverAdapter {
  const query = (sql: string, values: unknown[]) => session.query(sql, values).catch(rethrow);
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    async queryRaw({ sql, args }) {
      const { fields, rows } = await query(sql, args);
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => columnType(field.dataTypeID)),
        rows: rows.map((row) => row.map(engineValue)),
      };
    },
    executeRaw: async ({ sql, args }) => (await query(sql, args)).rowCount,
    executeScript: (script) => session.runScript(script).catch(rethrow),
    startTransaction: () => Promise.reject(new Error("The schema engine opens no transactions.")),
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
    dispose: async () => {},
  };
}

/** What the catalogue and the migrations table are made of, by the type's object id; everything else reads as text. */
const columnTypes = new Map<number, ColumnType>([
  [16, ColumnTypeEnum.Boolean],
  [18, ColumnTypeEnum.Character],
  [20, ColumnTypeEnum.Int64],
  [21, ColumnTypeEnum.Int32],
  [23, ColumnTypeEnum.Int32],
  [26, ColumnTypeEnum.Int64],
  [1002, ColumnTypeEnum.CharacterArray],
  [1003, ColumnTypeEnum.TextArray],
  [1005, ColumnTypeEnum.Int32Array],
  [1007, ColumnTypeEnum.Int32Array],
  [1009, ColumnTypeEnum.TextArray],
  [1184, ColumnTypeEnum.DateTime],
]);

const columnType = (oid: number): ColumnType => columnTypes.get(oid) ?? ColumnTypeEnum.Text;

function engineValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "bigint" ? value.toString() : value;
}

/** Hands the engine PostgreSQL's own words; anything but an answer of PostgreSQL's passes as it is. */
function rethrow(error: unknown): never {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) throw error;
  const { message, code, severity, detail, hint, column } = error as Error &
    Record<string, string | undefined>;
  const original = { originalCode: code ?? "", originalMessage: message };
  // The engine tells a database without a migrations table by this kind of error.
  if (code === "42P01") throw new DriverAdapterError({ kind: "TableDoesNotExist", ...original });
  throw new DriverAdapterError({
    kind: "postgres",
    code: code ?? "",
    severity: severity ?? "",
    message,
    detail,
    hint,
    column,
    ...original,
  });
}
