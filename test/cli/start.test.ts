import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleQuery } from "../../src/demo/examples.ts";
import { npm } from "../support/program.ts";

/** The main command, as its user runs it, on an embedded database of its own. */

let directory: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-start-"));
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: string;
  readonly exited: Promise<number | null>;
}

/** Starts the server; resolves with what it printed once it ends, or once it has shown its key. */
function start(env: Record<string, string>): Promise<Started | { output: string; code: number | null }> {
  const child = spawn(process.execPath, ["dist/main.js"], {
    env: { PATH: process.env.PATH, PORT: "0", LOG_LEVEL: "error", ...env },
  });
  running.add(child);
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return new Promise((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [, url] = /^GraphiQL: (.*)$/m.exec(output) ?? [];
      const [, key] = /^API key: (\S+)\n/m.exec(output) ?? [];
      if (url && key) resolve({ child, url, key, exited });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void exited.then((code) => resolve({ output, code }));
  });
}

async function started(): Promise<Started> {
  const result = await start({ DATA_DIR: directory });
  if ("output" in result) throw new Error(result.output);
  return result;
}

async function ask(url: string, key: string, query: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: Record<string, { [name: string]: unknown; totalCount: number }> };
}

const create = `mutation { contactCreate(input: { name: "Kept", email: "kept@example.com" }) { contact { id } } }`;
const find = `{ contacts(filter: { email: { eq: "kept@example.com" } }) { totalCount } }`;

test("a first start seeds, shows a key and GraphiQL, answers, refuses a second process, and keeps what was written", async () => {
  const first = await started();
  expect(first.key).toMatch(/^sk_test_/);

  const page = await (await fetch(first.url, { headers: { accept: "text/html" } })).text();
  expect(page).toContain(first.key);
  expect(page).toContain("HotContacts");
  expect(page, "nothing is loaded from elsewhere").not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);

  const { data } = await ask(first.url, first.key, exampleQuery);
  expect(data.contacts?.totalCount).toBeGreaterThan(0);
  expect((await fetch(first.url.replace("graphql", "health"))).status).toBe(200);
  await expect
    .poll(async () => (await fetch(first.url.replace("graphql", "ready"))).status, { timeout: 30_000 })
    .toBe(200);

  const second = await start({ DATA_DIR: directory });
  expect(second).toMatchObject({ code: 1, output: expect.stringContaining("is in use by process") });

  // Callers are known from their first request on, and a revoked key is refused at once all the same.
  const make = `mutation { made: apiKeyCreate(input: { name: "Short" }) { key apiKey { id } } }`;
  const { key, apiKey } = (await ask(first.url, first.key, make)).data.made as never as {
    readonly key: string;
    readonly apiKey: { readonly id: string };
  };
  for (const _ of [1, 2]) expect((await ask(first.url, key, find)).data.contacts?.totalCount).toBe(0);
  await ask(first.url, first.key, `mutation { apiKeyRevoke(id: "${apiKey.id}") { errors { message } } }`);
  expect(await ask(first.url, key, find)).toMatchObject({
    errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
  });

  await ask(first.url, first.key, create);
  first.child.kill("SIGTERM");
  expect(await first.exited).toBe(0);

  const again = await started();
  expect(again.key).toBe(first.key);
  expect((await ask(again.url, again.key, find)).data.contacts?.totalCount).toBe(1);

  // A crash leaves its lock behind; the next start takes it over, and what was answered is still there.
  again.child.kill("SIGKILL");
  await again.exited;
  const third = await started();
  expect((await ask(third.url, third.key, find)).data.contacts?.totalCount).toBe(1);
  third.child.kill("SIGINT");
  expect(await third.exited).toBe(0);

  const demo = await npm(["demo"], { DATA_DIR: directory });
  expect(demo).toMatchObject({ code: 0, err: "" });
  expect(demo.out).toMatch(/^(API key for .*: sk_test_\S+\n){2}$/);
}, 240_000);

test.each([
  [{ PORT: "70000" }, "PORT must be a whole number from 0 to 65535"],
  [{ DATABASE_URL: "mysql://x/y" }, "DATABASE_URL must be a PostgreSQL address"],
  [{ WORKERS: "2" }, "WORKERS needs DATABASE_URL"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of"],
  [{ CORS_ORIGINS: "example.com" }, "CORS_ORIGINS must be origins"],
])("a bad setting stops the start and says what would be right: %o", async (env, told) => {
  const result = await start({ DATA_DIR: join(directory, "unused"), ...(env as Record<string, string>) });
  expect(result).toMatchObject({ code: 1, output: expect.stringContaining(told) });
  expect(result).toMatchObject({ output: expect.not.stringContaining("    at ") });
});
