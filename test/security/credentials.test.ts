import { beforeAll, expect, test } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let stranger: Organization;
const question = "{ viewer { organization { id mode } scopes member { role } } }";

beforeAll(async () => {
  [organization, stranger] = [await Organization.make(), await Organization.make("LIVE")];
});

const refused = (answer: Awaited<ReturnType<typeof sendText>>, status: number, code: string) => {
  expect(answer).toMatchObject({ status, data: null, errors: [{ extensions: { code } }] });
  expect(answer.errors[0]?.extensions.requestId).toMatch(/^[0-9a-f-]{36}$/);
};

test("a key shows who it stands for", async () => {
  const { data, status } = await sendText(organization.key, question);
  expect(status).toBe(200);
  expect(data).toEqual({
    viewer: {
      organization: { id: organization.globalId, mode: "TEST" },
      scopes: ["READ", "WRITE", "ADMIN"],
      member: { role: "OWNER" },
    },
  });
  expect(stranger.key).toMatch(/^sk_live_[0-9a-z]{74}$/);
  expect((await sendText(stranger.key, question)).status).toBe(200);
});

test.each([
  ["no header", null, {}],
  ["another scheme", null, { authorization: "Basic c2s6" }],
  ["no key", null, { authorization: "Bearer " }],
  ["words", "not a key", {}],
  ["a JWT", "eyJhbGciOiJub25lIn0.e30.", {}],
])("%s is refused with 401", async (_case, key, headers) => {
  refused(await sendText(key, question, {}, headers), 401, "UNAUTHENTICATED");
});

test("a mistyped key is refused without a statement", async () => {
  const { key } = organization;
  const last = key.endsWith("0") ? "1" : "0";
  for (const typo of [
    key.slice(0, -1) + last,
    key.slice(0, -1),
    `${key}0`,
    key.toUpperCase(),
    key.replace("test", "live"),
  ]) {
    const { answer, statements } = await statementsOf(() => sendText(typo, question));
    refused(answer, 401, "UNAUTHENTICATED");
    expect(statements).toEqual([]);
  }
});

test("an unknown key, a revoked one and one of the other mode get the same answer", async () => {
  const { prisma } = await testDatabase();
  const unknown = createKey("TEST");
  const revoked = await organization.member({ revokedAt: new Date() });
  const wrongMode = createKey("LIVE");
  const { key, ...row } = wrongMode;
  const { id: memberId } = await organization.member();
  await prisma.apiKey.create({
    data: { ...row, orgId: organization.id, memberId, name: "x", scopes: ["READ"] },
  });
  const answers = [];
  for (const each of [unknown.key, revoked.key, key]) {
    const answer = await sendText(each, question);
    refused(answer, 401, "UNAUTHENTICATED");
    answers.push(answer.text.replace(/"requestId":"[^"]*"/, ""));
  }
  expect(new Set(answers).size).toBe(1);
});

test("a key that borrows another's id but not its secret is refused", async () => {
  const other = await organization.member();
  const forged = createKey("TEST").key;
  const body = other.key.slice(0, 34) + forged.slice(34, 74);
  const { crc32 } = await import("node:zlib");
  refused(await sendText(body + crc32(body).toString(16).padStart(8, "0"), question), 401, "UNAUTHENTICATED");
});

test("an expired key says so", async () => {
  const expired = await organization.member({ expiresAt: new Date(Date.now() - 1000) });
  refused(await sendText(expired.key, question), 401, "KEY_EXPIRED");
});

test("X-Org-Id may name the key's organization, and no other", async () => {
  const ask = (id: string) => sendText(organization.key, question, {}, { "x-org-id": id });
  expect((await ask(organization.globalId)).status).toBe(200);
  const foreign = await ask(stranger.globalId);
  const absent = await ask(encodeId("Organization", newId()));
  refused(foreign, 403, "ORG_FORBIDDEN");
  refused(absent, 403, "ORG_FORBIDDEN");
  expect(foreign.errors[0]?.message).toBe(absent.errors[0]?.message);
  for (const bad of [
    "",
    "*",
    "undefined",
    "null",
    organization.id,
    organization.globalId.toUpperCase(),
    "[]",
  ]) {
    refused(await ask(bad), 400, "BAD_REQUEST");
  }
  refused(await ask(`${organization.globalId}, ${stranger.globalId}`), 400, "AMBIGUOUS_CREDENTIALS");
});

test("two Authorization headers are refused", async () => {
  const headers = { authorization: `Bearer ${organization.key}, Bearer ${stranger.key}` };
  refused(await sendText(null, question, {}, headers), 400, "AMBIGUOUS_CREDENTIALS");
});

test.each([
  ["a key with the scope READ", { scopes: ["READ" as const] }],
  ["a READ_ONLY member's key with every scope", { role: "READ_ONLY" as const }],
])("%s reads, and is refused a mutation with the scope's name", async (_case, options) => {
  const { key } = await organization.member(options);
  expect((await sendText(key, question)).data).toMatchObject({ viewer: { scopes: ["READ"] } });
  const answer = await sendText(
    key,
    `mutation { contactCreate(input: { name: "A", email: "no@example.com" }) { contact { id } } }`,
  );
  refused(answer, 403, "INSUFFICIENT_SCOPE");
  expect(answer.errors[0]?.message).toContain("WRITE");
  const { prisma } = await testDatabase();
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(0);
});

test("the time of a key's use is noted, beside the request and once a minute", async () => {
  const { prisma } = await testDatabase();
  const { key, keyId } = await organization.member();
  const long = new Date(Date.now() - 3_600_000);
  await prisma.apiKey.updateMany({ where: { id: keyId }, data: { lastUsedAt: long } });
  await sendText(key, question);
  await expect
    .poll(async () => (await prisma.apiKey.findFirstOrThrow({ where: { id: keyId } })).lastUsedAt?.getTime())
    .toBeGreaterThan(long.getTime());
  const { statements } = await statementsOf(() => sendText(key, "{ __typename }"));
  expect(statements).toHaveLength(1);
});
