import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { UsageError } from "../../src/cli/run.ts";
import { npm, program } from "../support/program.ts";

/** Arguments of the commands: --help, and what is refused before a database is opened. */

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rolograph-arguments-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Settings under which a command that opens a database fails, and leaves a trace that it tried. */
const nowhere = () => ({ DATA_DIR: join(directory, "never-made") });

const scripts = JSON.parse(await readFile("package.json", "utf8")).scripts as Record<string, string>;
const commands = Object.entries(scripts).flatMap(([script, line]) => {
  const [, words] = /(?:dist\/main\.js|src\/main\.ts)(.*)$/.exec(line) ?? [];
  return words === undefined || script === "dev" || words.includes("--")
    ? []
    : [[script, words.trim()] as const];
});

test("every script that runs the program is one of its commands", () => {
  expect(commands).toEqual(
    [
      "start",
      "schema",
      "db:migrate",
      "db:new",
      "db:template",
      "db:status",
      "db:check",
      "demo",
      "key",
      "import",
      "export",
      "purge",
    ].map((script) => [script, script === "start" ? "" : script]),
  );
});

/** What the program prints and how it ends, in this process: nothing of it opens a database or reaches its work. */
async function told(words: readonly string[]) {
  const argv = ["node", "main.js", ...words];
  const { program: whole, running } = await buildProgram(argv);
  let text = "";
  for (const command of [whole, running]) {
    command.exitOverride().configureOutput({
      writeOut: (piece) => {
        text += piece;
      },
      writeErr: (piece) => {
        text += piece;
      },
    });
  }
  const ended: unknown = await whole.parseAsync(argv).catch((error: unknown) => error);
  // As runProgram tells it; a process shows that below.
  if (ended instanceof UsageError)
    return { code: 1, text: `error: ${ended.message}\n${running.helpInformation()}` };
  return { code: (ended as { exitCode?: number }).exitCode, text };
}

test.each(commands)("%s --help prints its usage and does nothing", async (script, words) => {
  const { code, text } = await told([...words.split(" ").filter(Boolean), "--help"]);
  expect(code).toBe(0);
  const typed = script === "start" ? "npm run <command>" : `npm run ${script}`;
  expect(text).toMatch(new RegExp(`^Usage: ${typed}( --|\n)`));
});

test("wrong arguments, as they are typed, end with exit code 1, the reason and the usage", async () => {
  const { code, out, err } = await npm(
    ["key", "--", "--org", "organization_01h", "--email", "me@example.com"],
    nowhere(),
  );
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(
    /^error: option '--org .*' is invalid\. .*\n\nUsage: npm run key -- --org <name or id>/,
  );
  expect(
    (
      await npm(
        ["key", "--", "--org", "My company", "--email", "me@example.com", "--scopes", "all"],
        nowhere(),
      )
    ).err,
  ).toMatch(/^error: --scopes has "all"; .*\n\nUsage: npm run key -- /);
  expect(existsSync(nowhere().DATA_DIR)).toBe(false);
}, 60_000);

test("the proof of the filter answers --help with its usage, and a wrong option with the reason and its usage", async () => {
  const usage = /Usage: npm run test:filters -- \[options\]/;
  const asked = await npm(["test:filters", "--", "--help"], {});
  expect(asked).toMatchObject({ code: 0, err: "", out: expect.stringMatching(usage) });
  for (const [option, reason] of [
    ["--nope", "unknown option '--nope'"],
    ["--cases=many", "It must be a whole number, such as 50000."],
    ["--project=mysql", "Allowed choices are pglite, postgres."],
  ] as const) {
    const wrong = await npm(["test:filters", "--", option], {});
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(usage) });
    expect(wrong.err).toContain(reason);
  }
});

test("npm run demo -- --help, as it is typed, seeds nothing", async () => {
  const asked = await npm(["demo", "--", "--help"], nowhere());
  expect(asked).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: npm run demo\n/) });
  expect(existsSync(nowhere().DATA_DIR)).toBe(false);
});

const me = ["--email", "me@example.com"];
const org = ["--org", "organization_01h455vb4pex5vsknk084sn02q"];

