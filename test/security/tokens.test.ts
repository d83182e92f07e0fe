import { createHmac } from "node:crypto";
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { tokenVerifier } from "../../src/auth/token.ts";
import type { Answer } from "../support/client.ts";
import { laterBy, setClock } from "../support/clock.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { gatewayOf, Provider } from "../support/provider.ts";

/** Which tokens are genuine, what the gateway asks of the identity provider, and what it does while it cannot. */

const question = "{ viewer { organization { id } } }";

let provider: Provider;
let ask: Awaited<ReturnType<typeof gatewayOf>>;
let sub: string;

beforeAll(async () => {
  provider = await Provider.start("RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA");
  ask = await gatewayOf(tokenVerifier(provider.config));
  sub = await provider.knows((await (await Organization.make()).member()).userId);
});
afterAll(() => provider.stop());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const refused = (answer: Answer<unknown>, status: number, code: string) =>
  expect(answer).toMatchObject({ status, data: null, errors: [{ extensions: { code } }] });

/** All of an answer but the id that is each request's own. */
const withoutId = ({ text }: Answer<unknown>) => text.replace(/"requestId":"[^"]*"/g, "");

test.each(["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"])(
  "a signature by %s is accepted",
  async (alg) => {
    expect((await ask(await provider.token({ sub }, { alg }), "{ __typename }")).status).toBe(200);
  },
);

test("a token that is not genuine is refused, with one answer for all", async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: provider.issuer, aud: provider.audience, sub, iat: now, exp: now + 600 };
  const [rsa] = provider.keys;
  if (!rsa) throw new Error("no key");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const byHand = (header: object, secret: string) => {
    const body = `${part(header)}.${part(claims)}`;
    return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
  };
  const publicKey = await importJWK(rsa.jwk, "RS256", { extractable: true });
  const pem = await exportSPKI(publicKey as CryptoKey);
  const other = await Provider.start();
  const good = await provider.token({ sub });
  const [head = "", , tail = ""] = good.split(".");
  const hmac = { alg: "HS256", kid: rsa.kid };
  const tokens = {
    "alg none": new UnsecuredJWT(claims).encode(),
    "alg none with a kid": `${part({ alg: "none", kid: rsa.kid })}.${part(claims)}.`,
    "HS256 with the public key as PEM": byHand(hmac, pem),
    "HS256 with the public key as PEM, trimmed": byHand(hmac, pem.trim()),
    "HS256 with the public key as JWK": byHand(hmac, JSON.stringify(rsa.jwk)),
    "another provider's key under a known kid": await provider.token(
      { sub },
      {},
      {
        ...rsa,
        privateKey: (other.keys[0] ?? rsa).privateKey,
      },
    ),
    "a key in its own header": await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: "mine", jwk: (other.keys[0] ?? rsa).jwk })
      .sign((other.keys[0] ?? rsa).privateKey),
    "other claims under the signature": `${head}.${part({ ...claims, exp: now + 9999 })}.${tail}`,
    "no signature": good.slice(0, good.lastIndexOf(".") + 1),
    "five parts": `${good}.e30.e30`,
    "no token": "a.b.c",
    dots: "...",
  };
  await other.stop();
  const answers = [];
  for (const [name, token] of Object.entries(tokens)) {
    const { answer, statements } = await statementsOf(() => ask(token, question));
    refused(answer, 401, "UNAUTHENTICATED");
    expect(statements, name).toEqual([]);
    answers.push(withoutId(answer));
  }
  expect(new Set(answers).size).toBe(1);
});

test("a token that is not meant for this gateway, or not valid now, is refused", async () => {
  const now = Math.floor(Date.now() / 1000);
  const tokens = await Promise.all([
    provider.token({ sub, aud: "somebody-else" }),
    provider.token({ sub, aud: ["somebody-else"] }),
    provider.token({ sub, aud: undefined }),
    provider.token({ sub, iss: "https://elsewhere.example" }),
    provider.token({ sub, iss: `${provider.issuer}/` }),
    provider.token({ sub, iss: undefined }),
    provider.token({ sub }, { expires: -60 }),
    provider.token({ sub }, { expires: null }),
    provider.token({ sub, nbf: now + 120 }),
    provider.token({}),
    provider.token({ sub: "" }),
    provider.token({ sub: "s".repeat(256) }),
    provider.token({ sub: "a\0b" }),
  ]);
  for (const token of tokens) {
    const { answer, statements } = await statementsOf(() => ask(token, question));
    refused(answer, 401, "UNAUTHENTICATED");
    expect(statements).toEqual([]);
  }
});

test("clocks may differ by half a minute", async () => {
  const now = Math.floor(Date.now() / 1000);
  expect((await ask(await provider.token({ sub }, { expires: -20 }), "{ __typename }")).status).toBe(200);
  expect((await ask(await provider.token({ sub, nbf: now + 20 }), "{ __typename }")).status).toBe(200);
});

