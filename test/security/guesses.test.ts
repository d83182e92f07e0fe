import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import { tokenVerifier } from "../../src/auth/token.ts";
import { laterBy, setClock } from "../support/clock.ts";
import { statementsOf } from "../support/database.ts";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";
import { Provider } from "../support/provider.ts";

/** Guessing keys: by address, and by the key that is guessed at. */

let organization: Organization;
let other: Organization;
beforeAll(async () => {
  [organization, other] = [await Organization.make(), await Organization.make()];
});

const wrongKey = () => createKey("TEST").key;

/** A key with another one's id, a secret out of the air, and a checksum that fits. */
function guessAt(key: string): string {
  const body = key.slice(0, "sk_test_".length + 26) + randomBytes(20).toString("hex");
  return body + crc32(body).toString(16).padStart(8, "0");
}

/** @returns asks with a credential, and gives the status and the answer's head */
async function server(options: Parameters<typeof listening>[0] = {}) {
  const { url, stop } = await listening({ authFailures: 5, ...options });
  onTestFinished(stop);
  return async (credential: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${credential}`, ...headers },
      body: '{"query":"{ __typename }"}',
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return {
      status: response.status,
      code: errors?.[0]?.extensions.code,
      wait: Number(response.headers.get("retry-after")),
    };
  };
}
const refused = { status: 429, code: "RATE_LIMITED" };

describe("after too many wrong keys from one address", () => {
  test("keys from there are refused without a query, and told how long", async () => {
    const ask = await server();
    for (let at = 0; at < 5; at += 1) expect(await ask(wrongKey())).toMatchObject({ status: 401 });
    const { answer, statements } = await statementsOf(() => ask(wrongKey()));
    expect(answer).toMatchObject(refused);
    expect(answer.wait).toBeGreaterThan(0);
    expect(answer.wait).toBeLessThanOrEqual(60);
    expect(statements).toEqual([]);
  });

  test("mistyped keys count, which cost no query; expired keys, other organizations and no key at all do not", async () => {
    const ask = await server();
    for (let at = 0; at < 10; at += 1) {
      const wrongPlace = await ask(organization.key, { "x-org-id": other.globalId });
      expect(wrongPlace).toMatchObject({ status: 403, code: "ORG_FORBIDDEN" });
      expect(await ask("")).toMatchObject({ status: 401 });
    }
    const { statements } = await statementsOf(async () => {
      for (let at = 0; at < 5; at += 1) expect(await ask(`${wrongKey()}x`)).toMatchObject({ status: 401 });
    });
    expect(statements).toEqual([]);
    expect(await ask(`${wrongKey()}x`)).toMatchObject(refused);
  });

  test("a key that was right before goes on working, a new one waits", async () => {
    const ask = await server();
    expect(await ask(organization.key)).toMatchObject({ status: 200 });
    for (let at = 0; at < 8; at += 1) await ask(wrongKey());
    expect(await ask(organization.key)).toMatchObject({ status: 200 });
    expect(await ask(other.key)).toMatchObject(refused);
  });

  test("a genuine token goes on working", async () => {
    const provider = await Provider.start();
    onTestFinished(() => provider.stop());
    const ask = await server({ verifyToken: tokenVerifier(provider.config) });
    const { userId } = await organization.member();
    const sub = await provider.knows(userId);
    for (let at = 0; at < 5; at += 1) {
      expect(await ask(`${await provider.token({ sub: "x" })}x`)).toMatchObject({ status: 401 });
    }
    expect(await ask(`${await provider.token({ sub: "x" })}x`)).toMatchObject(refused);
    expect(await ask(await provider.token({ sub }))).toMatchObject({ status: 200 });
  });
});

test("wrong secrets for one key's id are refused from everywhere, and its owner is not locked out", async () => {
  const ask = await server({ trustedProxies: 1 });
  const from = (at: number) => ({ "x-forwarded-for": `203.0.113.${at}` });
  expect(await ask(organization.key, from(200))).toMatchObject({ status: 200 });
  for (let at = 0; at < 10; at += 1)
    expect(await ask(guessAt(organization.key), from(at))).toMatchObject({ status: 401 });
  expect(await ask(guessAt(organization.key), from(100))).toMatchObject(refused);
  expect(await ask(organization.key, from(101))).toMatchObject({ status: 200 });
});

describe("however the clock is set", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  test.each([-3_600_000, 3_600_000])(
    "by %i ms, wrong keys are refused for their minute and no longer",
    async (by) => {
      const ask = await server();
      for (let at = 0; at < 4; at += 1) expect(await ask(wrongKey())).toMatchObject({ status: 401 });
      setClock(by);
      expect(await ask(wrongKey()), "the fifth is still wrong").toMatchObject({ status: 401 });
      const told = await ask(wrongKey());
      expect(told).toMatchObject(refused);
      expect(told.wait).toBeLessThanOrEqual(60);
      setClock(-2 * by);
      expect(await ask(wrongKey())).toMatchObject(refused);
      laterBy(60_001);
      expect(await ask(wrongKey())).toMatchObject({ status: 401 });
    },
  );
});

test("X-Forwarded-For is believed as far as there are proxies, and not at all without", async () => {
  const direct = await server();
  for (let at = 0; at < 5; at += 1) await direct(wrongKey(), { "x-forwarded-for": `203.0.113.${at}` });
  expect(await direct(wrongKey(), { "x-forwarded-for": "203.0.113.99" })).toMatchObject(refused);

  const behind = await server({ trustedProxies: 1 });
  const through = (own: string, address: string) => ({ "x-forwarded-for": `${own}, ${address}` });
  for (let at = 0; at < 5; at += 1) await behind(wrongKey(), through(`198.51.100.${at}`, "203.0.113.7"));
  expect(await behind(wrongKey(), through("198.51.100.9", "203.0.113.7"))).toMatchObject(refused);
  expect(await behind(wrongKey(), through("203.0.113.7", "203.0.113.8"))).toMatchObject({ status: 401 });
  // One line of IPv6 has more addresses than anybody could count.
  for (let at = 0; at < 5; at += 1) await behind(wrongKey(), through("", `2001:db8:1:2::${at}`));
  expect(await behind(wrongKey(), through("", "2001:db8:1:2:3::4"))).toMatchObject(refused);
  expect(await behind(wrongKey(), through("", "2001:db8:1:3::1"))).toMatchObject({ status: 401 });
});

test("0 is no limit", async () => {
  const ask = await server({ authFailures: 0 });
  for (let at = 0; at < 20; at += 1) expect(await ask(wrongKey())).toMatchObject({ status: 401 });
});
