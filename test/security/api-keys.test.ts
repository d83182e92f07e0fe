import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenVerifier } from "../../src/auth/token.ts";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { create, created, List, revoke } from "../support/api-keys.ts";
import { send, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { gatewayOf, Provider } from "../support/provider.ts";

/** Creating, using and revoking API keys. */

let organization: Organization;
let stranger: Organization;
let provider: Provider;
let ask: Awaited<ReturnType<typeof gatewayOf>>;

beforeAll(async () => {
  [organization, stranger] = [await Organization.make(), await Organization.make("LIVE")];
  provider = await Provider.start();
  ask = await gatewayOf(tokenVerifier(provider.config));
});
afterAll(() => provider.stop());

test("a key is made for the caller to read with, works, and is listed without its secret", async () => {
  const made = await created(organization.key, { name: "  Reports " });
  expect(made).toMatchObject({
    id: expect.stringMatching(/^api_key_/),
    key: expect.stringMatching(/^sk_test_/),
    name: "Reports",
    scopes: ["READ"],
    sources: [],
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  });
  expect(made.key.startsWith(made.prefix)).toBe(true);
  const { data } = await sendText(made.key, "{ viewer { member { id } scopes } }");
  expect(data).toEqual({ viewer: { member: { id: made.member?.id }, scopes: ["READ"] } });

  const { apiKeys } = await send(organization.key, List);
  const { key, ...shown } = made;
  expect(apiKeys[0]).toMatchObject({ ...shown, lastUsedAt: apiKeys[0]?.lastUsedAt ?? null });
  expect(JSON.stringify(apiKeys)).not.toContain(key);
  expect(apiKeys.map(({ createdAt }) => createdAt)).toEqual(
    apiKeys
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .reverse(),
  );
  const live = await created(stranger.key, { name: "Live" });
  expect(live.key).toMatch(/^sk_live_/);
});

test("the secret is shown once and not stored", async () => {
  const { prisma, pool } = await testDatabase();
  const input = { name: "Once", scopes: ["WRITE" as const] };
  const first = await create(organization.key, input, "make-once");
  expect(first.key).toMatch(/^sk_test_/);
  const again = await create(organization.key, input, "make-once");
  expect(again).toMatchObject({ key: null, apiKey: { id: first.apiKey?.id, name: "Once" }, errors: [] });
  expect(await prisma.apiKey.count({ where: { orgId: organization.id, name: "Once" } })).toBe(1);
  const kept = await prisma.idempotencyKey.findFirstOrThrow({ where: { key: "make-once" } });
  expect(Object.keys(kept.answer as object)).toEqual(["id"]);
  const secret = first.key?.slice(34, 74) ?? "";
  expect(secret).toHaveLength(40);
  for (const table of ["api_key", "idempotency_key"]) {
    const { rows } = await pool.query(`SELECT t::text AS row FROM ${table} t`);
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain(secret);
  }
  const other = await create(organization.key, { name: "Other" }, "make-once");
  expect(other).toMatchObject({ key: null, apiKey: null, errors: [{ code: "IDEMPOTENCY_MISMATCH" }] });
});

test("two requests at once under one idempotency key make one key", async () => {
  const input = { name: "Raced" };
  const answers = await Promise.all([1, 2, 3].map(() => create(organization.key, input, "race")));
  expect(new Set(answers.map(({ apiKey }) => apiKey?.id)).size).toBe(1);
  expect(answers.filter(({ key }) => key !== null)).toHaveLength(1);
});

test("all problems of a key are returned at once", async () => {
  const reader = await organization.member({ role: "READ_ONLY" });
  const wrong = await create(organization.key, {
    name: "x",
    memberId: reader.globalId,
    scopes: ["READ", "WRITE", "ADMIN"],
    expiresAt: new Date(Date.now() - 1000).toISOString(),
  });
  expect(wrong).toMatchObject({
    key: null,
    apiKey: null,
    errors: [
      {
        code: "INVALID_VALUE",
        path: ["input", "scopes"],
        message: expect.stringContaining("a READ_ONLY cannot have WRITE, ADMIN"),
      },
      { code: "INVALID_VALUE", path: ["input", "expiresAt"] },
    ],
  });
  expect(await create(organization.key, { name: " ", scopes: [] })).toMatchObject({
    errors: [
      { code: "REQUIRED", path: ["input", "name"] },
      { code: "INVALID_VALUE", path: ["input", "scopes"] },
    ],
  });
  const member = await organization.member();
  expect(
    await create(organization.key, { name: "x", memberId: member.globalId, scopes: ["ADMIN"] }),
  ).toMatchObject({ errors: [{ code: "INVALID_VALUE", path: ["input", "scopes"] }] });
});

test("a key is refused after it has expired", async () => {
  const { prisma } = await testDatabase();
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { key, id, ...made } = await created(organization.key, { name: "Short", expiresAt });
  expect(made.expiresAt).toBe(expiresAt);
  expect((await sendText(key, "{ __typename }")).status).toBe(200);
  await prisma.apiKey.updateMany({ where: { name: "Short" }, data: { expiresAt: new Date() } });
  expect(await sendText(key, "{ __typename }")).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: "KEY_EXPIRED" } }],
  });
});

test("a key can be created for another member of the organization, not for a member of another organization", async () => {
  const member = await organization.member();
  const { key } = await created(organization.key, { name: "For", memberId: member.globalId });
  expect((await sendText(key, "{ viewer { member { id } } }")).data).toEqual({
    viewer: { member: { id: member.globalId } },
  });
  const foreign = await stranger.member();
  const answers = [];
  for (const memberId of [foreign.globalId, encodeId("Member", newId())]) {
    answers.push(await create(organization.key, { name: "x", memberId }));
  }
  expect(answers[0]).toMatchObject({ errors: [{ code: "UNKNOWN_REFERENCE", path: ["input", "memberId"] }] });
  expect(answers[0]).toEqual(answers[1]);
  expect(await create(organization.key, { name: "x", memberId: organization.globalId })).toMatchObject({
    errors: [{ code: "BAD_ID", path: ["input", "memberId"] }],
  });
});

test("a revoked key is refused at once, and revoking it again changes nothing", async () => {
  const { key, id } = await created(organization.key, { name: "Leaked" });
  expect((await sendText(key, "{ __typename }")).status).toBe(200);
  const first = await revoke(organization.key, id);
  expect(first).toMatchObject({ apiKey: { id, revokedAt: expect.any(String) }, errors: [] });
  expect(await sendText(key, "{ __typename }")).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
  });
  expect(await revoke(organization.key, id)).toEqual(first);
  const { data } = await sendText(organization.key, `{ node(id: "${id}") { ... on ApiKey { revokedAt } } }`);
  expect(data).toEqual({ node: { revokedAt: first.apiKey?.revokedAt } });
});

test("a key cannot revoke itself; a token can revoke any", async () => {
  const admin = await organization.member({ role: "ADMIN" });
  const id = encodeId("ApiKey", admin.keyId);
  expect(await revoke(admin.key, id)).toMatchObject({
    apiKey: null,
    errors: [{ code: "INVALID_STATE", path: ["id"], message: expect.stringContaining("itself") }],
  });
  const token = await provider.token({ sub: await provider.knows(admin.userId) });
  const { data } = await ask(
    token,
    `mutation { apiKeyRevoke(id: "${id}") { apiKey { id } errors { code } } }`,
  );
  expect(data).toEqual({ apiKeyRevoke: { apiKey: { id }, errors: [] } });
  expect((await sendText(admin.key, "{ __typename }")).status).toBe(401);
});
