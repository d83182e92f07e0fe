import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { pino } from "pino";
import type { Database } from "../src/db/database.ts";
import { applyMigrations } from "../src/db/migrate/migrate.ts";
import { openDatabase } from "../src/db/open/database.ts";
import { scopedDb } from "../src/db/scope/scoped.ts";
import { importKind } from "../src/jobs/import/import.kind.ts";
import { importRecords } from "../src/jobs/import/import.service.ts";
import type { ImportCaller } from "../src/jobs/import/new-job.ts";
import { runJob } from "../src/jobs/runner.ts";
import { newId } from "../src/lib/typeid.ts";
import { Upload } from "../src/lib/upload.ts";

/**
 * Importing a CSV file, from the first byte to the last row, against COPY of the finished rows of the same contacts
 * into the same tables with the same indexes, by turns in one run.
 *
 * ROWS (100000) rows a turn, TURNS (2), BENCH_DATABASE_URL: a server on which a database may be made and dropped.
 */

const rows = Number(process.env.ROWS ?? 100_000);
const turns = Number(process.env.TURNS ?? 2);
const server = process.env.BENCH_DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres";

const say = (text: string) => process.stdout.write(`${text}\n`);

/** A CSV file of people; every turn has its own. */
async function writeFile(path: string, turn: number): Promise<void> {
  const cities = ["Paris", "London", "Berlin", "Madrid", "Rome"];
  const sizes = ["1-10", "11-50", "51-200"];
  await pipeline(
    Readable.from(
      (function* () {
        yield "First Name,Last Name,Email,Phone,Company,Title,City,Team size,Score,Tags\n";
        for (let at = 0; at < rows; at += 1) {
          const person = `Ann${at % 977},Person${at},ann.person${at}.t${turn}@company${at % 5003}.example`;
          const rest = `+336${10_000_000 + at},Company ${at % 5003},Engineer,${cities[at % 5]},${sizes[at % 3]},${at % 100}`;
          yield `${person},${rest},${at % 3 === 0 ? "imported;new" : "imported"}\n`;
        }
      })(),
    ),
    createWriteStream(path),
  );
}

async function makeOrganization({ prisma }: Database): Promise<{ orgId: string; memberId: string }> {
  const [orgId, memberId, userId] = [newId(), newId(), newId()];
  const email = `${userId}@example.com`;
  await prisma.organization.create({
    data: { id: orgId, name: "Bench", mode: "TEST", cursorSecret: new Uint8Array(randomBytes(32)) },
  });
  await prisma.user.create({ data: { id: userId, name: "Bench", email, emailKey: email } });
  await prisma.member.create({ data: { orgId, id: memberId, userId, role: "OWNER" } });
  for (const [slug, type, slot] of [
    ["team_size", "TEXT", "text1"],
    ["score", "NUMBER", "number1"],
  ] as const) {
    await prisma.customField.create({
      data: { orgId, id: newId(), entity: "CONTACT", slug, name: slug, type, slot },
    });
  }
  return { orgId, memberId };
}

/** Seconds of an import, and what it was. */
async function timeImport(database: Database, path: string) {
  const { orgId, memberId } = await makeOrganization(database);
  const caller: ImportCaller = {
    db: scopedDb(database, { orgId, memberId, dataScope: "ALL" }),
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    origin: { requestId: null, address: null, job: null, operator: true },
    viewer: {
      memberId,
      dataScope: "ALL",
      credentialId: memberId,
      apiKeyId: null,
      source: "IMPORT",
      timeZone: "UTC",
      defaultCountry: null,
      defaultCurrency: null,
      role: "OWNER",
      scopes: new Set(["READ", "WRITE"]),
    },
  };
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const started = process.hrtime.bigint();
  const upload = new Upload("people.csv", 209_715_200, createReadStream(path));
  const job = await importRecords(caller, "CONTACT", { file: upload, createMissingTags: true });
  await runJob(database, pino({ level: "error" }), importKind, {}, job);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  clearInterval(watch);
  const done = await database.prisma.importJob.findFirstOrThrow({ where: { orgId, id: job.id } });
  if (done.created !== rows) throw new Error(`imported ${done.created} of ${rows}: ${done.problem}`);
  return { orgId, seconds, growth: (peak - before) / 1_048_576 };
}

const tables = ["contact", "contact_email", "contact_tag"] as const;

/** Seconds of COPY of an organization's finished rows into another one. */
async function timeCopy(
  database: Database,
  client: pg.Client,
  from: string,
  directory: string,
): Promise<number> {
  const { orgId, memberId } = await makeOrganization(database);
  await client.query(
    "INSERT INTO tag SELECT $2::uuid, id, name, name_key, color FROM tag WHERE org_id = $1",
    [from, orgId],
  );
  for (const table of tables) {
    const { rows: columns } = await client.query<{ name: string }>(
      "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
      [table],
    );
    const list = columns.map(({ name }) =>
      name === "org_id" ? `'${orgId}'::uuid` : name === "added_by_id" ? `'${memberId}'::uuid` : name,
    );
    const query = `COPY (SELECT ${list.join(", ")} FROM ${table} WHERE org_id = '${from}') TO STDOUT`;
    await pipeline(client.query(copyTo(query)), createWriteStream(join(directory, table)));
  }
  const started = process.hrtime.bigint();
  for (const table of tables) {
    await pipeline(
      createReadStream(join(directory, table)),
      client.query(copyFrom(`COPY ${table} FROM STDIN`)),
    );
  }
  return Number(process.hrtime.bigint() - started) / 1e9;
}

const name = `rolograph_bench_${process.pid}`;
const admin = new pg.Client(server);
await admin.connect();
await admin.query(`CREATE DATABASE ${name}`);
const drop = () => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
const directory = await mkdtemp(join(tmpdir(), "rolograph-bench-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    // What fails because its database has gone is no news.
    process.on("uncaughtException", () => undefined);
    await drop();
    await rm(directory, { recursive: true, force: true });
    process.exit(1);
  });
}
const database = await openDatabase({ kind: "postgres", url, poolSize: 5, statementTimeout: 600_000 });
const client = new pg.Client(url);
try {
  await applyMigrations(database.pool, false);
  await client.connect();
  const ratios: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const path = join(directory, `${turn}.csv`);
    await writeFile(path, turn);
    const imported = await timeImport(database, path);
    const copy = await timeCopy(database, client, imported.orgId, directory);
    ratios.push(imported.seconds / copy);
    say(
      `turn ${turn + 1}: ${rows} rows, import ${imported.seconds.toFixed(2)} s, COPY ${copy.toFixed(2)} s, ` +
        `${(imported.seconds / copy).toFixed(2)} times; memory grew by ${imported.growth.toFixed(0)} MB`,
    );
  }
  say(`import / COPY: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`);
} finally {
  await client.end();
  await database.close();
  await drop();
  await admin.end();
  await rm(directory, { recursive: true, force: true });
}