test.each([
  [["start", "--port", "80"], "unknown option '--port'"],
  [["strat"], "too many arguments"],
  [["demo", "--dry-run"], "unknown option '--dry-run'"],
  [["demo", "now"], "too many arguments"],
  [["purge", "--dryrun"], "unknown option '--dryrun'"],
  [["db:migrate", "--force"], "unknown option '--force'"],
  [["db:new"], "missing required argument 'name'"],
  [["schema", "--chek"], "unknown option '--chek'"],
  [["key", ...me], "required option '--org <name or id>' not specified"],
  [["key", "--org", "My company"], "required option '--email <address>' not specified"],
  [
    ["key", "--org", "My company", "--email", "nope"],
    "argument 'nope' is invalid. It must be an e-mail address",
  ],
  [["key", "--org", "   ", ...me], "argument '   ' is invalid. It must not be blank."],
  [["key", "--org", "My\ncompany", ...me], "It must not have line breaks"],
  // What a person pastes where an id is meant makes no new organization.
  [["key", "--org", "organization_01h455vb4pex5vsknk084sn02", ...me], "is a character missing or mistyped?"],
  [
    ["key", "--org", " Organization_01h455vb4pex5vsknk084sn02q", ...me],
    "is a character missing or mistyped?",
  ],
  [["key", "--org", "organisation_01h455vb4pex5vsknk084sn02q", ...me], "is a character missing or mistyped?"],
  [["key", "--org", "01h455vb4pex5vsknk084sn02q", ...me], "is a character missing or mistyped?"],
  [["key", "--org", "01890a5d-ac96-774b-bcce-b302099a8057", ...me], "is a character missing or mistyped?"],
  [
    ["key", "--org", "contact_01h455vb4pex5vsknk084sn02q", ...me],
    "It is the id of a Contact, not of an organization.",
  ],
  [["key", ...org, ...me, "--mode", "test"], "--mode is for a new organization, and --org has an id"],
  [["key", ...org, ...me, "--user", "Me"], "--user is for a new organization, and --org has an id"],
  [["key", "--org", "My company", ...me, "--mode", "demo"], "It must be live or test."],
  [["key", ...org, ...me, "--country", "DE"], "--country is for a new organization, and --org has an id"],
  [
    ["key", ...org, ...me, "--time-zone", "UTC"],
    "--time-zone is for a new organization, and --org has an id",
  ],
  [
    ["key", "--org", "My company", ...me, "--country", "Germany"],
    "It must be a country by its two-letter code",
  ],
  [["key", "--org", "My company", ...me, "--currency", "euro"], "It must be a currency by its code"],
  [["key", "--org", "My company", ...me, "--time-zone", "Berlin"], "It must be an IANA time zone"],
  [
    ["key", "--org", "My company", ...me, "--scopes", "all"],
    '--scopes has "all"; it takes read, write, admin',
  ],
  [["import", ...org, ...me], "missing required argument 'file.csv'"],
  [["import", "README.md", "--org", "My company", ...me], "It must be an organization's id"],
  [["import", "README.md", ...org, "--email", "nope"], "It must be an e-mail address"],
  [["import", "README.md", ...org, ...me, "--mode", "merge"], "It must be skip or update."],
  [["import", "README.md", ...org, ...me, "--map", "phone"], 'It must read "<column>=<field>".'],
  [
    ["import", "README.md", ...org, ...me, "--map", "A=fone"],
    'There is no field "fone": take name, first_name',
  ],
  [["export", ...org], "required option '--email <address>' not specified"],
  [["export", ...org, ...me, "contacts.csv"], "too many arguments"],
  [["export", ...org, ...me, "--lead", "--deal"], "--lead, --deal and --audit cannot be combined"],
  [
    ["export", ...org, ...me, "--audit", "--trash", "only"],
    "--trash is not for audit events, which have none",
  ],
  [["export", ...org, ...me, "--audit", "--order", "name"], "--order is not for audit events"],
  [["export", ...org, ...me, "--lead", "--smart-list", "x"], "--smart-list is for contacts"],
  [["export", ...org, ...me, "--deal", "--trash", "only"], "--trash is not for deals, which have none"],
  [["export", ...org, ...me, "--format", "xlsx"], "It must be csv or jsonl."],
  [["export", ...org, ...me, "--filter", "name"], "It must be JSON, such as"],
  [
    ["export", ...org, ...me, "--filter", '{"nmae":{"eq":"x"}}'],
    '--filter: Field "nmae" is not defined by type "ContactFilter". Did you mean "name"?',
  ],
  [["export", ...org, ...me, "--filter", "[]"], '--filter: Expected type "ContactFilter" to be an object.'],
  [
    ["export", ...org, ...me, "--lead", "--order", "nmae:desc"],
    '--order: field: Value "NMAE" does not exist in "LeadOrderField" enum. Did you mean the enum value "NAME"?',
  ],
  [["export", ...org, ...me, "--order", "name,,email"], "It has an empty part between two commas"],
  [["export", ...org, ...me, "--columns", "name,fone"], "--columns has fone; it takes id, name, first_name"],
])("%j is refused with the reason and the usage", async (words, reason) => {
  const { code, text } = await told(words);
  expect(code).toBe(1);
  expect(text).toMatch(/^error: /);
  expect(text).toContain(reason);
  expect(text).toMatch(/^Usage: npm (start|run [a-z:]+)/m);
});

test.each([
  [["import", "none.csv", ...org, ...me], "there is no file none.csv\n"],
  [["import", "src", ...org, ...me], "src is a directory: give the path of a file in it\n"],
  [
    ["import", "README.md", ...org, ...me, "--errors", "none/errors.csv"],
    "refused rows cannot be written to none/errors.csv: give another file with --errors\n",
  ],
  [["export", ...org, ...me, "--out", "src"], "src is a directory: give the path of a file in it\n"],
  [
    ["export", ...org, ...me, "--out", "none/contacts.csv"],
    "none/contacts.csv cannot be written: there is no such directory, or it does not allow it\n",
  ],
])("%j is refused with the reason alone", async (words, reason) => {
  expect(await program(words, nowhere())).toEqual({ code: 1, out: "", err: reason });
  expect(existsSync(nowhere().DATA_DIR)).toBe(false);
});
