import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { Create, create, created, List, revoke } from "../support/api-keys.ts";
import { send, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

/** Who may see, create and revoke which API keys. */

let organization: Organization;
let stranger: Organization;
beforeAll(async () => {
  [organization, stranger] = [await Organization.make(), await Organization.make("LIVE")];
});

test("an administrator makes keys for others, but none for an owner", async () => {
  const admin = await organization.member({ role: "ADMIN" });
  const owner = await organization.member({ role: "OWNER" });
  expect(await create(admin.key, { name: "x", memberId: owner.globalId })).toMatchObject({
    apiKey: null,
    key: null,
    errors: [{ code: "FORBIDDEN", path: ["input", "memberId"] }],
  });
  await created(organization.key, { name: "By an owner", memberId: owner.globalId });
  const another = await organization.member({ role: "ADMIN" });
  await created(admin.key, { name: "x", memberId: another.globalId, scopes: ["ADMIN"] });
});

test("an administrator restricted to assigned data cannot make a key that sees more", async () => {
  const admin = await organization.member({ role: "ADMIN", dataScope: "ASSIGNED" });
  const member = await organization.member();
  expect(await create(admin.key, { name: "x", memberId: member.globalId })).toMatchObject({
    apiKey: null,
    errors: [{ code: "FORBIDDEN", path: ["input", "memberId"] }],
  });
  const own = await created(admin.key, { name: "Own" });
  await organization.contact({ name: "Somebody else's" });
  expect((await sendText(own.key, "{ contacts { totalCount } }")).data).toEqual({
    contacts: { totalCount: 0 },
  });
});

test("an administrator restricted to assigned data sees and revokes keys of their own alone", async () => {
  const restricted = await organization.member({ role: "ADMIN", dataScope: "ASSIGNED" });
  const own = await created(restricted.key, { name: "Own" });
  const { apiKeys } = await send(restricted.key, List);
  expect(apiKeys.map(({ member }) => member?.id)).toEqual(apiKeys.map(() => restricted.globalId));
  expect(apiKeys.map(({ id }) => id)).toContain(own.id);
  const colleague = await organization.member();
  for (const { key, keyId } of [await organization.member({ role: "OWNER" }), colleague]) {
    const id = encodeId("ApiKey", keyId);
    expect((await sendText(restricted.key, `{ node(id: "${id}") { id } }`)).data).toEqual({ node: null });
    expect(await revoke(restricted.key, id)).toMatchObject({
      apiKey: null,
      errors: [{ code: "NOT_FOUND", path: ["id"] }],
    });
    expect((await sendText(key, "{ __typename }")).status).toBe(200);
  }
  expect(await revoke(restricted.key, own.id)).toMatchObject({ apiKey: { id: own.id }, errors: [] });
});

test("an administrator revokes keys of others, but none of an owner's; an owner revokes any", async () => {
  const admin = await organization.member({ role: "ADMIN" });
  const owner = await organization.member({ role: "OWNER" });
  const id = encodeId("ApiKey", owner.keyId);
  expect(await revoke(admin.key, id)).toMatchObject({
    apiKey: null,
    errors: [{ code: "FORBIDDEN", path: ["id"], message: expect.stringContaining("owner") }],
  });
  expect((await sendText(owner.key, "{ __typename }")).status).toBe(200);
  const another = await organization.member({ role: "ADMIN" });
  expect((await revoke(admin.key, encodeId("ApiKey", another.keyId))).errors).toEqual([]);
  expect((await revoke(organization.key, id)).errors).toEqual([]);
});

test.each([
  ["a member", { role: "MEMBER" as const }],
  ["a member restricted to assigned data", { role: "MEMBER" as const, dataScope: "ASSIGNED" as const }],
  ["an owner whose key may only write", { role: "OWNER" as const, scopes: ["WRITE" as const] }],
])("%s neither sees nor makes nor revokes keys", async (_case, options) => {
  const { prisma } = await testDatabase();
  const caller = await organization.member(options);
  const victim = await organization.member();
  const id = encodeId("ApiKey", victim.keyId);
  const listed = await sendText(caller.key, "{ apiKeys { id } }");
  expect(listed).toMatchObject({
    status: 403,
    data: null,
    errors: [{ extensions: { code: "INSUFFICIENT_SCOPE" }, message: expect.stringContaining("ADMIN") }],
  });
  for (const each of [id, encodeId("ApiKey", caller.keyId)]) {
    const { data } = await sendText(
      caller.key,
      `{ node(id: "${each}") { id } nodes(ids: ["${each}"]) { id } }`,
    );
    expect(data).toEqual({ node: null, nodes: [null] });
  }
  const forbidden = { errors: [{ code: "FORBIDDEN", message: expect.stringContaining("ADMIN"), path: [] }] };
  const before = await prisma.apiKey.count({ where: { orgId: organization.id } });
  expect(await create(caller.key, { name: "x" })).toMatchObject({ apiKey: null, key: null, ...forbidden });
  expect(await create(caller.key, { name: "" })).toMatchObject(forbidden);
  expect(await revoke(caller.key, id)).toMatchObject({ apiKey: null, ...forbidden });
  expect(await prisma.apiKey.count({ where: { orgId: organization.id } })).toBe(before);
  expect((await sendText(victim.key, "{ __typename }")).status).toBe(200);
});

test("a READ key is refused before the mutation", async () => {
  const { key } = await organization.member({ role: "OWNER", scopes: ["READ"] });
  expect(await sendText(key, Create.toString(), { input: { name: "x" } })).toMatchObject({
    status: 403,
    data: null,
    errors: [{ extensions: { code: "INSUFFICIENT_SCOPE" } }],
  });
});

test("another organization's key is refused as an unknown one", async () => {
  const { prisma } = await testDatabase();
  const victim = await stranger.member();
  const foreign = encodeId("ApiKey", victim.keyId);
  const absent = encodeId("ApiKey", newId());
  const refusals = [];
  for (const id of [foreign, absent, organization.globalId, "not an id"]) {
    refusals.push(await revoke(organization.key, id));
  }
  expect(refusals[0]).toMatchObject({ apiKey: null, errors: [{ code: "NOT_FOUND", path: ["id"] }] });
  for (const each of refusals) expect(each).toEqual(refusals[0]);
  expect((await sendText(organization.key, `{ node(id: "${foreign}") { id } }`)).data).toEqual({
    node: null,
  });
  expect(JSON.stringify((await send(organization.key, List)).apiKeys)).not.toContain(foreign);
  expect((await sendText(victim.key, "{ __typename }")).status).toBe(200);
  expect(
    await prisma.apiKey.count({ where: { id: victim.keyId, revokedAt: null } }),
    "it is not revoked",
  ).toBe(1);
});
