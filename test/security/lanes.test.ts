import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { oneConnection } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";

/** What is quick is answered while what takes long holds the connections that it may have, and queues for more. */

let own: OwnDatabase;
let server: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  if (oneConnection) return;
  own = await ownDatabase({}, { poolSize: 4, wait: 1_000 });
  server = await listening({ database: own.database });
});
afterAll(async () => {
  await server?.stop();
  await own?.close();
});

async function ask(query: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${own.key}` },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return [response.status, response.headers.get("retry-after"), errors?.[0]?.extensions.code ?? null];
}

const HEAVY =
  "{ contacts(first: 100) { nodes { id name email company title source city: address { city } createdAt updatedAt } } }";
const fine = [200, null, null];
const full = [503, "1", "SERVICE_UNAVAILABLE"];

test.skipIf(oneConnection)(
  "while twenty heavy reads wait for the database, a quick read, a write and /ready are answered; later ones are told when to come again",
  async () => {
    expect(await ask(HEAVY)).toEqual(fine);
    const holder = new pg.Client(own.database.pool.options);
    // A test that fails leaves it to the database's end, which is no error of another test.
    holder.on("error", () => undefined);
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE contact IN ACCESS EXCLUSIVE MODE");
    // Which two of them get the connections is not known: requests need not arrive in the order they were sent.
    const told: unknown[] = [];
    const heavy = Array.from({ length: 20 }, () =>
      ask(HEAVY).then((answer) => {
        told.push(answer);
      }),
    );
    await vi.waitFor(() => expect(own.database.pool.queued).toBe(18), { timeout: 20_000, interval: 5 });
    expect(await ask("{ viewer { permissions } tags { name } }")).toEqual(fine);
    expect(await ask('mutation { tagCreate(input: { name: "meanwhile" }) { errors { code } } }')).toEqual(
      fine,
    );
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    await vi.waitFor(() => expect(told).toHaveLength(18), { timeout: 20_000, interval: 5 });
    expect(told).toEqual(told.map(() => full));
    expect(await ask("{ tags { name } }")).toEqual(fine);
    await holder.query("COMMIT");
    await holder.end();
    await Promise.all(heavy);
    expect(told.slice(18)).toEqual([fine, fine]);
    expect(own.database.pool.queued).toBe(0);
    expect(await ask(HEAVY)).toEqual(fine);
  },
);
