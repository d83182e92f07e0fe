import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { atEnd, Refusal } from "./ending.ts";
import { freePort } from "./process.ts";

/** The PostgreSQL that is measured on: the one that is named, the one that answers, or one of the benchmark's own. */

const usual = "postgresql://postgres@127.0.0.1:5432/postgres";

const advice =
  "Set BENCH_DATABASE_URL to one where a superuser may make databases, such as\n" +
  "postgresql://postgres:password@127.0.0.1:5432/postgres; PostgreSQL 14 or newer, with pg_trgm and btree_gin.";

/** @throws Refusal that says what to do, when there is none */
export async function findPostgres(say: (text: string) => void): Promise<string> {
  const given = process.env.BENCH_DATABASE_URL;
  const problem = await problemWith(given ?? usual);
  if (problem === null) return given ?? usual;
  if (given !== undefined) throw new Refusal(`No PostgreSQL answers at ${given} (${problem}).\n${advice}`);
  const found = await newestBinaries();
  if (!found) {
    throw new Refusal(
      `No PostgreSQL answers at ${usual} (${problem}), and none is installed to be started\n` +
        `(initdb is neither on PATH nor where packages put it). Install PostgreSQL, or:\n${advice}`,
    );
  }
  say(`No PostgreSQL answers at ${usual} (${problem}): starting version ${found.version} of ${found.folder}`);
  return startCluster(found.folder);
}

/** Why a server cannot be used; null when it can. */
async function problemWith(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ able: boolean }>(
      "SELECT rolsuper AS able FROM pg_roles WHERE rolname = current_user",
    );
    return rows[0]?.able ? null : "not a superuser";
  } catch (error) {
    return (error as Error).message || (error as { code?: string }).code || "no answer";
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Where packages of Debian, Red Hat and macOS put what is not on PATH; each has a folder a version. */
const homes = [
  ["/usr/lib/postgresql", "bin"],
  ["/usr", "bin", /^pgsql-/],
  ["/opt/homebrew/opt", "bin", /^postgresql/],
  ["/usr/local/opt", "bin", /^postgresql/],
  ["/Applications/Postgres.app/Contents/Versions", "bin"],
] as const;

async function newestBinaries(): Promise<{ folder: string; version: number } | null> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const [home, inner, name = /./] of homes) {
    const inside = existsSync(home) ? readdirSync(home).filter((entry) => name.test(entry)) : [];
    folders.push(...inside.map((entry) => join(home, entry, inner)));
  }
  const found: { folder: string; version: number }[] = [];
  for (const folder of folders) {
    if (!existsSync(join(folder, "initdb")) || !existsSync(join(folder, "postgres"))) continue;
    const { stdout } = await promisify(execFile)(join(folder, "postgres"), ["--version"]);
    const version = Number(/ (\d+)/.exec(stdout)?.[1]);
    if (version >= 14) found.push({ folder, version });
  }
  return found.sort((left, right) => right.version - left.version)[0] ?? null;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as a user that has nothing to lose. */
function account(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Refusal("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.");
}

/** Starts an empty server on a free port. It is stopped, and its files are removed, when the benchmark ends. */
async function startCluster(binaries: string): Promise<string> {
  const owner = account();
  const folder = await mkdtemp(join(tmpdir(), "rolograph-bench-postgres-"));
  let server: ChildProcess | null = null;
  atEnd(async () => {
    if (server) await stop(server);
    await rm(folder, { recursive: true, force: true });
  });
  if (owner) await chown(folder, owner.uid, owner.gid);
  const [data, log] = [join(folder, "data"), join(folder, "log")];
  const how = { cwd: folder, ...owner };
  const locale = ["--no-locale", "--encoding=UTF8"];
  await promisify(execFile)(
    join(binaries, "initdb"),
    ["-D", data, "-A", "trust", "-U", "postgres", ...locale],
    how,
  ).catch((error: { stderr?: string }) => {
    throw new Refusal(`initdb failed: ${error.stderr}\n${advice}`);
  });
  const port = await freePort();
  const output = openSync(log, "a");
  const args = Object.entries(settings()).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  server = spawn(join(binaries, "postgres"), ["-D", data, "-p", String(port), ...args], {
    ...how,
    stdio: ["ignore", output, output],
    // Ctrl-C is for the benchmark, which needs the server while it ends.
    detached: true,
  });
  closeSync(output);
  const url = Object.assign(new URL(usual), { port: String(port) }).toString();
  for (const until = Date.now() + 60_000; ; ) {
    const problem = await problemWith(url);
    if (problem === null) return url;
    if (server.exitCode !== null || Date.now() > until) {
      throw new Refusal(`PostgreSQL did not start: ${readFileSync(log, "utf8").slice(-2000)}\n${advice}`);
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** What a server of this size would be given; how safely it writes is left as it comes. */
function settings(): Readonly<Record<string, string>> {
  const memory = Math.floor(totalmem() / 2 ** 20);
  return {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: `${Math.max(128, Math.min(4096, Math.floor(memory / 4)))}MB`,
    effective_cache_size: `${Math.floor(memory / 2)}MB`,
    max_wal_size: "8GB",
    checkpoint_timeout: "30min",
    max_connections: "200",
  };
}

/** A fast shutdown; after ten seconds an immediate one, for the files go anyway. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  const impatient = setTimeout(() => server.kill("SIGQUIT"), 10_000);
  await closed;
  clearTimeout(impatient);
}
