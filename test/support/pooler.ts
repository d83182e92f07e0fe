import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { postgresUrl } from "./program.ts";

/** PgBouncer, as Debian packages it, in transaction mode in front of the tests' PostgreSQL. */

/** Why PgBouncer cannot be started here; null if it can. */
export const poolerMissing: string | null = await promisify(execFile)("pgbouncer", ["--version"]).then(
  () => null,
  () => "pgbouncer is not installed",
);

export interface Pooler {
  /** The address of a database through PgBouncer. */
  url(database: string): string;
  /** Kills PgBouncer, and starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param target the address of PostgreSQL
 * @param more further lines of PgBouncer's settings
 */
export async function startPooler(target = postgresUrl, more: readonly string[] = []): Promise<Pooler> {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-pooler-"));
  const port = await freePort();
  const { hostname, port: behind, username, password } = new URL(target);
  const settings = join(directory, "pgbouncer.ini");
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${behind || 5432} user=${username || "postgres"}${password && ` password=${decodeURIComponent(password)}`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = any
pool_mode = transaction
unix_socket_dir =
${more.join("\n")}
`,
  );
  await chmod(directory, 0o755);
  let child = await run(settings);
  const kill = async () => {
    const gone = new Promise((ended) => child.once("exit", ended));
    child.kill("SIGKILL");
    await gone;
  };
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    async restart() {
      await kill();
      child = await run(settings);
    },
    async stop() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function run(settings: string): Promise<ChildProcess> {
  // PgBouncer refuses to run as root.
  const child: ChildProcess = spawn("pgbouncer", [
    ...(process.getuid?.() === 0 ? ["-u", "nobody"] : []),
    settings,
  ]);
  let output = "";
  await new Promise<void>((ready, failed) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/process up/.test(output)) ready();
    });
    child.once("exit", () => failed(new Error(output)));
  });
  return child;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
