import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config.ts";
import { statementNames } from "../../src/db/prisma/statement-names.ts";
import { purgeLimits } from "../../src/jobs/jobs.ts";

/** The settings of the database. */

const DATABASE_URL = "postgresql://rolograph@127.0.0.1/rolograph";

test("statements are named unless the operator says that the pooler does not know names", () => {
  const prepared = (env: Record<string, string>) => readConfig({ DATABASE_URL, ...env }).database;
  expect(prepared({})).toMatchObject({ preparedStatements: true });
  expect(prepared({ PREPARED_STATEMENTS: "true" })).toMatchObject({ preparedStatements: true });
  expect(prepared({ PREPARED_STATEMENTS: "false" })).toMatchObject({ preparedStatements: false });
  expect(() => prepared({ PREPARED_STATEMENTS: "no" })).toThrow("PREPARED_STATEMENTS must be true or false");
});

test("a text that comes again has one name everywhere, as long as names are wanted and there are not many", () => {
  const [here, there] = [statementNames(true), statementNames(true)];
  expect(here("SELECT 1")).toBeUndefined();
  const name = here("SELECT 1");
  expect(name).toMatch(/^r_/);
  there("SELECT 1");
  expect([here("SELECT 1"), there("SELECT 1")]).toEqual([name, name]);
  here("SELECT 2");
  expect(here("SELECT 2")).not.toBe(name);
  expect([statementNames(false)("SELECT 1"), statementNames(false)("SELECT 1")]).toEqual([
    undefined,
    undefined,
  ]);
  for (let at = 0; at < 2000; at += 1) there(`SELECT ${at % 1000}, 'another'`);
  const named = Array.from({ length: 1000 }, (_, at) => there(`SELECT ${at}, 'another'`)).filter(Boolean);
  expect(named.length).toBeLessThanOrEqual(200);
  expect(there("SELECT 1")).toBe(name);
});

/** The settings of an identity provider, and how many processes serve. */

const issuer = "https://login.example.com/";

test("without an issuer there are API keys alone; an empty setting counts as unset", () => {
  expect(readConfig({}).oidc).toBeNull();
  expect(readConfig({ OIDC_ISSUER: " ", OIDC_AUDIENCE: "" }).oidc).toBeNull();
});

test("an issuer is kept to the letter, and its keys are looked up unless their address is given", () => {
  expect(readConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: "api" }).oidc).toEqual({
    issuer,
    audience: "api",
    jwksUrl: null,
  });
  const jwksUrl = "http://127.0.0.1:8080/keys";
  expect(
    readConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: "api", OIDC_JWKS_URL: jwksUrl }).oidc,
  ).toMatchObject({ jwksUrl });
});

test.each([
  [{ OIDC_ISSUER: issuer }, "OIDC_AUDIENCE must be set with OIDC_ISSUER"],
  [{ OIDC_AUDIENCE: "api" }, "OIDC_AUDIENCE needs OIDC_ISSUER"],
  [{ OIDC_JWKS_URL: "https://login.example.com/keys" }, "OIDC_JWKS_URL needs OIDC_ISSUER"],
  [{ OIDC_ISSUER: "login.example.com", OIDC_AUDIENCE: "api" }, "OIDC_ISSUER must be an https address"],
  [{ OIDC_ISSUER: "http://login.example.com", OIDC_AUDIENCE: "api" }, "OIDC_ISSUER must be an https address"],
  [
    { OIDC_ISSUER: issuer, OIDC_AUDIENCE: "api", OIDC_JWKS_URL: "http://127.0.0.1.example.com/keys" },
    "OIDC_JWKS_URL must be an https address",
  ],
])("what cannot be used stops the start and says what would be right: %o", (env, told) => {
  expect(() => readConfig(env as Record<string, string>)).toThrow(ConfigError);
  expect(() => readConfig(env as Record<string, string>)).toThrow(told);
});

test("one process serves unless WORKERS says otherwise; auto is one a core, as far as the pool goes", () => {
  expect(readConfig({}).workers).toBe(1);
  expect(readConfig({ WORKERS: "1" }).workers).toBe(1);
  expect(readConfig({ WORKERS: "3", DATABASE_URL }).workers).toBe(3);
  const cores = readConfig({ WORKERS: "auto", DATABASE_URL, DATABASE_POOL: "500" }).workers;
  expect(cores).toBe(Math.min(250, availableParallelism()));
  expect(readConfig({ WORKERS: "auto", DATABASE_URL, DATABASE_POOL: "1" }).workers).toBe(1);
});

test.each([
  [{ WORKERS: "2" }, "WORKERS needs DATABASE_URL"],
  [{ WORKERS: "auto" }, "WORKERS needs DATABASE_URL"],
  [{ WORKERS: "0", DATABASE_URL }, "WORKERS must be a whole number from 1 to 250, or auto"],
  [{ WORKERS: "251", DATABASE_URL }, "WORKERS must be a whole number from 1 to 250, or auto"],
  [{ WORKERS: "many", DATABASE_URL }, "WORKERS must be a whole number from 1 to 250, or auto"],
  [{ WORKERS: "6", DATABASE_URL }, "set DATABASE_POOL to 12 or more, or WORKERS to 5 or fewer"],
])("a number of workers that cannot be is refused: %o", (env, told) => {
  expect(() => readConfig(env as Record<string, string>)).toThrow(ConfigError);
  expect(() => readConfig(env as Record<string, string>)).toThrow(told);
});

