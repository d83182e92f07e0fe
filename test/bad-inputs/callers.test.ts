import { generateKeyPairSync } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { pino } from "pino";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import { tokenVerifier } from "../../src/auth/token.ts";
import { newId } from "../../src/lib/typeid.ts";
import { withoutSecrets } from "../../src/server/log.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";
import { Provider } from "../support/provider.ts";
import { type Answered, checkError, Door, row } from "./row.ts";

/** Rows 47 to 60: credentials and scope. */

const question = "{ viewer { organization { id mode } } }";
let provider: Provider;
beforeAll(async () => {
  provider = await Provider.start();
});
afterAll(() => provider.stop());
const door = Door.forFile({ verifyToken: (token) => tokenVerifier(provider.config)(token) });
const as = (key: string | null, headers: Record<string, string> = {}) =>
  door.ask(question, {}, { key, headers });
const withoutId = ({ text }: Answered) => text.replace(/"requestId":"[^"]*"/, "");

row(
  47,
  "no credential, a malformed and an unknown key are refused; an unknown and a revoked one alike",
  async () => {
    for (const key of [null, "", "not a key", "sk_test_x", `${door.organization.key}0`])
      checkError(await as(key), 401, "UNAUTHENTICATED");
    const revoked = await door.organization.member({ revokedAt: new Date() });
    const answers = [await as(createKey("TEST").key), await as(revoked.key)];
    for (const answer of answers) checkError(answer, 401, "UNAUTHENTICATED");
    expect(new Set(answers.map(withoutId)).size).toBe(1);
  },
);

row(48, "a key that was revoked at another instance is refused at once", async () => {
  const { key, keyId } = await door.organization.member();
  expect((await as(key)).status).toBe(200);
  const { prisma } = await testDatabase();
  await prisma.apiKey.updateMany({ where: { id: keyId }, data: { revokedAt: new Date() } });
  checkError(await as(key), 401, "UNAUTHENTICATED");
});

row(
  49,
  "an expired key is told so",
  async () => {
    const { key } = await door.organization.member({ expiresAt: new Date(Date.now() - 1_000) });
    checkError(await as(key), 401, "KEY_EXPIRED");
  },
  "keys are not rolled with an overlap: a second key is made, and the first one revoked",
);

row(50, "another organization in X-Org-Id is answered as one that does not exist", async () => {
  const theirs = (await Organization.make()).globalId;
  const nobodys = theirs.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  const answers = [
    await as(door.organization.key, { "x-org-id": theirs }),
    await as(door.organization.key, { "x-org-id": nobodys }),
  ];
  for (const answer of answers) checkError(answer, 403, "ORG_FORBIDDEN");
  expect(new Set(answers.map(withoutId)).size).toBe(1);
});

row(51, "a token's user of several organizations has to name one", async () => {
  const { userId } = await door.organization.member();
  const other = await Organization.make();
  const { prisma } = await testDatabase();
  await prisma.member.create({ data: { orgId: other.id, id: newId(), userId, role: "MEMBER" } });
  const token = await provider.token({ sub: await provider.knows(userId) });
  checkError(await as(token), 400, "ORG_REQUIRED");
  expect((await as(token, { "x-org-id": other.globalId })).data).toMatchObject({
    viewer: { organization: { id: other.globalId } },
  });
});

row(52, "an X-Org-Id that is no id is refused, and never unscoped", async () => {
  const { globalId, id, key } = door.organization;
  for (const header of ["", "*", "[]", "undefined", "null", id, globalId.toUpperCase(), `${globalId} x`])
    checkError(await as(key, { "x-org-id": header }), 400, "BAD_REQUEST");
});

row(
  53,
  "test keys find nothing that is live, and live keys nothing of a test",
  async () => {
    const live = await Organization.make("LIVE");
    const [mine, theirs] = [await door.organization.contact(), await live.contact()];
    const find = "query ($id: ID!) { contact(id: $id) { id } }";
    for (const [key, id] of [
      [door.organization.key, theirs.globalId],
      [live.key, mine.globalId],
    ] as const)
      expect(await door.ask(find, { id }, { key })).toMatchObject({ data: { contact: null }, errors: [] });
  },
  "null rather than an error, as for every id that is not there",
);

