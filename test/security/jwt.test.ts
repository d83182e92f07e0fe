import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenVerifier } from "../../src/auth/token.ts";
import { encodeId } from "../../src/db/ids.ts";
import type { DataScope, MemberRole } from "../../src/generated/prisma/enums.ts";
import { newId } from "../../src/lib/typeid.ts";
import { type Answer, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { gatewayOf, Provider } from "../support/provider.ts";

/** Callers with the token of an identity provider. */

let provider: Provider;
let ask: Awaited<ReturnType<typeof gatewayOf>>;
let organization: Organization;
let stranger: Organization;
const question = "{ viewer { organization { id } scopes member { id role } } }";

beforeAll(async () => {
  [organization, stranger] = [await Organization.make(), await Organization.make("LIVE")];
  provider = await Provider.start();
  ask = await gatewayOf(tokenVerifier(provider.config));
});
afterAll(() => provider.stop());

const refused = (answer: Answer<unknown>, status: number, code: string) => {
  expect(answer).toMatchObject({ status, data: null, errors: [{ extensions: { code } }] });
  expect(answer.errors[0]?.extensions.requestId).toMatch(/^[0-9a-f-]{36}$/);
};
/** All of an answer but the id that is each request's own. */
const withoutId = ({ text }: Answer<unknown>) => text.replace(/"requestId":"[^"]*"/g, "");

/** A member of the organization whom the provider knows by a subject. */
async function person(options: { role?: MemberRole; dataScope?: DataScope } = {}) {
  const member = await organization.member(options);
  return { ...member, sub: await provider.knows(member.userId) };
}

async function join(target: Organization, userId: string, role: MemberRole = "MEMBER"): Promise<string> {
  const { prisma } = await testDatabase();
  const id = newId();
  await prisma.member.create({ data: { orgId: target.id, id, userId, role } });
  return encodeId("Member", id);
}

test("a token shows whom it names, in one statement", async () => {
  const { sub, globalId } = await person();
  const token = await provider.token({ sub });
  const { answer } = await statementsOf(() => ask(token, question));
  expect(answer.data).toEqual({
    viewer: {
      organization: { id: organization.globalId },
      scopes: ["READ", "WRITE"],
      member: { id: globalId, role: "MEMBER" },
    },
  });
  const { statements } = await statementsOf(() => ask(token, "{ __typename }"));
  expect(statements).toHaveLength(1);
});

test("a user who is not known gets the answer of a token that is not genuine", async () => {
  const unknown = await ask(await provider.token({ sub: "nobody" }), question);
  refused(unknown, 401, "UNAUTHENTICATED");
  expect(withoutId(unknown)).toBe(withoutId(await ask("a.b.c", question)));
  const verified = await ask(
    await provider.token({ sub: "nobody", email: "nobody@example.com", email_verified: true }),
    question,
  );
  expect(withoutId(verified)).toBe(withoutId(unknown));
});

test("the same subject of another issuer is somebody else", async () => {
  const { sub } = await person();
  const other = await Provider.start();
  const askOther = await gatewayOf(tokenVerifier(other.config));
  refused(await askOther(await other.token({ sub }), question), 401, "UNAUTHENTICATED");
  await other.stop();
});

test("a verified address links an identity to the user who has it, once", async () => {
  const { prisma } = await testDatabase();
  const { email, userId, globalId } = await organization.member();
  const sub = `new-${userId}`;
  const first = await provider.token({ sub, email: email.toUpperCase(), email_verified: true });
  const answers = await Promise.all([1, 2, 3].map(() => ask(first, question)));
  for (const answer of answers) {
    expect(answer.data).toMatchObject({ viewer: { member: { id: globalId } } });
  }
  expect(await prisma.userIdentity.findMany({ where: { subject: sub } })).toMatchObject([
    { issuer: provider.issuer, userId },
  ]);
  const later = await provider.token({ sub });
  const { answer, statements } = await statementsOf(() => ask(later, "{ __typename }"));
  expect(answer.status).toBe(200);
  expect(statements).toHaveLength(1);
});

test.each([
  ["false", false],
  ["missing", undefined],
  ["a text", "true"],
  ["one", 1],
])(
  "an address that the provider has not verified links nothing: email_verified is %s",
  async (_case, flag) => {
    const { prisma } = await testDatabase();
    const { email, userId } = await organization.member();
    const sub = `unverified-${userId}`;
    refused(
      await ask(await provider.token({ sub, email, email_verified: flag }), question),
      401,
      "UNAUTHENTICATED",
    );
    expect(await prisma.userIdentity.count({ where: { userId } })).toBe(0);
  },
);

test("a second subject of a provider is not a user who is another one's already, whatever its verified address", async () => {
  const { prisma } = await testDatabase();
  const { email, userId } = await organization.member({ role: "OWNER" });
  const tokens = await Promise.all(
    ["first", "second"].map((who) =>
      provider.token({ sub: `${who}-${userId}`, email, email_verified: true }),
    ),
  );
  // At once, so that neither finds the other's tie.
  const answers = await Promise.all(tokens.map((token) => ask(token, question)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  const late = answers.findIndex(({ status }) => status === 401);
  for (const _ of [1, 2]) refused(await ask(tokens[late] as string, question), 401, "UNAUTHENTICATED");
  expect(withoutId(answers[late] as Answer<unknown>)).toBe(withoutId(await ask("a.b.c", question)));
  expect(await prisma.userIdentity.count({ where: { userId } })).toBe(1);
  // A subject of another provider is another matter.
  const other = await Provider.start();
  const askOther = await gatewayOf(tokenVerifier(other.config));
  const theirs = await other.token({ sub: "theirs", email, email_verified: true });
  expect((await askOther(theirs, question)).status).toBe(200);
  await other.stop();
});

test("an address never moves an identity that is linked to another user", async () => {
  const { sub, globalId } = await person();
  const other = await organization.member({ role: "OWNER" });
  const token = await provider.token({ sub, email: other.email, email_verified: true });
  expect((await ask(token, question)).data).toMatchObject({ viewer: { member: { id: globalId } } });
});

test("a user of several organizations has to name one, and gets that one", async () => {
  const { sub, userId, globalId } = await person({ role: "READ_ONLY" });
  const there = await join(stranger, userId, "ADMIN");
  const token = await provider.token({ sub });
  const unnamed = await ask(token, question);
  refused(unnamed, 400, "ORG_REQUIRED");
  expect(unnamed.errors[0]?.message).toContain("X-Org-Id");
  const listed = unnamed.errors[0]?.extensions.suggestions as string[];
  expect(listed.toSorted()).toEqual([organization.globalId, stranger.globalId].toSorted());
  expect((await ask(token, question, { "x-org-id": organization.globalId })).data).toEqual({
    viewer: {
      organization: { id: organization.globalId },
      scopes: ["READ"],
      member: { id: globalId, role: "READ_ONLY" },
    },
  });
  expect((await ask(token, question, { "x-org-id": stranger.globalId })).data).toEqual({
    viewer: {
      organization: { id: stranger.globalId },
      scopes: ["READ", "WRITE", "ADMIN"],
      member: { id: there, role: "ADMIN" },
    },
  });
});

test("another's organization is answered as one that does not exist", async () => {
  const { sub } = await person();
  const token = await provider.token({ sub });
  const foreign = await ask(token, question, { "x-org-id": stranger.globalId });
  const absent = await ask(token, question, { "x-org-id": encodeId("Organization", newId()) });
  refused(foreign, 403, "ORG_FORBIDDEN");
  expect(withoutId(foreign)).toBe(withoutId(absent));
  expect(absent.status).toBe(403);
  const byKey = await sendText(organization.key, question, {}, { "x-org-id": stranger.globalId });
  expect(withoutId(byKey)).toBe(withoutId(foreign));
});

test.each(["", "*", "undefined", "null", "[]"])("X-Org-Id %o is refused, never unscoped", async (header) => {
  const { sub } = await person();
  refused(await ask(await provider.token({ sub }), question, { "x-org-id": header }), 400, "BAD_REQUEST");
});

test("two Authorization headers, or two organizations, are refused", async () => {
  const { sub } = await person();
  const token = await provider.token({ sub });
  const both = `Bearer ${token}, Bearer ${organization.key}`;
  refused(await ask(token, question, { authorization: both }), 400, "AMBIGUOUS_CREDENTIALS");
  const ids = `${organization.globalId}, ${stranger.globalId}`;
  refused(await ask(token, question, { "x-org-id": ids }), 400, "AMBIGUOUS_CREDENTIALS");
});

test("a removed member is refused at the next request", async () => {
  const { prisma } = await testDatabase();
  const { sub, id } = await person();
  const token = await provider.token({ sub });
  expect((await ask(token, question)).status).toBe(200);
  await prisma.apiKey.deleteMany({ where: { memberId: id } });
  await prisma.member.deleteMany({ where: { id } });
  refused(await ask(token, question), 403, "ORG_FORBIDDEN");
  refused(await ask(token, question, { "x-org-id": organization.globalId }), 403, "ORG_FORBIDDEN");
});

test.each([
  ["READ_ONLY", "rolograph:write", ["READ"]],
  ["MEMBER", "openid rolograph:admin profile", ["READ", "WRITE"]],
  ["OWNER", "rolograph:read", ["READ"]],
  ["OWNER", "openid rolograph:read rolograph:write", ["READ", "WRITE"]],
  ["OWNER", ["rolograph:write"], ["READ", "WRITE"]],
  ["OWNER", "openid profile", ["READ", "WRITE", "ADMIN"]],
  ["MEMBER", undefined, ["READ", "WRITE"]],
] as const)("a %s whose token has the scope %o may %o", async (role, scope, scopes) => {
  const { sub } = await person({ role });
  const { data } = await ask(await provider.token({ sub, scope }), question);
  expect(data).toMatchObject({ viewer: { scopes } });
});

test("a READ_ONLY member's token with the scope of writing is refused a mutation", async () => {
  const { prisma } = await testDatabase();
  const { sub } = await person({ role: "READ_ONLY" });
  const answer = await ask(
    await provider.token({ sub, scope: "rolograph:write" }),
    `mutation { contactCreate(input: { name: "A", email: "readonly@example.com" }) { contact { id } } }`,
  );
  refused(answer, 403, "INSUFFICIENT_SCOPE");
  expect(answer.errors[0]?.message).toContain("WRITE");
  expect(await prisma.contact.count({ where: { orgId: organization.id } })).toBe(0);
});

test("a member restricted to assigned data sees and makes their own alone", async () => {
  const org = await Organization.make();
  const member = await org.member({ dataScope: "ASSIGNED" });
  const token = await provider.token({ sub: await provider.knows(member.userId) });
  await org.contact({ name: "Mine", ownerId: member.id });
  await org.contact({ name: "Others" });
  expect((await ask(token, "{ contacts { totalCount nodes { name } } }")).data).toEqual({
    contacts: { totalCount: 1, nodes: [{ name: "Mine" }] },
  });
  const { data } = await ask(
    token,
    `mutation { contactCreate(input: { name: "New", email: "new@example.com" }) {
       contact { owner { id } lastModificationSource } errors { code } } }`,
  );
  expect(data).toEqual({
    contactCreate: {
      contact: { owner: { id: member.globalId }, lastModificationSource: "API" },
      errors: [],
    },
  });
});

test("a token may not say that another system writes", async () => {
  const { sub } = await person();
  const token = await provider.token({ sub });
  const as = (source: string) => ask(token, question, { "x-modification-source": source });
  expect((await as("API")).status).toBe(200);
  refused(await as("HUBSPOT"), 403, "INSUFFICIENT_SCOPE");
});

test("without an identity provider, a token is refused because only keys are accepted; with one, keys still work", async () => {
  const { sub, key } = await person();
  const token = await provider.token({ sub });
  const answer = await sendText(token, question);
  refused(answer, 401, "UNAUTHENTICATED");
  expect(answer.errors[0]?.message).toContain("Only API keys are accepted");
  expect((await ask(key, question)).status).toBe(200);
});
