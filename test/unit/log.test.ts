import { expect, test } from "vitest";
import { createKey } from "../../src/auth/key.ts";
import { withoutSecrets } from "../../src/server/log.ts";

test("a line of the log has no key, token or password in it, whoever put it there", () => {
  const { key } = createKey("LIVE");
  const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl";
  const url = "postgresql://rolograph:hunter2@db.example:5432/rolograph";
  const line = JSON.stringify({ level: 50, msg: `no such key: ${key}`, headers: [`Bearer ${token}`], url });
  expect(JSON.parse(withoutSecrets(line))).toEqual({
    level: 50,
    msg: "no such key: sk_live_…",
    headers: ["Bearer <token>"],
    url: "postgresql://rolograph:…@db.example:5432/rolograph",
  });
  const harmless = '{"msg":"http://127.0.0.1:4000/graphql at 12:30, me@example.com"}';
  expect(withoutSecrets(harmless)).toBe(harmless);
});
