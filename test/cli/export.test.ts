import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { writeWhole } from "../../src/cli/whole-file.ts";
import { admin, databaseUrl, npm, postgresAnswers, program } from "../support/program.ts";

/** `npm run export`, from the build: what it prints, what it writes, and what is there when it is stopped. */

const answers = await postgresAnswers();
const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-export-"));
  if (answers) await admin(`CREATE DATABASE ${name}`);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  if (answers) await admin(`DROP DATABASE ${name} WITH (FORCE)`);
});

const databases = [
  ["the embedded database", true, (): Record<string, string> => ({ DATA_DIR: join(directory, "data") })],
  // Skipped where no PostgreSQL answers; CI has one.
  ["PostgreSQL", answers, (): Record<string, string> => ({ DATABASE_URL: databaseUrl(name) })],
] as const;

/** A new organization with two contacts, as the options of its owner. */
async function made(env: Record<string, string>): Promise<string[]> {
  const { out } = await program(["key", "--org", "My company", "--email", "me@example.com"], env);
  const [, org = ""] = /^Organization: (\S+)$/m.exec(out) ?? [];
  const member = ["--org", org, "--email", "me@example.com"];
  const rows =
    'name,email,phone,company,tags\nZoë,zoe@example.com,+4930901820,Acme,"a,b"\nAnn,ann@example.com,,=1+1,\n';
  const imported = await npm(["import", "--", "-", ...member, "--create-missing-tags"], env, rows);
  expect(imported).toMatchObject({ code: 0, out: expect.stringContaining("2 rows: 2 created") });
  return member;
}

describe.each(databases)("on %s", (_database, here, envOf) => {
  test.skipIf(!here)(
    "an export goes to standard output or to a file, and an import of it changes nothing",
    async () => {
      const env = envOf();
      const member = await made(env);
      const columns = ["--columns", "name,company=Firm,phone_numbers", "--order", "name"];
      const piped = await npm(["export", "--", ...member, ...columns], env);
      expect(piped).toEqual({
        code: 0,
        out: "name,Firm,phone\r\nAnn,'=1+1,\r\nZoë,Acme,'+4930901820\r\n",
        err: expect.stringMatching(/^Export export_job_\w{26}: done\n2 records, \d+ bytes\n$/),
      });

      const file = join(directory, "zoe.jsonl");
      await writeFile(file, "an older file");
      const filter = ["--filter", '{"tags":{"hasAll":["a","b"]}}', "--format", "jsonl", "--out", file];
      const written = await npm(["export", "--", ...member, ...filter, "--columns", "name,tags"], env);
      expect(written).toMatchObject({ code: 0, out: "", err: expect.stringContaining("1 records") });
      expect(await readFile(file, "utf8")).toBe('{"name":"Zoë","tags":["a","b"]}\n');
      expect((await readdir(directory)).filter((each) => each.includes(".part"))).toEqual([]);

      const all = await npm(["export", "--", ...member, "--delimiter", ";", "--bom"], env);
      expect(all.out).toMatch(/^\ufeffid;name;/);
      const back = ["import", "--", "-", ...member, "--mode", "update", "--match-on", "id"];
      const again = await npm(back, env, all.out);
      expect(again, again.out).toMatchObject({ code: 0, out: expect.stringContaining(" 0 created, ") });
      const versions = ["export", "--", ...member, "--columns", "version"];
      expect((await npm(versions, env)).out).toBe("version\r\n1\r\n1\r\n");

      const leads = await npm(["export", "--", ...member, "--lead", "--columns", "name"], env);
      expect(leads).toMatchObject({ code: 0, out: "name\r\n" });
      const deals = await npm(["export", "--", ...member, "--deal", "--columns", "name"], env);
      expect(deals).toMatchObject({ code: 0, out: "name\r\n" });
    },
    240_000,
  );

  test.skipIf(!here)(
    "what the organization does not know is refused in the words of the options",
    async () => {
      const env = envOf();
      const member = await made(env);
      const file = join(directory, "never.csv");
      for (const [options, reason] of [
        [["--columns", "custom.x"], '--columns: there is no custom field with the slug "x"\n'],
        [
          ["--columns", "name,name"],
          '--columns: "name" is the heading of an earlier column: give another heading\n',
        ],
        [["--delimiter", "x"], "--delimiter: must be one of , ; | and a tab\n"],
        [["--smart-list", "smart_list_01h455vb4pex5vsknk084sn02q"], "--smart-list: names no smart list\n"],
      ] as const) {
        const refused = await program(["export", ...member, ...options, "--out", file], env);
        expect(refused).toEqual({ code: 1, out: "", err: reason });
      }
      expect(await readdir(directory)).not.toContain("never.csv");
    },
    240_000,
  );
});

test.skipIf(!answers)(
  "an export that is interrupted is stopped, leaves no file, and is known by its exit code",
  async () => {
    const env = { DATABASE_URL: databaseUrl(name) };
    const member = await made(env);
    const holder = new pg.Client(env.DATABASE_URL);
    await holder.connect();
    onTestFinished(() => holder.end());
    // The first step waits for this.
    await holder.query("BEGIN; LOCK TABLE tag IN ACCESS EXCLUSIVE MODE");
    const file = join(directory, "stopped.csv");
    await writeFile(file, "an older file");
    const child = spawn(process.execPath, ["dist/main.js", "export", ...member, "--out", file], {
      env: { PATH: process.env.PATH, ...env },
    });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const waits = "SELECT 1 FROM pg_locks WHERE relation = 'tag'::regclass AND NOT granted";
    while ((await holder.query(waits)).rowCount === 0) await pause(50);
    child.kill("SIGINT");
    await pause(200);
    await holder.query("ROLLBACK");
    expect(await ended).toBe(130);
    expect(err).toMatch(/^Export export_job_\w{26}: cancelled, without a file\n$/);
    expect(await readFile(file, "utf8")).toBe("an older file");
    expect((await readdir(directory)).filter((each) => each.includes(".part"))).toEqual([]);
    const { rows } = await holder.query(
      "SELECT state, (SELECT count(*)::int FROM export_batch) AS left FROM export_job ORDER BY created_at DESC LIMIT 1",
    );
    expect(rows).toEqual([{ state: "CANCELLED", left: 0 }]);
  },
  240_000,
);

test("a file that breaks off, or is stopped, leaves the older one as it was, and nothing beside it", async () => {
  const place = await mkdtemp(join(directory, "whole-"));
  const file = join(place, "contacts.csv");
  const stop = new AbortController();
  await writeWhole(file, Readable.from(["older"]), stop.signal);
  const half = (end: () => unknown) =>
    Readable.from(
      (async function* () {
        yield "half of it";
        await pause(50);
        yield end();
      })(),
    );
  const broken = half(() => {
    throw new Error("gone");
  });
  await expect(writeWhole(file, broken, stop.signal)).rejects.toThrow("gone");
  const stopped = half(() => stop.abort());
  await expect(writeWhole(file, stopped, stop.signal)).rejects.toThrow();
  expect(await readFile(file, "utf8")).toBe("older");
  expect(await readdir(place)).toEqual(["contacts.csv"]);
});
