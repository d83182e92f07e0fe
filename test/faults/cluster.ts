import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";

/** A PostgreSQL of the check's own, which it may kill. */

const PACKAGES = "/usr/lib/postgresql";

/** Where PostgreSQL's programs are; null where they are not installed. */
export function programs(): string | null {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES).sort((a, b) => Number(a) - Number(b)) : [];
  const found = versions
    .map((version) => join(PACKAGES, version, "bin"))
    .filter((bin) => existsSync(join(bin, "initdb")));
  return found.at(-1) ?? null;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export class Cluster {
  readonly #bin: string;
  readonly #directory: string;
  readonly port: number;

  private constructor(bin: string, directory: string, port: number) {
    this.#bin = bin;
    this.#directory = directory;
    this.port = port;
  }

  static async make(bin: string): Promise<Cluster> {
    const directory = await mkdtemp(join(tmpdir(), "rolograph-faults-"));
    await chmod(directory, 0o777);
    const cluster = new Cluster(bin, directory, await freePort());
    await cluster.#run(
      "initdb",
      "-D",
      cluster.#data,
      "-A",
      "trust",
      "-U",
      "postgres",
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
    );
    await cluster.start();
    await cluster.sql("CREATE ROLE app LOGIN");
    await cluster.sql("CREATE DATABASE app OWNER app");
    return cluster;
  }

  get #data(): string {
    return join(this.#directory, "data");
  }

  /** The address for the server, whose role is no superuser. */
  get url(): string {
    return `postgresql://app@127.0.0.1:${this.port}/app`;
  }

  get adminUrl(): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/app`;
  }

  async sql(text: string): Promise<pg.QueryResult> {
    const database = /^CREATE (ROLE|DATABASE)/.test(text)
      ? this.adminUrl.replace(/app$/, "postgres")
      : this.adminUrl;
    const client = new pg.Client(database);
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  /** Locks a table. @returns a function that lets go of it */
  async lock(table: string): Promise<() => Promise<void>> {
    const client = new pg.Client(this.adminUrl);
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return () => client.end();
  }

  /** Ends all sessions of the server's role. */
  terminate = (): Promise<unknown> =>
    this.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");

  /** Waits until so many of these sessions wait for a lock. */
  async waiting(count: number): Promise<void> {
    const query =
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = 'app' AND wait_event_type = 'Lock'";
    for (const late = Date.now() + 60_000; ; await pause(20)) {
      if ((await this.sql(query)).rows[0]?.count === count) return;
      if (Date.now() > late) throw new Error(`no ${count} sessions wait for a lock`);
    }
  }

  async start(): Promise<void> {
    const options = `-p ${this.port} -k ${this.#directory} -c max_connections=60 -c shared_buffers=64MB`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return void (await this.#run(
          "pg_ctl",
          "-D",
          this.#data,
          "-w",
          "-l",
          join(this.#directory, "log"),
          "-o",
          options,
          "start",
        ));
      } catch (error) {
        // After a kill its other processes need a moment to notice.
        if (attempt === 20) throw error;
        await pause(250);
      }
    }
  }

  stop = (mode: "fast" | "immediate"): Promise<unknown> =>
    this.#run("pg_ctl", "-D", this.#data, "-w", "-m", mode, "stop");

  /** From now on it takes no new connections, and it stops when those that are open have ended (smart). */
  announceStop = (): Promise<unknown> => this.#run("pg_ctl", "-D", this.#data, "-W", "-m", "smart", "stop");

  /** As when the machine's memory runs out: the postmaster is killed with SIGKILL. */
  async kill(): Promise<void> {
    const [pid = ""] = (await readFile(join(this.#data, "postmaster.pid"), "utf8")).split("\n");
    process.kill(Number(pid), "SIGKILL");
  }

  async remove(): Promise<void> {
    await this.stop("immediate").catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** When the process ends in the middle. */
  removeNow(): void {
    try {
      execFileSync(...this.#command("pg_ctl", "-D", this.#data, "-m", "immediate", "stop"), {
        stdio: "ignore",
      });
    } catch {
      // It did not run.
    }
    execFileSync("rm", ["-rf", this.#directory]);
  }

  #command(program: string, ...args: string[]): [string, string[]] {
    const path = join(this.#bin, program);
    // PostgreSQL does not run as root.
    return process.getuid?.() === 0 ? ["runuser", ["-u", "postgres", "--", path, ...args]] : [path, args];
  }

  #run = (program: string, ...args: string[]) =>
    promisify(execFile)(...this.#command(program, ...args), { cwd: this.#directory });
}