test("the provider is asked once, and again for a key that is new", async () => {
  const own = await Provider.start();
  const askOwn = await gatewayOf(tokenVerifier(own.config));
  const token = await own.token({ sub: "nobody" });
  for (let time = 0; time < 3; time += 1) refused(await askOwn(token, question), 401, "UNAUTHENTICATED");
  expect(own.requests).toEqual(["/.well-known/openid-configuration", "/keys"]);
  const newer = await own.token({ sub: "nobody" }, {}, await own.addKey("RS256"));
  // Tokens with made-up keys cannot make the gateway flood the provider.
  refused(await askOwn(newer, question), 401, "UNAUTHENTICATED");
  expect(own.requests).toHaveLength(2);
  laterBy(31_000);
  const { statements } = await statementsOf(() => askOwn(newer, question));
  expect(statements, "the token is genuine: its user was looked for").toHaveLength(1);
  expect(own.requests).toEqual(["/.well-known/openid-configuration", "/keys", "/keys"]);
  await own.stop();
});

test("a provider that is down is no bad token: 503, until it is back", async () => {
  const { key } = await Organization.make();
  const own = await Provider.start();
  own.down = true;
  const faults: string[] = [];
  const askOwn = await gatewayOf(tokenVerifier(own.config, ({ message }) => faults.push(message)));
  const token = await own.token({ sub: "nobody" });
  refused(await askOwn(token, question), 503, "SERVICE_UNAVAILABLE");
  refused(await askOwn(token, question), 503, "SERVICE_UNAVAILABLE");
  expect(own.requests, "it is left in peace for a while").toHaveLength(1);
  expect(faults).toEqual([expect.stringContaining("status 500")]);
  expect((await askOwn(key, question)).status, "keys need no provider").toBe(200);
  refused(await askOwn(new UnsecuredJWT({}).encode(), question), 401, "UNAUTHENTICATED");
  own.down = false;
  laterBy(6_000);
  refused(await askOwn(token, question), 401, "UNAUTHENTICATED");
  await own.stop();
});

test("keys that were fetched serve on while the provider is down, for a day", async () => {
  const own = await Provider.start();
  const verify = tokenVerifier(own.config);
  const soon = await own.token({ sub: "x" }, { expires: 1_000_000 });
  const forged = await own.token({ sub: "x" }, {}, { ...(await own.addKey("RS256")), kid: "unknown" });
  await verify(soon);
  own.down = true;
  laterBy(3_600_000);
  expect(await verify(soon)).toMatchObject({ subject: "x" });
  await expect(verify(forged)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  laterBy(24 * 3_600_000);
  await expect(verify(soon)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  own.down = false;
  laterBy(6_000);
  expect(await verify(soon)).toMatchObject({ subject: "x" });
  await own.stop();
});

test("a clock that is set forward or back neither has keys fetched too often, nor keeps a new one from being fetched", async () => {
  const own = await Provider.start();
  const verify = tokenVerifier(own.config);
  const token = await own.token({ sub: "x" }, { expires: 1_000_000 });
  await verify(token);
  setClock(3_600_000);
  await verify(token);
  expect(own.requests, "the keys are as old as before").toHaveLength(2);
  setClock(-3_600_000);
  const newer = await own.token({ sub: "y" }, {}, await own.addKey("RS256"));
  laterBy(31_000);
  expect(await verify(newer)).toMatchObject({ subject: "y" });
  own.down = true;
  laterBy(700_000);
  expect(await verify(newer)).toMatchObject({ subject: "y" });
  own.down = false;
  setClock(-7_200_000);
  laterBy(6_000);
  await verify(newer);
  expect(own.requests.slice(2), "after a pause of the same length").toEqual(["/keys", "/keys", "/keys"]);
  await own.stop();
});

test("a discovery document of another issuer is not used; the address of the keys may be set instead", async () => {
  const own = await Provider.start();
  const issuer = `${own.issuer}/tenant`;
  const token = await own.token({ sub: "x", iss: issuer });
  const discovering = tokenVerifier({ ...own.config, issuer });
  for (let time = 0; time < 2; time += 1) {
    await expect(discovering(token)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  }
  expect(own.requests).toHaveLength(1);
  const faults: string[] = [];
  const mistaken = { ...own.config, jwksUrl: `${own.issuer}/x/openid-configuration` };
  const noKeys = tokenVerifier(mistaken, ({ message }) => faults.push(message));
  await expect(noKeys(token)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  expect(faults).toEqual([expect.stringContaining("does not answer with a set of keys (JWKS)")]);
  const told = tokenVerifier({ ...own.config, issuer, jwksUrl: `${own.issuer}/keys` });
  expect(await told(token)).toMatchObject({ issuer, subject: "x" });
  await own.stop();
});
