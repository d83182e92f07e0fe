import { pino } from "pino";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { tokenVerifier } from "../../src/auth/token.ts";
import type { DatabaseConfig } from "../../src/db/open/database.ts";
import { openDatabase } from "../../src/db/open/database.ts";
import { createServer } from "../../src/server/server.ts";
import { read } from "../support/client.ts";
import { oneConnection, testDatabase } from "../support/database.ts";
import { startRelay } from "../support/frozen.ts";
import { Organization } from "../support/makers.ts";
import { poolerMissing, startPooler } from "../support/pooler.ts";
import { Provider } from "../support/provider.ts";

/** What a caller is, known from an earlier request, and every change of it heard. */

const databaseUrl = inject("databaseUrl") ?? "";
const lookup = /FROM (api_key k|user_identity i)\b/;

/** One instance of the server, which listens to the others. */
async function startInstance({ url = databaseUrl, issuer }: { url?: string; issuer?: Provider } = {}) {
  const lookups: string[] = [];
  const deaf: string[] = [];
  const config: DatabaseConfig = {
    kind: "postgres",
    url,
    poolSize: 3,
    statementTimeout: 20_000,
    wait: 20_000,
  };
  const database = await openDatabase(
    { ...config, preparedStatements: !url.includes("pooled") },
    {
      onStatement: (sql) => lookup.test(sql) && lookups.push(sql),
      onDeaf: (reason) => deaf.push(reason),
    },
  );
  onTestFinished(() => database.close());
  const gateway = createServer({
    database,
    logger: pino({ level: "silent" }),
    ...{ corsOrigins: [], bodyLimit: 1_048_576, fileLimit: 2_097_152, graphiql: null },
    verifyToken: issuer ? tokenVerifier(issuer.config) : null,
    authFailures: 5,
  });
  const ask = async (
    key: string,
    query = "{ viewer { scopes organization { name } } contacts { totalCount } }",
  ) =>
    read(
      await gateway.fetch("http://test/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
      }),
    );
  return {
    ask,
    deaf,
    lookups,
    /** Asks until the caller is known. */
    async knows(key: string) {
      await vi.waitFor(
        async () => {
          lookups.length = 0;
          expect((await ask(key)).status).toBe(200);
          expect(lookups).toEqual([]);
        },
        { timeout: 20_000, interval: 20 },
      );
    },
    /** Asks until the answer is as expected. */
    hears: (key: string, expected: object) =>
      // Without hearing of the change, the caller would be known for half a minute.
      vi.waitFor(async () => expect(await ask(key)).toMatchObject(expected), {
        timeout: 15_000,
        interval: 10,
      }),
  };
}

const viewerOf = (viewer: object) => ({ data: { viewer } });
const refused = { status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] };