test("an operation may cost 50,000 and the schema be asked for, unless the operator says otherwise", () => {
  expect(readConfig({}).limits).toEqual({ costLimit: 50_000, introspection: true });
  expect(readConfig({ COST_LIMIT: "200000", INTROSPECTION: "false" }).limits).toEqual({
    costLimit: 200_000,
    introspection: false,
  });
  expect(() => readConfig({ COST_LIMIT: "0" })).toThrow("COST_LIMIT must be a whole number from 1000");
  expect(() => readConfig({ INTROSPECTION: "no" })).toThrow("INTROSPECTION must be true or false");
});

test("what callers may ask for in a minute has a bound that one operation fits in, unless the operator takes it away", () => {
  expect(readConfig({})).toMatchObject({
    rates: { perCaller: 20_000_000, perOrganization: 60_000_000 },
    rateStore: "memory",
    redisUrl: null,
  });
  expect(
    readConfig({
      COST_PER_MINUTE: "0",
      ORGANIZATION_COST_PER_MINUTE: "50000",
      REDIS_URL: "rediss://cache:6380/1",
    }),
  ).toMatchObject({
    rates: { perCaller: 0, perOrganization: 50_000 },
    rateStore: "redis",
    redisUrl: "rediss://cache:6380/1",
  });
  expect(readConfig({ COST_LIMIT: "100000000" }).rates).toEqual({
    perCaller: 100_000_000,
    perOrganization: 100_000_000,
  });
  expect(() => readConfig({ COST_PER_MINUTE: "49999" })).toThrow(
    "COST_PER_MINUTE must be 0 for any amount, or at least COST_LIMIT, which is 50000",
  );
  expect(() => readConfig({ ORGANIZATION_COST_PER_MINUTE: "many" })).toThrow(
    "ORGANIZATION_COST_PER_MINUTE must be a whole number from 0",
  );
  for (const url of ["localhost:6379", "http://localhost", "redis"])
    expect(() => readConfig({ REDIS_URL: url })).toThrow(
      "REDIS_URL must be an address such as redis://127.0.0.1:6379",
    );
});

test("costs are counted where the operator says, if there is an address for it", () => {
  const [REDIS_URL, DATABASE_URL] = ["redis://cache:6379", "postgresql://db/app"];
  expect(readConfig({ RATE_STORE: "postgres", DATABASE_URL, REDIS_URL })).toMatchObject({
    rateStore: "postgres",
    redisUrl: null,
  });
  expect(readConfig({ RATE_STORE: "memory", REDIS_URL })).toMatchObject({
    rateStore: "memory",
    redisUrl: null,
  });
  expect(() => readConfig({ RATE_STORE: "postgres" })).toThrow(
    "RATE_STORE=postgres needs DATABASE_URL, which is not set",
  );
  expect(() => readConfig({ RATE_STORE: "redis" })).toThrow(
    "RATE_STORE=redis needs REDIS_URL, which is not set",
  );
  expect(() => readConfig({ RATE_STORE: "disk" })).toThrow("RATE_STORE must be memory, redis or postgres");
});

/** The settings of the door. */

test("connections are kept longer than by common balancers, a stop gives them time, and no header of a proxy is believed", () => {
  expect(readConfig({})).toMatchObject({
    keepAliveTimeout: 75_000,
    shutdownDelay: 2_000,
    shutdownTimeout: 10_000,
    trustedProxies: 0,
    authFailures: 30,
  });
  expect(readConfig({ DATABASE_URL }).database).toMatchObject({ wait: 1_500 });
  const set = { KEEP_ALIVE_TIMEOUT_MS: "620000", SHUTDOWN_DELAY_MS: "0", TRUST_PROXY: "2" };
  expect(
    readConfig({ ...set, AUTH_FAILURES_PER_MINUTE: "0", DATABASE_WAIT_MS: "5000", DATABASE_URL }),
  ).toMatchObject({
    keepAliveTimeout: 620_000,
    shutdownDelay: 0,
    trustedProxies: 2,
    authFailures: 0,
    database: { wait: 5_000 },
  });
});

test.each([
  [{ KEEP_ALIVE_TIMEOUT_MS: "5" }, "KEEP_ALIVE_TIMEOUT_MS must be a whole number from 1000 to 3600000"],
  [{ TRUST_PROXY: "true" }, "TRUST_PROXY must be a whole number from 0 to 10"],
  [{ DATABASE_WAIT_MS: "0" }, "DATABASE_WAIT_MS must be a whole number from 100 to 60000"],
])("a setting of the door that cannot be is refused: %o", (env, told) => {
  expect(() => readConfig(env as Record<string, string>)).toThrow(told);
});

test("audit events are kept for a year, for AUDIT_DAYS, or for ever", () => {
  expect(readConfig({}).auditDays).toBe(365);
  expect(readConfig({ AUDIT_DAYS: "30" }).auditDays).toBe(30);
  expect(readConfig({ AUDIT_DAYS: "36500" }).auditDays).toBe(36_500);
  for (const wrong of ["-1", "36501", "1.5", "a year"]) {
    expect(() => readConfig({ AUDIT_DAYS: wrong })).toThrow(
      "AUDIT_DAYS must be a whole number from 0 to 36500",
    );
  }
  const now = new Date("2026-11-28T06:00:00Z");
  const limitOf = (AUDIT_DAYS: string) =>
    purgeLimits(now, readConfig({ AUDIT_DAYS }).auditDays).auditedBefore;
  expect(limitOf("30")).toEqual(new Date("2026-10-29T06:00:00Z"));
  expect(limitOf("0")).toBeNull();
});
