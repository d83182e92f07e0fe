import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { cancelledWith } from "../../src/db/open/cancel.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { turnOf } from "../../src/db/turn.ts";
import { CallerGone } from "../../src/lib/errors.ts";
import { testDatabase } from "../support/database.ts";
import { poolerMissing, startPooler } from "../support/pooler.ts";

/** A statement is cancelled on whichever way the database is reached. */

const url = inject("databaseUrl");
const target = new URL(url ?? "postgresql://postgres@127.0.0.1:5432/none");
const name = target.pathname.slice(1);

/** Sends a statement that waits, has its caller leave, and gives what became of it and of its connection. */
async function leave(address: string, preparedStatements = true) {
  const database = await openDatabase({
    kind: "postgres",
    url: address,
    poolSize: 1,
    wait: 20_000,
    statementTimeout: 85_000,
    preparedStatements,
  });
  onTestFinished(() => database.close());
  const { pool } = await testDatabase();
  const mark = `left ${Math.random()}`;
  const isRunning = async () =>
    (
      await pool.query("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1", [
        `/* ${mark} */%`,
      ])
    ).rows.length === 1;
  const pid = async () =>
    (await database.pool.query("SELECT pg_backend_pid() AS pid")).rows[0]?.pid as number;
  const before = await pid();
  const caller = new AbortController();
  const send = cancelledWith(database.pool, turnOf(""), caller.signal);
  const asked = send({ text: `/* ${mark} */ SELECT pg_sleep(80)` }).catch((error: unknown) => error);
  await vi.waitFor(async () => expect(await isRunning()).toBe(true), { timeout: 15_000, interval: 20 });
  caller.abort();
  const error = await asked;
  return { error, isRunning: await isRunning(), before, after: await pid() };
}

const cancelled = { error: expect.any(CallerGone), isRunning: false };

test.skipIf(url === null)("over a Unix socket", async ({ skip }) => {
  const { pool } = await testDatabase();
  const { rows } = await pool.query("SHOW unix_socket_directories");
  const [directory = ""] = String(rows[0]?.unix_socket_directories).split(", ");
  skip(directory === "", "PostgreSQL has no Unix socket");
  const reached = await new Promise<boolean>((found) => {
    const socket = connect(`${directory}/.s.PGSQL.${target.port || 5432}`);
    socket.once("connect", () => found(true)).once("error", () => found(false));
    socket.once("connect", () => socket.destroy());
  });
  skip(!reached, "PostgreSQL's Unix socket is on another machine");
  const user = [target.username, target.password].filter(Boolean).join(":");
  const address = `postgresql://${user}@/${name}?host=${encodeURIComponent(directory)}&port=${target.port || 5432}`;
  const left = await leave(address);
  expect(left).toMatchObject(cancelled);
  expect(left.after).toBe(left.before);
});

test.skipIf(url === null)("through PgBouncer in transaction mode", async ({ skip }) => {
  skip(poolerMissing !== null, poolerMissing ?? "");
  const pooler = await startPooler();
  onTestFinished(() => pooler.stop());
  expect(await leave(pooler.url(name), false)).toMatchObject(cancelled);
});

/** The protocol's message that asks for TLS: its length and its code. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** A door to PostgreSQL that speaks TLS, as PostgreSQL itself does with `ssl=on`. */
async function startTls() {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-tls-"));
  const [keyFile, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"],
    ...["-newkey", "rsa:2048", "-keyout", keyFile, "-out", certificate],
  ]);
  const [key, cert] = [await readFile(keyFile), await readFile(certificate)];
  await rm(directory, { recursive: true });
  const sockets = new Set<Socket>();
  let secured = 0;
  const server = createServer((plain) => {
    sockets.add(plain.on("error", () => undefined));
    // Answered by one letter.
    plain.once("data", (asked: Buffer) => {
      if (!asked.equals(SSL_REQUEST)) return plain.destroy();
      plain.write("S");
      secured += 1;
      const secure = new TLSSocket(plain, { isServer: true, key, cert });
      const behind = connect(Number(target.port || 5432), target.hostname);
      sockets.add(behind);
      for (const [from, to] of [
        [secure, behind],
        [behind, secure],
      ] as const) {
        from
          .pipe(to)
          .on("error", () => undefined)
          .once("close", () => from.destroy());
      }
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return { port: (server.address() as AddressInfo).port, secured: () => secured };
}

const opensslMissing = await promisify(execFile)("openssl", ["version"]).then(
  () => null,
  () => "openssl is not installed",
);

test.skipIf(url === null)("over TLS", async ({ skip }) => {
  skip(opensslMissing !== null, opensslMissing ?? "");
  const { port, secured } = await startTls();
  const address = new URL(target);
  address.host = `127.0.0.1:${port}`;
  address.search = "?sslmode=no-verify";
  const left = await leave(address.href);
  expect(left).toMatchObject(cancelled);
  expect(left.after).toBe(left.before);
  // The connection's own, and the request to cancel.
  expect(secured()).toBe(2);
});
