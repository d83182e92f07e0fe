import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { makePool } from "../../src/db/open/connections.ts";
import { type BucketStore, MemoryBuckets } from "../../src/server/rates/buckets.ts";
import { openRedis } from "../../src/server/rates/redis.ts";
import { storeOf } from "../../src/server/rates/store.ts";
import { oneConnection, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { ask, asking, serverWith } from "./asking.ts";

/** Leaky buckets in memory, in Redis and in PostgreSQL: each counts the same. */

const REDIS = process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379";

/** Costs 12. */
const query = "{ contacts(first: 10) { nodes { id } } }";
/** Costs 6. */
const cheaper = "{ contacts(first: 4) { nodes { id } } }";

const redisAnswers = await (async () => {
  const probe = new Redis(REDIS, { lazyConnect: true, retryStrategy: () => null });
  probe.on("error", () => undefined);
  return probe.connect().then(
    () => probe.quit().then(() => true),
    () => false,
  );
})();

const silent = pino({ level: "silent" });
const opened: Redis[] = [];
afterAll(() => {
  for (const redis of opened) redis.disconnect();
});

async function connected(): Promise<Redis> {
  const redis = openRedis(REDIS, silent);
  opened.push(redis);
  if (redis.status !== "ready") await new Promise((resolve) => redis.once("ready", resolve));
  return redis;
}

/** A kind of store: two of its instances, and a way to let seconds pass for an organization's buckets. */
interface Kind {
  readonly stores: readonly BucketStore[];
  readonly pass: (seconds: number, organization: Organization) => Promise<unknown>;
}

const kinds: Record<string, () => Promise<Kind>> = {
  async memory() {
    let now = 0;
    const store = new MemoryBuckets(() => now);
    return {
      stores: [store, store],
      async pass(seconds) {
        now += seconds;
      },
    };
  },
  async Redis() {
    const database = await testDatabase();
    const redis = await connected();
    const stores = [storeOf("redis", database, redis), storeOf("redis", database, await connected())];
    return {
      stores: stores.flatMap((store) => store ?? []),
      async pass(seconds, { id }) {
        for (const key of await redis.keys(`rolograph:cost:{${id}}:*`)) {
          const at = Number(await redis.hget(key, "at"));
          await redis.hset(key, "at", at - seconds);
        }
      },
    };
  },
  async PostgreSQL() {
    const database = await testDatabase();
    const store = storeOf("postgres", database, null);
    return {
      stores: store ? [store, store] : [],
      pass: (seconds, { id }) =>
        database.pool.query("UPDATE rate_bucket SET at = at - make_interval(secs => $1) WHERE org_id = $2", [
          seconds,
          id,
        ]),
    };
  },
};

const remainingOf = async (...args: Parameters<typeof ask>) => {
  const [server, key, text] = args;
  const { status, extensions } = await ask(server, key, text, {}, asking);
  return { status, remaining: extensions?.cost?.remaining ?? null };
};

describe.each(Object.keys(kinds))("costs in %s", (name) => {
  // Skipped where no Redis answers; CI has one. The embedded database has one process, which counts in memory.
  const run = test.skipIf((name === "Redis" && !redisAnswers) || (name === "PostgreSQL" && oneConnection));

  /** Two servers over one store, as two instances. */
  async function made(limits: { perCaller: number; perOrganization: number }) {
    // However busy the machine is, no server counts for itself.
    const rates = { ...limits, timeout: 60_000 };
    const { stores, pass } = (await kinds[name]?.()) ?? { stores: [], pass: async () => undefined };
    const servers = await Promise.all(stores.map((rateStore) => serverWith({ rates, rateStore })));
    const [first, second] = servers;
    if (!first || !second) throw new Error(`no two servers with costs in ${name}`);
    return { first, second, pass, organization: await Organization.make() };
  }

  run("come back continuously, and Retry-After is when this very operation fits", async () => {
    const { first, pass, organization } = await made({ perCaller: 12_000, perOrganization: 0 });
    const { key } = organization;
    const dear = "{ contacts(first: 100) { nodes { deals(first: 97) { nodes { id } } } } }";
    const used = await ask(first, key, dear, {}, asking);
    const requested = used.extensions?.cost?.requested ?? 0;
    expect(requested).toBeGreaterThan(9_000);
    const resetIn = Date.parse(used.extensions?.cost?.resetAt ?? "") - Date.now();
    expect(resetIn / 60_000).toBeGreaterThan(0.7);
    expect(resetIn / 60_000).toBeLessThanOrEqual(requested / 12_000);

    const refused = await ask(first, key, dear);
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get("retry-after"));
    // The seconds for what is lacking, of which some have passed, and not the rest of a minute.
    expect(wait).toBeLessThanOrEqual(Math.ceil((60 * (2 * requested - 12_000)) / 12_000));
    expect(wait).toBeLessThan(Number(refused.headers.get("ratelimit-reset")));
    await pass(wait, organization);
    expect((await ask(first, key, dear)).status).toBe(200);
    await pass(60, organization);
    const { remaining } = await remainingOf(first, key, query);
    expect(remaining).toBe(12_000 - 12);
  });

  run(
    "are counted together by two instances, and exactly as many fit that are asked for at once",
    async () => {
      for (let round = 0; round < 10; round += 1) {
        const { first, second, organization } = await made({ perCaller: 36, perOrganization: 1_000 });
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, at) => ask(at % 2 ? first : second, organization.key, query)),
        );
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
        expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
      }
    },
  );

  run("leave room for a cheaper operation beside dearer ones that are refused", async () => {
    const { first, second, organization } = await made({ perCaller: 1_000, perOrganization: 30 });
    const { key } = await organization.member();
    for (const server of [first, second]) expect((await ask(server, key, query)).status).toBe(200);
    const texts = [query, query, query, cheaper, query, query, query];
    const answers = await Promise.all(
      texts.map((text, at) => ask(at % 2 ? first : second, at % 2 ? key : organization.key, text)),
    );
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 200, 429, 429, 429]);
  });

  run("of an organization do not touch another's", async () => {
    const { first, organization } = await made({ perCaller: 0, perOrganization: 12 });
    const other = await Organization.make();
    for (const { key } of [organization, other]) expect((await ask(first, key, query)).status).toBe(200);
    for (const { key } of [organization, other]) expect((await ask(first, key, query)).status).toBe(429);
  });
});

describe("a store that does not count", () => {
  const away: Record<string, () => Promise<BucketStore | null>> = {
    "Redis that nobody serves": async () => {
      const redis = openRedis("redis://127.0.0.1:1", silent);
      onTestFinished(() => redis.disconnect());
      return storeOf("redis", await testDatabase(), redis);
    },
    "PostgreSQL that nobody serves": async () => {
      const { statementName } = await testDatabase();
      const pool = makePool({ host: "127.0.0.1", port: 1 });
      onTestFinished(() => pool.end());
      return storeOf("postgres", { pool, statementName }, null);
    },
    "one that never answers": async () => ({ take: () => new Promise(() => undefined) }),
  };

  test.each(Object.keys(away))("%s: each instance counts for itself, and no request fails", async (name) => {
    const { key } = await Organization.make();
    const rateStore = (await away[name]?.()) ?? null;
    const server = await serverWith({ rates: { perCaller: 30, perOrganization: 0 }, rateStore });
    for (const status of [200, 200, 429]) expect((await ask(server, key, query)).status).toBe(status);
  });
});
