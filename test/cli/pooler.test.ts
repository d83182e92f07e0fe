import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Pooler, poolerMissing, startPooler } from "../support/pooler.ts";
import { admin, databaseUrl, postgresAnswers, program } from "../support/program.ts";

/** Servers that reach PostgreSQL through PgBouncer in transaction mode, and one that reaches a standby. */

const answers = await postgresAnswers();
const missing = answers ? poolerMissing : "no PostgreSQL answers";
const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
const children = new Set<ChildProcess>();
let pooler: Pooler;

beforeAll(async () => {
  if (missing === null) pooler = await startPooler();
  if (answers) await admin(`CREATE DATABASE ${name}`);
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await pooler?.stop();
  if (answers) await admin(`DROP DATABASE ${name} WITH (FORCE)`);
});

/** Starts a server, and waits until it says where it answers. */
async function start(
  env: Record<string, string>,
): Promise<{ url: string; output: () => string; stop: () => void }> {
  const child = spawn(process.execPath, ["dist/main.js"], {
    env: { PATH: process.env.PATH, PORT: "0", PREPARED_STATEMENTS: "false", ...env },
  });
  children.add(child);
  let output = "";
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [, at] = /^GraphQL: (.*)\n/m.exec(output) ?? [];
      if (at) found(at);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", () => failed(new Error(output)));
  });
  return { url, output: () => output, stop: () => child.kill("SIGTERM") };
}

async function ask(url: string, key: string, query: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: unknown; errors?: { extensions: { code: string } }[] };
}

const noon = "2026-07-01T12:00:00.000Z";
const log = (contact: string) =>
  `mutation { activityCreate(input: { kind: NOTE, contactId: "${contact}", occurredAt: "${noon}" }) { activity { occurredAt } errors { message } } }`;

test("two servers that start at once on an empty database through PgBouncer both serve, and leave no lock behind", async ({
  skip,
}) => {
  skip(missing !== null, missing ?? "");
  const env = { DATABASE_URL: pooler.url(name) };
  const [one, two] = await Promise.all([start(env), start(env)]);
  expect(one.output()).toContain("STATEMENT_TIMEOUT_MS does not reach PostgreSQL through this pooler");

  const made = await program(["key", "--org", "Pooled", "--email", "me@example.com"], {
    ...env,
    PREPARED_STATEMENTS: "false",
  });
  const [, key = ""] = /^API key: (\S+)$/m.exec(made.out) ?? [];
  expect(key, made.err).not.toBe("");
  const create = `mutation { contactCreate(input: { name: "Ann", email: "ann@example.com" }) { contact { id } } }`;
  const { data } = await ask(one.url, key, create);
  const { id } = (data as { contactCreate: { contact: { id: string } } }).contactCreate.contact;
  expect(await ask(two.url, key, log(id))).toEqual({
    data: { activityCreate: { activity: { occurredAt: noon }, errors: [] } },
  });
  const read = `{ contacts(first: 5) { totalCount nodes { activities(first: 5) { nodes { occurredAt } } } } }`;
  const found = {
    data: { contacts: { totalCount: 1, nodes: [{ activities: { nodes: [{ occurredAt: noon }] } }] } },
  };
  // Often enough to be read as it was read before, over connections that other clients have used meanwhile.
  const often = Array.from({ length: 20 }, (_, at) => ask(at % 2 ? one.url : two.url, key, read));
  for (const answer of await Promise.all(often)) expect(answer).toEqual(found);

  const client = new pg.Client(databaseUrl(name));
  await client.connect();
  const locks =
    "SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  const { rows } = await client.query(locks);
  await client.end();
  expect(rows).toEqual([{ held: 0 }]);
  for (const server of [one, two]) server.stop();
}, 240_000);

test("a server on a standby reports that it is read-only, and answers queries", async ({ skip }) => {
  skip(!answers, "no PostgreSQL answers");
  const env = { DATABASE_URL: databaseUrl(name) };
  const made = await program(["key", "--org", "Standby", "--email", "me@example.com"], env);
  const [, key = ""] = /^API key: (\S+)$/m.exec(made.out) ?? [];
  // As a standby's sessions are; a real one would take a second PostgreSQL.
  await admin(`ALTER DATABASE ${name} SET default_transaction_read_only TO on`);
  const { url, output, stop } = await start(env);
  expect(output()).toContain("The database is a read-only standby: queries are answered");
  await expect
    .poll(async () => (await fetch(url.replace("graphql", "ready"))).status, { timeout: 30_000 })
    .toBe(200);
  expect(await ask(url, key, "{ contacts(first: 1) { totalCount } }")).toEqual({
    data: { contacts: { totalCount: 0 } },
  });
  const refused = await ask(
    url,
    key,
    `mutation { contactCreate(input: { name: "Ann", email: "b@example.com" }) { contact { id } } }`,
  );
  expect(refused.errors?.[0]?.extensions.code).toBe("SERVICE_UNAVAILABLE");
  stop();
  const command = await program(["purge"], env);
  expect(command).toEqual({
    code: 1,
    out: "",
    err: "DATABASE_URL points to a read-only database, such as a standby: use its primary\n",
  });
}, 240_000);
