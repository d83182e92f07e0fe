import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { applyMigrations } from "../../src/db/migrate/migrate.ts";
import { inspect } from "../../src/db/open/inspect.ts";
import { testDatabase } from "../support/database.ts";

/** Connections that are listened to, since an error event that nobody hears ends the process. */

beforeAll(async () => {
  await testDatabase();
});

test("connections are made and taken in one place, which listens to them", async () => {
  const names = (await readdir("src", { recursive: true })).filter((name) => name.endsWith(".ts"));
  const taking: string[] = [];
  for (const name of names.filter((each) => !each.startsWith("generated"))) {
    const text = await readFile(join("src", name), "utf8");
    if (/new pg\.Pool\b|\b(pool|own|to)\.connect\(/.test(text)) taking.push(name);
  }
  expect(taking).toEqual(["db/open/connections.ts"]);
});

test("migrations and the look at the start leave no listeners on the pool, of which Node.js would warn", async () => {
  const database = await testDatabase();
  const before = database.pool.listenerCount("error");
  await applyMigrations(database.pool, database.embedded);
  await inspect(database);
  expect(database.pool.listenerCount("error")).toBe(before);
});

test("clients that reset their connections, whatever they had sent, leave the embedded database as it was", async ({
  skip,
}) => {
  const { pool, embedded } = await testDatabase();
  skip(!embedded, "it has no part in this run");
  const { host, port } = pool.options;
  const reset = (sent: Uint8Array, wait: boolean) =>
    new Promise<void>((resolve) => {
      const socket = connect({ path: join(String(host), `.s.PGSQL.${port}`) });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.on("connect", () => {
        socket.write(sent);
        // What it is answered is not read, so that the other side's next write fails.
        if (wait) setImmediate(() => setImmediate(() => socket.destroy()));
        else socket.destroy();
      });
    });
  const startup = Buffer.from("\0\0\0\u0017\0\u0003\0\0user\0postgres\0\0", "latin1");
  const query = (text: string) => {
    const body = Buffer.from(`${text}\0`);
    const head = Buffer.alloc(5);
    head.write("Q");
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([startup, head, body]);
  };
  const large = query("SELECT repeat('x', 1000000) FROM generate_series(1, 20)");
  for (const sent of [Buffer.alloc(0), startup.subarray(0, 4), startup, large, Buffer.from("nonsense")]) {
    await Promise.all([true, false, true, false].map((wait) => reset(sent, wait)));
  }
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});
