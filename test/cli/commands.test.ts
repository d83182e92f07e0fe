import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { admin, databaseUrl, npm, postgresAnswers, program } from "../support/program.ts";

/** The commands that the README names, as a person types them, from the build; what they print is read. */

const answers = await postgresAnswers();
const name = `rolograph_test_${randomUUID().replaceAll("-", "")}`;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-commands-"));
  if (answers) await admin(`CREATE DATABASE ${name}`);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  if (answers) await admin(`DROP DATABASE ${name} WITH (FORCE)`);
});

/** Settings under which a command that opens a database fails, and leaves a trace that it tried. */
const nowhere = () => ({ DATA_DIR: join(directory, "never-made") });

describe.each([
  ["the embedded database", true, (): Record<string, string> => ({ DATA_DIR: join(directory, "data") })],
  // Skipped where no PostgreSQL answers; CI has one.
  ["PostgreSQL", answers, (): Record<string, string> => ({ DATABASE_URL: databaseUrl(name) })],
] as const)("on %s", (database, here, envOf) => {
  test.skipIf(!here)(
    "migrate, make keys, import, purge and say what they did",
    async () => {
      const env = envOf();
      const migrated = await npm(["db:migrate"], env);
      expect(migrated).toMatchObject({ code: 0, err: "" });
      expect(migrated.out).toMatch(/^(applied \d{14}_\w+\n)+$/);
      const status = await npm(["db:status"], env);
      expect(status).toMatchObject({ code: 0, out: migrated.out.replaceAll(/^applied/gm, "applied ") });

      const made = await npm(["key", "--", "--org", "My company", "--email", "me@example.com"], env);
      expect(made).toMatchObject({ code: 0, err: "" });
      const [, org = ""] =
        /^Organization: (organization_\w{26})\nAPI key: sk_live_\S+\n$/.exec(made.out) ?? [];
      const member = ["--org", org, "--email", "me@example.com"];
      // The README's example: a column that it does not name goes where its heading says.
      const file = join(directory, `${database}.csv`);
      await writeFile(
        file,
        "Name,Email,Work phone\nAnn,ann@example.com,+14155550134\nBob,bob@example.com,none\n",
      );
      const imported = await npm(
        ["import", "--", file, ...member, "--map", "Work phone=phone", "--mode", "update"],
        env,
      );
      expect(imported.code, imported.err).toBe(1);
      expect(imported.out.split("\n")).toEqual([
        expect.stringMatching(/^Import import_job_\w{26}: done$/),
        "2 rows: 1 created, 0 updated, 0 skipped, 1 failed; 0 blank lines",
        `The 1 refused rows, with the reasons, to correct and import again: ${file}.errors.csv`,
        "",
      ]);
      const refused = await readFile(`${file}.errors.csv`, "utf8");
      const [headings, bob, ...rest] = refused.split("\r\n");
      expect([headings, rest]).toEqual(["Name,Email,Work phone,Refused because", [""]]);
      expect(bob).toMatch(/^Bob,bob@example.com,none,.*Work phone: /);
      // Mended, it can be sent again, by standard input as well.
      const mended = refused.replace(",none,", ",+14155550135,");
      const again = await npm(["import", "--", "-", ...member, "--map", "Work phone=phone"], env, mended);
      expect(again.code, again.err).toBe(0);
      expect(again.out).toContain("1 rows: 1 created, 0 updated, 0 skipped, 0 failed");
      expect(again.out).not.toContain("not imported");

      const loose = "Name,Email,Telefon,Shirt\nCy,cy@example.com,12,M\nDi,di@example.com,,L\n";
      const preview = await npm(["import", "--", "-", ...member, "--preview"], env, loose);
      expect(preview, preview.err).toMatchObject({ code: 0 });
      expect(preview.out.split("\n")).toEqual([
        "utf-8, separated by ,; the headings are row 1",
        "",
        "  Name -> name",
        "  Email -> email",
        "  Telefon -> phone",
        "  Shirt -> not imported: unknown heading (M)",
        "",
        "  line 2: refused",
        expect.stringMatching(/^ {4}Telefon: Telefon /),
        expect.stringMatching(/^ {2}line 3: created: name: Di; .*email: di@example\.com/),
        "",
        "All 2 rows: 1 would be created, 0 updated, 0 skipped, 1 refused; 0 values left out",
        "Nothing was written.",
        "",
      ]);
      const choices = ["--invalid-values", "leave-out", "--keep-unmapped", "notes"];
      const kept = await npm(["import", "--", "-", ...member, ...choices], env, loose);
      expect(kept.code, kept.err).toBe(0);
      expect(kept.out).toContain("2 rows: 2 created, 0 updated, 0 skipped, 0 failed");
      expect(kept.out).toMatch(/\n1 values were left out:\n {2}line 2, Telefon: 12: Telefon .+\n/);
      const elsewhere = ["--errors", join(directory, "loose.csv")];
      const dropped = await npm(
        ["import", "--", "-", ...member, "--mode", "update", ...elsewhere],
        env,
        loose,
      );
      expect(dropped.out).toMatch(/\nColumns that were not imported \(.+\):\n {2}Shirt: M\n/);

      const leads = ["import", "--", "-", ...member, "--lead", "--mode", "update"];
      const lead = "email,company\nmara.quint@example.com,Quint\n";
      const unnamed = await npm([...leads, "--errors", join(directory, "leads.csv")], env, lead);
      expect(unnamed.out).toContain("1 rows: 0 created, 0 updated, 0 skipped, 1 failed");
      const named = await npm([...leads, "--missing-name", "from-email", "--match-on", "email"], env, lead);
      expect(named.code, named.err).toBe(0);
      expect(named.out).toContain("1 rows: 1 created, 0 updated, 0 skipped, 0 failed");

      const purged = await npm(["purge"], env);
      expect(purged).toEqual({ code: 0, err: "", out: "Purged: 0 contacts, 0 leads, 0 audit events\n" });
      const narrow = ["--scopes", "read,write,admin", "--expires", "2130-01-31", "--sources", "hubspot"];
      const said = ["--time-zone", "Europe/Berlin", "--country", "de", "--currency", "eur"];
      const german = ["key", "--", "--org", "GmbH", "--email", "me@example.com", ...said];
      const { out } = await npm(german, env);
      expect(out).toMatch(/^Organization: organization_\w{26}\nAPI key: sk_live_\S+\n$/);
      const more = await npm(["key", "--", ...member, ...narrow], env);
      expect(more).toMatchObject({ code: 0, err: "" });
      expect(more.out).toMatch(new RegExp(`^Organization: ${org}\nAPI key: sk_live_\\S+\n$`));

      const audit = ["--audit", "--columns", "actor,action,record_type"];
      const events = await npm(
        ["export", "--", ...member, ...audit, "--filter", '{"actor":"OPERATOR"}'],
        env,
      );
      expect(events.code, events.err).toBe(0);
      expect(events.out.split("\r\n").slice(0, 4)).toEqual([
        "actor,action,record type",
        "OPERATOR,CREATED,MEMBER",
        "OPERATOR,CREATED,API_KEY",
        "OPERATOR,IMPORTED,IMPORT_JOB",
      ]);
      expect(events.out).toContain("\r\nOPERATOR,CREATED,CONTACT\r\n");
      expect(events.out).toMatch(/OPERATOR,CREATED,API_KEY\r\n$/);

      await writeFile(file, "Name,Email,Work phone\nAnn,ann@example.com,+14155550134\n");
      const dry = await npm(
        ["import", "--", file, ...member, "--tag", "new", "--dry-run", "--create-missing-tags"],
        env,
      );
      expect(dry.code, dry.err).toBe(0);
      expect(dry.out).toMatch(
        /: done, a dry run\n1 rows: 0 created, 0 updated, 1 skipped, 0 failed; 0 blank lines\n$/,
      );

      const counted = await npm(["purge", "--", "--dry-run"], env);
      expect(counted).toEqual({
        code: 0,
        err: "",
        out: "To be purged: 0 contacts, 0 leads, 0 audit events\n",
      });
    },
    480_000,
  );

  test.skipIf(!here)(
    "refuse what names nobody, and make nothing of it",
    async () => {
      const env = envOf();
      const stranger = ["--org", encodeId("Organization", newId()), "--email", "me@example.com"];
      const reason = "there is no such organization, or no member of it has this address\n";
      const kept = join(directory, "never.csv");
      expect(await program(["export", ...stranger, "--out", kept], env)).toEqual({
        code: 1,
        out: "",
        err: reason,
      });
      expect(existsSync(kept)).toBe(false);
      expect(await program(["key", ...stranger], env)).toEqual({ code: 1, out: "", err: reason });
      expect(await program(["import", "README.md", ...stranger], env)).toEqual({
        code: 1,
        out: "",
        err: reason,
      });
    },
    120_000,
  );
});

