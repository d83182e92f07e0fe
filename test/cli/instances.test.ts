import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killInstances, seen, startInstance } from "../support/instance.ts";
import { admin, databaseUrl, postgresAnswers } from "../support/program.ts";

/** Several instances on one database: a caller whom one of them refuses from now on, is refused by the others. */

const answers = await postgresAnswers();
const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl(name), PORT: "0", DATABASE_WAIT_MS: "60000" };
let directory: string;
let owner: string;

/** A key of the organization's owner. */
async function makeKey(org: string): Promise<{ key: string; org: string }> {
  const made = ["dist/main.js", "key", "--org", org, "--email", "me@example.com"];
  const { stdout } = await promisify(execFile)(process.execPath, made, { env });
  return {
    key: /API key: (\S+)/.exec(stdout)?.[1] ?? "",
    org: /Organization: (\S+)/.exec(stdout)?.[1] ?? "",
  };
}

async function ask(url: string, key: string, query: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const list = "{ contacts(first: 1) { nodes { id } } }";

/** Starts an instance, and asks it until it knows the caller: its log then tells of one statement. */
async function startKnowing(key: string) {
  const instance = startInstance(env);
  const url = await instance.url();
  await seen(async () => {
    await ask(url, key, list);
    return /"route":"graphql".*"status":200.*"statements":1,/.test(instance.output());
  });
  return { ...instance, url };
}

async function revoke(url: string, key: string) {
  const { body } = await ask(url, owner, "{ apiKeys { id prefix } }");
  const keys: { id: string; prefix: string }[] = body.data.apiKeys;
  const id = keys.find(({ prefix }) => key.startsWith(prefix))?.id;
  const answer = await ask(url, owner, `mutation { apiKeyRevoke(id: "${id}") { errors { message } } }`);
  expect(answer.body.data).toEqual({ apiKeyRevoke: { errors: [] } });
}

describe.skipIf(!answers)("two instances", () => {
  let org: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "rolograph-instances-"));
    await admin(`CREATE DATABASE ${name}`);
    ({ key: owner, org } = await makeKey("Instances"));
  }, 240_000);
  afterAll(async () => {
    killInstances();
    await rm(directory, { recursive: true, force: true });
    await admin(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  test("refuse a key that one of them has revoked, also the one that was suspended meanwhile", async () => {
    const [first, second] = [await makeKey(org), await makeKey(org)];
    const here = await startKnowing(first.key);
    const there = await startKnowing(first.key);
    await ask(there.url, second.key, list);

    await revoke(here.url, first.key);
    // Without hearing of it, the other would know the key for half a minute.
    let asked = 0;
    while ((await ask(there.url, first.key, list)).status === 200) {
      asked += 1;
      await wait(20);
      expect(asked).toBeLessThan(500);
    }
    expect((await ask(there.url, first.key, list)).status).toBe(401);
    expect((await ask(there.url, second.key, list)).status).toBe(200);

    there.child.kill("SIGSTOP");
    await revoke(here.url, second.key);
    await wait(2_000);
    there.child.kill("SIGCONT");
    expect((await ask(there.url, second.key, list)).status).toBe(401);
  }, 240_000);
});
