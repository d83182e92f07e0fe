import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./cluster.ts";
import type { Instance } from "./instance.ts";
import { holds, Traffic } from "./traffic.ts";
import type { Scenario, World } from "./world.ts";

/** The server, the database or its connections end while clients read and write. */

/** What was acknowledged is there, each once, and nothing that was not sent. */
export async function kept({ cluster, name }: World, { acknowledged, sent }: Traffic): Promise<void> {
  const { rows } = await cluster.sql(
    `SELECT email, count(*)::int AS count FROM contact WHERE email LIKE '${name}-%' GROUP BY email`,
  );
  const counts = new Map(rows.map((row: { email: string; count: number }) => [row.email, row.count]));
  const lost = [...acknowledged].filter((email) => !counts.has(email));
  holds(lost.length === 0, `${lost.length} acknowledged contacts are not there`);
  const twice = [...counts].filter(([email, count]) => count > 1 || !sent.has(email));
  holds(twice.length === 0, `${twice.length} contacts are there twice, or were never sent`);
}

const around = (
  name: string,
  happens: (world: World, traffic: Traffic) => Promise<void>,
  short = false,
): Scenario => ({
  name,
  short,
  async run(world) {
    const server = await world.serve();
    const traffic = new Traffic(world.name, () => server.url, world.key);
    await traffic.until(20);
    await happens(world, traffic);
    await traffic.end();
    traffic.only(200, 409, 503, 504);
    await kept(world, traffic);
    return traffic.figures;
  },
});

/** Imports contacts whose company is the scenario's name. @returns the id of the job */
export async function importRows({ key, name }: World, { url }: Instance, count: number): Promise<string> {
  const lines = Array.from({ length: count }, (_, at) => `Row ${at},${name}-${at}@example.com,${name}`);
  const form = new FormData();
  const query =
    "mutation ($input: ContactImportInput!) { contactImport(input: $input) { job { id } errors { code } } }";
  form.append("operations", JSON.stringify({ query, variables: { input: { file: null } } }));
  form.append("map", JSON.stringify({ 0: ["variables.input.file"] }));
  form.append("0", new Blob([`name,email,company\n${lines.join("\n")}\n`]), "contacts.csv");
  const headers = { authorization: `Bearer ${key}`, "x-graphql-yoga-csrf": "1" };
  const response = await fetch(url, { method: "POST", headers, body: form });
  const { data } = (await response.json()) as { data: { contactImport: { job: { id: string } } } };
  return data.contactImport.job.id;
}

export const ends: readonly Scenario[] = [
  {
    name: "the server is killed (SIGKILL) in the middle of writes, and started again",
    short: true,
    async run(world) {
      const PORT = String(await freePort());
      let server = await world.serve({ PORT });
      const traffic = new Traffic(world.name, () => server.url, world.key, { readers: 1, writers: 8 });
      for (let round = 1; round <= (world.long ? 10 : 2); round += 1) {
        await traffic.until(round * 40);
        await server.kill();
        server = await world.serve({ PORT });
      }
      await traffic.end();
      traffic.only(0, 200, 409, 503, 504);
      await kept(world, traffic);
      return traffic.figures;
    },
  },
  around(
    "the database is killed (SIGKILL of the postmaster) and started again",
    async ({ cluster }) => {
      await cluster.kill();
      await pause(1_000);
      await cluster.start();
    },
    true,
  ),
  around("the database is stopped fast, and started again", async ({ cluster }) => {
    await cluster.stop("fast");
    await cluster.start();
  }),
  around(
    "the database is told to stop when its sessions have ended (smart), then stopped fast, and started again",
    async ({ cluster }, traffic) => {
      await cluster.announceStop();
      // The connections that are open are served as before.
      await traffic.until(traffic.acknowledged.size + 20);
      await cluster.stop("fast");
      await cluster.start();
    },
  ),
  around("the database is stopped immediately, and started again", async ({ cluster }) => {
    await cluster.stop("immediate");
    await cluster.start();
  }),
  around("all connections are terminated, again and again", async ({ cluster, long }) => {
    for (let round = 0; round < (long ? 60 : 8); round += 1) {
      await cluster.terminate();
      await pause(250);
    }
  }),
  {
    name: "all connections are terminated while only reads are sent: none fails",
    short: true,
    async run(world) {
      const server = await world.serve();
      const traffic = new Traffic(world.name, () => server.url, world.key, { readers: 8, writers: 0 });
      for (let round = 0; round < (world.long ? 60 : 8); round += 1) {
        // A read is sent a second time, and not a third one: none may meet two of these.
        for (const answered = traffic.answered; traffic.answered < answered + 40; ) await pause(20);
        await world.cluster.terminate();
      }
      await traffic.stop();
      traffic.only(200);
      return traffic.figures;
    },
  },
  {
    name: "an import goes on to its end though the database is killed in the middle of it",
    short: true,
    async run(world) {
      const server = await world.serve();
      const ROWS = world.long ? 50_000 : 5_000;
      const id = await importRows(world, server, ROWS);
      const look = async () => {
        const answer = await world.ask(server, `{ importJob(id: "${id}") { state done created problem } }`);
        return (
          answer.data as {
            importJob: { state: string; done: number; created: number; problem: string | null };
          } | null
        )?.importJob;
      };
      while (!((await look())?.done ?? 0)) await pause(20);
      await world.cluster.kill();
      await pause(500);
      await world.cluster.start();
      for (const late = Date.now() + 180_000; ; ) {
        const job = await look();
        holds(job?.state !== "FAILED", `the import failed: ${job?.problem}`);
        if (job?.state === "DONE") break;
        holds(Date.now() < late, `the import did not end: ${JSON.stringify(job)}`);
        await pause(100);
      }
      const { rows } = await world.cluster.sql(
        `SELECT count(*)::int AS count FROM contact WHERE company = '${world.name}'`,
      );
      holds(rows[0]?.count === ROWS, `${rows[0]?.count} contacts of ${ROWS} rows`);
      return `${ROWS} rows, each once`;
    },
  },
];