row(54, "a key that may only read is refused a mutation, with the scope that it takes", async () => {
  const { key } = await door.organization.member({ scopes: ["READ"] });
  const create = 'mutation { tagCreate(input: { name: "Row 54" }) { tag { id } } }';
  expect(checkError(await door.ask(create, {}, { key }), 403, "INSUFFICIENT_SCOPE").message).toContain(
    "WRITE",
  );
  const { prisma } = await testDatabase();
  expect(await prisma.tag.count({ where: { orgId: door.organization.id, name: "Row 54" } })).toBe(0);
});

row(
  55,
  "tokens without a signature, under a shared secret, for others, of yesterday and of tomorrow are refused",
  async () => {
    const { userId } = await door.organization.member();
    const sub = await provider.knows(userId);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: provider.issuer, aud: provider.audience, sub, exp: now + 600 };
    const [own] = provider.keys;
    const shared = new TextEncoder().encode(JSON.stringify(own?.jwk));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const forged = (alg: string, secret: Uint8Array | typeof privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: own?.kid ?? "" }).sign(secret);
    expect((await as(await provider.token({ sub }))).status).toBe(200);
    for (const token of [
      new UnsecuredJWT(claims).encode(),
      await forged("HS256", shared),
      await forged("RS256", privateKey),
      await provider.token({ sub, aud: "somebody-else" }),
      await provider.token({ sub, iss: "https://elsewhere.example" }),
      await provider.token({ sub }, { expires: -60 }),
      await provider.token({ sub, nbf: now + 120 }),
    ])
      checkError(await as(token), 401, "UNAUTHENTICATED");
  },
);

row(56, "a member who was removed is refused at the next request, though the token is valid", async () => {
  const { id, userId } = await door.organization.member();
  const token = await provider.token({ sub: await provider.knows(userId) });
  expect((await as(token)).status).toBe(200);
  const { prisma } = await testDatabase();
  await prisma.apiKey.deleteMany({ where: { memberId: id } });
  await prisma.member.deleteMany({ where: { id } });
  const { status, errors } = await as(token);
  expect([status, errors[0]?.extensions.code]).toEqual([403, "ORG_FORBIDDEN"]);
});

row(
  57,
  "what is not a restricted member's is in no list, count, search, facet or tag's count of theirs",
  async () => {
    const own = await Organization.make();
    const { key } = await own.member({ dataScope: "ASSIGNED" });
    const hidden = await own.contact({
      name: "Hidden Person",
      company: "Hidden",
      email: "hidden@example.com",
    });
    await own.deal({ name: "Hidden Deal", contactId: hidden.id });
    await door.ask(
      `mutation { tagCreate(input: { name: "vip" }) { tag { id } } contactTagsAdd(id: "${hidden.globalId}", tags: ["vip"]) { errors { code } } }`,
      {},
      { key: own.key },
    );
    const everything = `{ contact(id: "${hidden.globalId}") { id } node(id: "${hidden.globalId}") { id }
    contacts { totalCount nodes { id } } deals { totalCount nodes { id } }
    search: contacts(search: { text: "Hidden" }) { totalCount }
    filtered: contacts(filter: { email: { eq: "hidden@example.com" } }) { totalCount }
    tags { name contactCount } }`;
    const { data, text, errors } = await door.ask(everything, {}, { key });
    expect(errors, text).toEqual([]);
    const none = { totalCount: 0 };
    expect(data).toEqual({
      contact: null,
      node: null,
      contacts: { ...none, nodes: [] },
      deals: { ...none, nodes: [] },
      search: none,
      filtered: none,
      tags: [{ name: "vip", contactCount: 0 }],
    });
  },
);

