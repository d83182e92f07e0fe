import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/db/open/database.ts";
import { jobFields } from "../support/imports.ts";
import { killInstances, seen, startInstance } from "../support/instance.ts";

/** A server with the embedded database that is killed, as by the system when memory runs out, and started again. */

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-killed-"));
});
afterAll(async () => {
  killInstances();
  await rm(directory, { recursive: true, force: true });
});

async function start() {
  const instance = startInstance({ DATA_DIR: directory, PORT: "0", LOG_LEVEL: "error" });
  const printed = await seen(() => /^GraphiQL: (\S+)\nAPI key: (\S+)\n/m.exec(instance.output()));
  const [, url = "", key = ""] = printed ?? [];
  const headers = { authorization: `Bearer ${key}`, "x-graphql-yoga-csrf": "1" };
  const send = async (body: BodyInit, more: Record<string, string> = {}) =>
    (await fetch(url, { method: "POST", headers: { ...headers, ...more }, body })).json() as Promise<{
      data: unknown;
    }>;
  return {
    ask: (query: string, variables: object = {}) =>
      send(JSON.stringify({ query, variables }), { "content-type": "application/json" }),
    send,
    async kill() {
      instance.child.kill("SIGKILL");
      await instance.exited;
    },
  };
}

/** Nobody has the jobs of a killed server: their leases end now, rather than in a minute. */
async function endLeases(): Promise<void> {
  const database = await openDatabase({ kind: "embedded", directory });
  await database.pool.query("UPDATE import_job SET leased_until = now() WHERE leased_until > now()");
  await database.close();
}

type Server = Awaited<ReturnType<typeof start>>;

let made = 0;
/** Makes contacts, one after the other, until the server is gone. @returns nothing once it is */
async function write(ask: Server["ask"], acknowledged: string[]): Promise<void> {
  for (;;) {
    made += 1;
    const email = `killed-${made}@example.com`;
    const answer = await ask(
      "mutation ($input: ContactCreateInput!) { contactCreate(input: $input) { contact { id } errors { code } } }",
      { input: { name: `Killed ${made}`, email, otherEmails: [`other-${email}`] } },
    ).catch(() => null);
    if (answer === null) return;
    const { contact } = (answer.data as { contactCreate: { contact: { id: string } | null } }).contactCreate;
    if (contact) acknowledged.push(contact.id);
  }
}

test("whatever was acknowledged before a kill in the middle of writes is there after the next start", async () => {
  const acknowledged: string[] = [];
  let server = await start();
  for (let round = 1; round <= 3; round += 1) {
    const { ask } = server;
    const writers = Array.from({ length: 4 }, () => write(ask, acknowledged));
    await seen(() => acknowledged.length >= round * 25);
    await server.kill();
    await Promise.all(writers);
    server = await start();
    for (let at = 0; at < acknowledged.length; at += 100) {
      const ids = acknowledged.slice(at, at + 100);
      const { data } = await server.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact { id otherEmails } } }",
        {
          ids,
        },
      );
      expect((data as { nodes: object[] }).nodes).toEqual(
        ids.map((id) => ({ id, otherEmails: [expect.stringMatching(/^other-killed-/)] })),
      );
    }
  }
  await server.kill();
}, 300_000);

test("row 112: an import whose server is killed ends as one that was not, and submitted again changes nothing", async () => {
  // Many steps, so that the server is killed in the middle of them however late it is seen.
  const ROWS = 10_000;
  const rows = Array.from({ length: ROWS }, (_, at) => `Row ${at},row-${at}@example.com,Row 112`);
  const file = `name,email,company\n${rows.join("\n")}\n`;
  const upload = async ({ send }: Server) => {
    const form = new FormData();
    const query = `mutation ($input: ContactImportInput!) { contactImport(input: $input) { job { id } errors { code message } } }`;
    form.append("operations", JSON.stringify({ query, variables: { input: { file: null } } }));
    form.append("map", JSON.stringify({ 0: ["variables.input.file"] }));
    form.append("0", new Blob([file]), "contacts.csv");
    const { data } = await send(form);
    return (data as { contactImport: { job: { id: string } } }).contactImport.job.id;
  };
  const job = async ({ ask }: Server, id: string) =>
    (
      (await ask(`{ importJob(id: "${id}") { ${jobFields} } }`)).data as {
        importJob: Record<string, unknown>;
      }
    ).importJob;
  const ended = (server: Server, id: string) =>
    seen(async () => {
      const found = await job(server, id);
      return /^(DONE|FAILED)$/.test(String(found.state)) ? found : null;
    });

  const server = await start();
  const id = await upload(server);
  const before = await seen(async () => {
    const found = await job(server, id);
    return Number(found.done) > 0 ? found : null;
  });
  await server.kill();
  expect(Number(before?.done)).toBeLessThan(rows.length);
  await endLeases();

  const next = await start();
  expect(await ended(next, id)).toMatchObject({
    state: "DONE",
    total: ROWS,
    done: ROWS,
    created: ROWS,
    failed: 0,
    errors: [],
  });
  const count = async () =>
    (await next.ask('{ contacts(filter: { company: { eq: "Row 112" } }) { totalCount } }')).data;
  expect(await count()).toEqual({ contacts: { totalCount: ROWS } });
  const again = await ended(next, await upload(next));
  expect(again).toMatchObject({ state: "DONE", created: 0, updated: 0, skipped: ROWS, failed: 0 });
  expect(await count()).toEqual({ contacts: { totalCount: ROWS } });
  await next.kill();
}, 300_000);