test("a command refuses a database that is not there without a stack", async () => {
  const env = { DATABASE_URL: "postgresql://postgres@127.0.0.1:1/none" };
  onTestFinished(() => expect(existsSync(nowhere().DATA_DIR)).toBe(false));
  const { code, err } = await program(["purge"], env);
  expect(code).toBe(1);
  expect(err).toContain("ECONNREFUSED");
  expect(err).not.toContain("    at ");
});

test("the README names no command that is not run, here or in another test", async () => {
  const readme = await readFile("README.md", "utf8");
  const named = new Set(
    [...readme.matchAll(/npm (?:run )?([a-z][a-z:]*)/g)].map(([, script = ""]) => script),
  );
  const elsewhere = {
    ci: "before any test",
    start: "start.test.ts, workers.test.ts",
    test: "runs this",
    build: "before these tests, by support/build.ts",
    check: "its parts are run by CI",
    format: "would change the sources",
    bench: "bench/ has tests of its own",
    dev: "start, from the sources",
    codegen: "before any test",
    "test:filters": "test/filter/proof.test.ts runs the same",
    "check:attacks": "test/attacks runs the same",
    "check:faults": "takes minutes: by hand",
    "check:tenancy": "takes minutes: by hand",
    demo: "start.test.ts, with --help here",
  };
  const here = [
    "key",
    "import",
    "export",
    "purge",
    "schema",
    "db:migrate",
    "db:status",
    "db:new",
    "db:check",
    "run",
  ];
  expect([...named].filter((script) => !here.includes(script) && !Object.hasOwn(elsewhere, script))).toEqual(
    [],
  );
});