row(
  58,
  "a restricted member takes, merges and imports over nothing that is not theirs, and hears of nothing",
  async () => {
    const own = await Organization.make();
    const member = await own.member({ dataScope: "ASSIGNED" });
    const hidden = await own.contact({ name: "Hidden", email: "row58@example.com" });
    const mine = await own.contact({ name: "Mine", ownerId: member.id });
    const ask = (query: string) => door.ask(query, {}, { key: member.key });
    const nobody = hidden.globalId.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const update = (id: string) =>
      `mutation { contactUpdate(id: "${id}", input: { ownerId: "${member.globalId}" }) { contact { id } errors { code message path } } }`;
    const merge = (id: string) =>
      `mutation { contactMerge(input: { primaryId: "${mine.globalId}", duplicateIds: ["${id}"] }) { contact { id } errors { code message path } } }`;
    for (const mutation of [update, merge]) {
      const [one, other] = [await ask(mutation(hidden.globalId)), await ask(mutation(nobody))];
      expect(one.text).toBe(other.text);
      expect(one.text).toContain("NOT_FOUND");
    }
    const imported = await ask(
      'mutation { contactImport(input: { mode: UPDATE, rows: [{ name: "Taken", email: "row58@example.com" }] }) { job { updated failed errors { code message } } } }',
    );
    expect(imported.data).toMatchObject({ contactImport: { job: { updated: 0, failed: 1 } } });
    expect(imported.text).not.toContain("Hidden");
    const { prisma } = await testDatabase();
    expect(await prisma.contact.findFirst({ where: { id: hidden.id } })).toMatchObject({
      name: "Hidden",
      ownerId: null,
    });
  },
);

row(59, "a key in the address or the body is none, and no line of the log has one", async () => {
  const lines: string[] = [];
  const logger = pino(
    { level: "trace", hooks: { streamWrite: withoutSecrets } },
    { write: (line: string) => void lines.push(line) },
  );
  const server = await listening({ logger });
  onTestFinished(server.stop);
  const { key } = door.organization;
  const body = JSON.stringify({ query: question, variables: { key } });
  const send = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  for (const name of ["key", "api_key", "access_token", "authorization"])
    expect((await send(`/graphql?${name}=${key}`)).status).toBe(401);
  expect((await send("/graphql", { authorization: `Bearer ${key}` })).status).toBe(200);
  logger.error(
    { headers: { authorization: `Bearer ${key}` }, url: `/graphql?key=${key}` },
    `asked with ${key}`,
  );
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join("")).not.toContain(key);
});

row(
  60,
  "guesses at keys are refused by address and by key, without a statement, until their minute ends",
  async () => {
    const { url, stop } = await listening({ authFailures: 5, trustedProxies: 1 });
    onTestFinished(stop);
    const from = async (address: string, key: string) => {
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${key}`,
          "x-forwarded-for": address,
        },
        body: JSON.stringify({ query: question }),
      });
      const { errors } = (await response.json()) as Partial<Answered>;
      return {
        status: response.status,
        code: errors?.[0]?.extensions.code,
        wait: Number(response.headers.get("retry-after")),
      };
    };
    const known = (await door.organization.member()).key;
    expect(await from("203.0.113.1", known)).toMatchObject({ status: 200 });
    for (let at = 0; at < 5; at += 1)
      expect(await from("203.0.113.1", createKey("TEST").key)).toMatchObject({ status: 401 });
    const { answer, statements } = await statementsOf(() => from("203.0.113.1", createKey("TEST").key));
    expect(answer).toMatchObject({ status: 429, code: "RATE_LIMITED" });
    expect(answer.wait).toBeGreaterThan(0);
    expect(answer.wait).toBeLessThanOrEqual(60);
    expect(statements).toEqual([]);
    expect(await from("203.0.113.1", known), "a key that was right before").toMatchObject({ status: 200 });
    expect(await from("203.0.113.2", createKey("TEST").key)).toMatchObject({ status: 401 });
  },
);