describe.skipIf(oneConnection)("a caller who is known", () => {
  test("costs no statement, and is looked up again by each instance that hears of a change", async () => {
    const organization = await Organization.make();
    const stranger = await Organization.make();
    await organization.contact();
    const member = await organization.member({ role: "ADMIN" });
    const [here, there] = [await startInstance(), await startInstance()];
    for (const key of [organization.key, member.key, stranger.key]) await there.knows(key);
    await here.knows(member.key);

    const by = (field: string, fields: string) =>
      here.ask(organization.key, `mutation { done: ${field} { ${fields} errors { message } } }`);
    const done = (fields: object) => ({ data: { done: { ...fields, errors: [] } } });

    there.lookups.length = 0;
    expect(
      await by(`memberUpdate(id: "${member.globalId}", input: { role: MEMBER })`, "member { role }"),
    ).toMatchObject(done({ member: { role: "MEMBER" } }));
    // The instance that changed it knows at once.
    expect(await here.ask(member.key)).toMatchObject(viewerOf({ scopes: ["READ", "WRITE"] }));
    await there.hears(member.key, viewerOf({ scopes: ["READ", "WRITE"] }));
    // Others stay known.
    expect(await there.ask(stranger.key)).toMatchObject({ status: 200 });
    expect(there.lookups).toHaveLength(1);

    await by(`memberUpdate(id: "${member.globalId}", input: { dataScope: ASSIGNED })`, "member { id }");
    expect(await here.ask(member.key)).toMatchObject({ data: { contacts: { totalCount: 0 } } });
    await there.hears(member.key, { data: { contacts: { totalCount: 0 } } });

    await by(`organizationUpdate(input: { name: "Renamed" })`, "organization { name }");
    expect(await here.ask(member.key)).toMatchObject(viewerOf({ organization: { name: "Renamed" } }));
    await there.hears(member.key, viewerOf({ organization: { name: "Renamed" } }));
    await there.knows(member.key);

    await by(`memberRemove(id: "${member.globalId}")`, "member { id }");
    expect(await here.ask(member.key)).toMatchObject(refused);
    await there.hears(member.key, refused);
  });

  test("is refused with a revoked key, by the instance that revoked it at once and by others soon", async () => {
    const organization = await Organization.make();
    const { key, keyId } = await organization.member();
    const [here, there] = [await startInstance(), await startInstance()];
    await here.knows(key);
    await there.knows(key);
    const { data } = await here.ask(organization.key, "{ apiKeys { id prefix } }");
    const keys = (data as unknown as { apiKeys: { id: string; prefix: string }[] }).apiKeys;
    const id = keys.find(({ prefix }) => key.startsWith(prefix))?.id;
    const revoke = `mutation { apiKeyRevoke(id: "${id}") { errors { message } } }`;
    expect((await here.ask(organization.key, revoke)).data).toEqual({ apiKeyRevoke: { errors: [] } });
    expect(await here.ask(key)).toMatchObject(refused);
    await there.hears(key, refused);
    const { prisma } = await testDatabase();
    expect(await prisma.apiKey.count({ where: { id: keyId, revokedAt: { not: null } } })).toBe(1);
  });

  test("is refused when the key expires, and with a wrong secret, without a statement", async () => {
    const organization = await Organization.make();
    const expiresAt = new Date(Date.now() + 3_000);
    const { key } = await organization.member({ expiresAt });
    const instance = await startInstance();
    await instance.knows(organization.key);
    await instance.ask(key);
    await vi.waitFor(
      async () =>
        expect(await instance.ask(key)).toMatchObject({
          status: 401,
          errors: [{ extensions: { code: "KEY_EXPIRED" } }],
        }),
      { timeout: 15_000 },
    );
    await instance.knows(organization.key);
    const last = organization.key.at(-1) === "a" ? "b" : "a";
    expect(await instance.ask(organization.key.slice(0, -1) + last)).toMatchObject(refused);
    expect(instance.lookups).toEqual([]);
  });

  test("is looked up with each request while the listening connection is lost, and known again after", async () => {
    const organization = await Organization.make();
    const { pool } = await testDatabase();
    const instance = await startInstance();
    await instance.knows(organization.key);
    const { rowCount } = await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query IN ('LISTEN rolograph_callers', 'SELECT 1')`,
    );
    expect(rowCount).toBeGreaterThan(0);
    await instance.hears(organization.key, { status: 200 });
    await instance.knows(organization.key);
  });

  test("is looked up with each request while the listening connection is cut off silently", async () => {
    const organization = await Organization.make();
    const { id: memberId, key } = await organization.member();
    const relay = await startRelay(databaseUrl);
    const instance = await startInstance({ url: relay.url });
    await instance.knows(key);
    relay.freeze();
    const { prisma } = await testDatabase();
    await prisma.member.updateMany({
      where: { orgId: organization.id, id: memberId },
      data: { role: "READ_ONLY" },
    });
    // A second later by the server's clock, which is long before the connection is given up.
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + 1_000);
    expect(await instance.ask(key)).toMatchObject(viewerOf({ scopes: ["READ"] }));
    expect(instance.lookups).toHaveLength(1);
    clock.mockRestore();
    // A new connection replaces it.
    await instance.knows(key);
  });

  test("is no reason to wait with closing for a connection that was cut off when it began to listen", async () => {
    const relay = await startRelay(databaseUrl);
    relay.freezeAtOnce();
    const database = await openDatabase(
      { kind: "postgres", url: relay.url, poolSize: 1, statementTimeout: 20_000 },
      { onDeaf: () => undefined },
    );
    expect(database.callerChanges.isCurrent()).toBe(false);
    await vi.waitFor(() => expect(relay.listening()).toBe(1), { timeout: 15_000 });
    await database.close();
  });

  test.skipIf(poolerMissing !== null)(
    "is looked up with each request behind a pooler in transaction mode",
    async () => {
      const organization = await Organization.make();
      const pooler = await startPooler(databaseUrl);
      onTestFinished(() => pooler.stop());
      const database = new URL(databaseUrl).pathname.slice(1);
      const instance = await startInstance({ url: `${pooler.url(database)}?application_name=pooled` });
      await vi.waitFor(
        async () => {
          expect((await instance.ask(organization.key)).status).toBe(200);
          expect(instance.deaf).toHaveLength(1);
        },
        { timeout: 30_000 },
      );
      expect(instance.deaf[0]).toMatch(/pooler in transaction mode/);
      instance.lookups.length = 0;
      for (const _ of Array(3)) expect((await instance.ask(organization.key)).status).toBe(200);
      expect(instance.lookups).toHaveLength(3);
    },
  );

  test("may be a user with a token, whose memberships are heard of", async () => {
    const [first, second] = [await Organization.make(), await Organization.make()];
    const { userId, email } = await first.member();
    const provider = await Provider.start();
    onTestFinished(() => provider.stop());
    const token = await provider.token({ sub: await provider.knows(userId), scope: "ADMIN" });
    const [here, there] = [
      await startInstance({ issuer: provider }),
      await startInstance({ issuer: provider }),
    ];
    await there.knows(token);
    const invite = `mutation { memberInvite(input: { email: "${email}", name: "Twice", role: MEMBER }) { errors { message } } }`;
    expect((await here.ask(second.key, invite)).data).toEqual({ memberInvite: { errors: [] } });
    // They are in two organizations now, and must say which one.
    await there.hears(token, { status: 400, errors: [{ extensions: { code: "ORG_REQUIRED" } }] });
  });
});

test.skipIf(!oneConnection)(
  "nothing is known of callers where other processes could change them unheard",
  async () => {
    const organization = await Organization.make();
    const { callerChanges } = await testDatabase();
    expect(callerChanges.isCurrent()).toBe(false);
    expect(organization.key).toBeTruthy();
  },
);
