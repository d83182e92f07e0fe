import { expect, inject, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "../../src/db/open/database.ts";
import { testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { lonely } from "../support/lonely.ts";
import { Organization } from "../support/makers.ts";

/** More is asked for than there are connections to the database, and by callers who do not wait for the answer. */

const url = inject("databaseUrl");
const body = (query: string) => JSON.stringify({ query });

// The embedded database has one connection, for which requests wait long beside an import: see EMBEDDED_WAIT.
test.skipIf(url === null)("a full pool says 503 and when to ask again, and serves on", async () => {
  const { key } = await Organization.make();
  const database = await openDatabase({
    kind: "postgres",
    url: url ?? "",
    poolSize: 1,
    wait: 1_000,
    statementTimeout: 20_000,
  });
  const server = await listening({ database });
  onTestFinished(async () => {
    await server.stop();
    await database.close();
  });
  const ask = () =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: body("{ contacts { totalCount } }"),
    });
  // Opened on a machine that may be busy with other tests.
  const taken = await vi.waitFor(() => database.pool.connect(), { timeout: 20_000 });
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] });
  expect((await fetch(`${server.url}/ready`)).status).toBe(503);
  taken.release();
  expect((await ask()).status).toBe(200);
});

test("a mutation is done to its end, though its caller has left", async () => {
  const organization = await Organization.make();
  const caller = new AbortController();
  const database = await testDatabase();
  // Who calls is asked in another way.
  let times = 0;
  const pool = new Proxy(database.pool, {
    get(target, name) {
      if (name === "query" || name === "connect") times += 1;
      if (times === 1) caller.abort();
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const server = await lonely({ ...database, pool });
  const where = { orgId: organization.id, email: "left@example.com" };
  const query = `mutation { contactCreate(input: { name: "L", email: "${where.email}" }) { contact { id } } }`;
  await expect(server.ask(organization.key, query, caller.signal)).rejects.toThrow();
  await server.ended;
  expect(await database.prisma.contact.count({ where })).toBe(1);
});
