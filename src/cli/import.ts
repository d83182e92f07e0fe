import { createReadStream, createWriteStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { encodeId } from "../db/ids.ts";
import type { ImportJob } from "../generated/prisma/client.ts";
import type { Caller } from "../graphql/context.ts";
import type { Choice, UnmappedColumn } from "../jobs/import/column.ts";
import { importKind } from "../jobs/import/import.kind.ts";
import { importRecords } from "../jobs/import/import.service.ts";
import { previewImport } from "../jobs/import/preview.ts";
import { refusedRows } from "../jobs/import/refused-csv.ts";
import { encodings } from "../lib/decoders.ts";
import { type Refusal, RefusalError } from "../lib/errors.ts";
import { Upload } from "../lib/upload.ts";
import { type Address, readAddress, readOneOf, readOrganizationId } from "./arguments.ts";
import { callerOf } from "./caller.ts";
import { fieldNames, readMapping } from "./import-mapping.ts";
import { previewLines } from "./import-preview.ts";
import { CommandError, say } from "./run.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { withMigrated } from "./with-database.ts";
import { workOff } from "./work-off.ts";

const readMatch = readOneOf("id", "email", "phone", "custom-field");

interface Options {
  /** UUID. */
  readonly org: string;
  readonly email: Address;
  readonly map?: readonly Choice[];
  readonly lead?: boolean;
  readonly matchOn?: readonly ("id" | "email" | "phone" | "custom-field")[];
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly dateOrder?: "day-first" | "month-first";
  readonly missingName?: "refuse" | "from-email";
  readonly invalidValues?: "refuse-row" | "leave-out";
  readonly keepUnmapped?: "notes" | "custom-fields";
  readonly encoding?: (typeof encodings)[number];
  readonly delimiter?: string;
  readonly owner?: string;
  readonly mode: "skip" | "update";
  readonly preview?: boolean;
  readonly dryRun?: boolean;
  readonly tag?: readonly string[];
  readonly createMissingTags?: boolean;
  readonly errors?: string;
}

/** The file name that means standard input. */
const STDIN = "-";

/** Imports a CSV file from the command line, with a progress bar; ends with exit code 1 when rows were refused. */
export const imports = new Command("import")
  .usage("<file.csv> --org <organization id> --email <address> [options]")
  .argument(
    "<file.csv>",
    "the file: a first row of headings, then a contact or lead a row; - for standard input",
  )
  .requiredOption("--org <organization id>", "the organization to import into", readOrganizationId)
  .requiredOption("--email <address>", "the member in whose name to import", readAddress)
  .option(
    '--map "<column>=<field>"',
    "maps a column to a field or to custom.<slug>; with nothing after = it is not imported; may be repeated. " +
      "Other columns are mapped by their headings",
    readMapping,
  )
  .option(
    "--mode <skip|update>",
    "what to do with rows of existing records; skip by default",
    readOneOf("skip", "update"),
    "skip",
  )
  .option("--lead", "the rows become leads, not contacts")
  .option(
    "--match-on <id|email|phone|custom-field>",
    "the key that matches a row to an existing record; may be repeated, tried in this order",
    (text: string, before: readonly ReturnType<typeof readMatch>[] = []) => [...before, readMatch(text)],
  )
  .option(
    "--missing-name <refuse|from-email>",
    "what to do with new rows without a name",
    readOneOf("refuse", "from-email"),
  )
  .option(
    "--invalid-values <refuse-row|leave-out>",
    "what to do with rows that have invalid values",
    readOneOf("refuse-row", "leave-out"),
  )
  .option(
    "--keep-unmapped <notes|custom-fields>",
    "where to keep columns that are mapped to no field; custom fields are created for them",
    readOneOf("notes", "custom-fields"),
  )
  .option(
    `--encoding <${encodings.join("|")}>`,
    "character encoding of the file; detected by default",
    readOneOf(...encodings),
  )
  .option("--delimiter <character>", 'column separator: , or ; or "|" or tab; detected by default', (text) =>
    text === "tab" ? "\t" : text,
  )
  .option("--owner <member id>", "the member to whom new records are assigned")
  .option(
    "--country <code>",
    "country of phone numbers without a country code, such as DE; the organization's by default",
    (code) => code.toUpperCase(),
  )
  .option(
    "--preview",
    "shows how the file is read and what would be done with its first rows, and writes nothing",
  )
  .option(
    "--date-order <day-first|month-first>",
    "order of day and month in dates such as 03/04/2024; detected for each column by default",
    readOneOf("day-first", "month-first"),
  )
  .option("--dry-run", "checks and counts, and writes no contact")
  .option("--tag <name>", "a tag to add to every row; may be repeated", (name, before: string[] = []) => [
    ...before,
    name,
  ])
  .option("--create-missing-tags", "creates tags that do not exist")
  .option(
    "--errors <file>",
    "where to write refused rows; <file.csv>.errors.csv by default, import.errors.csv for standard input",
  )
  .addHelpText("after", `\nFields: ${fieldNames.join(", ")}`)
  .action(async (path: string, options: Options) => {
    keepHeapSmall();
    const errorsPath = options.errors ?? `${path === STDIN ? "import" : path}.errors.csv`;
    await checkFiles(path, errorsPath);
    const { fileLimit } = readConfig(process.env);
    await withMigrated(async (database) => {
      const caller = await callerOf(database, options.org, options.email, "IMPORT");
      const entity = options.lead ? "LEAD" : "CONTACT";
      try {
        const input = {
          file: new Upload(path === STDIN ? "standard input" : basename(path), fileLimit, bytesOf(path)),
          mapping: options.map,
          matchOn: options.matchOn?.map(wordOf),
          missingName: options.missingName && wordOf(options.missingName),
          invalidValues: options.invalidValues && wordOf(options.invalidValues),
          keepUnmapped: options.keepUnmapped && wordOf(options.keepUnmapped),
          encoding: options.encoding,
          delimiter: options.delimiter,
          ownerId: options.owner,
          defaultCountry: options.country,
          dateOrder: options.dateOrder && wordOf(options.dateOrder),
          mode: options.mode.toUpperCase(),
          dryRun: options.dryRun,
          tags: options.tag,
          createMissingTags: options.createMissingTags,
        };
        if (options.preview) {
          for (const line of previewLines(await previewImport(caller, entity, input))) say(line);
          return;
        }
        const job = await importRecords(caller, entity, input);
        const read = () =>
          database.prisma.importJob.findUniqueOrThrow({
            where: { orgId_id: { orgId: job.orgId, id: job.id } },
          });
        const done = await workOff(database, importKind, job, { read, noun: "rows", always: true });
        if (!(await report(caller, done, errorsPath))) process.exitCode = 1;
      } catch (error) {
        if (error instanceof RefusalError)
          throw new CommandError(error.refusals.map((each) => inOptions(each, path)).join("\n"));
        throw error;
      }
    });
  });

/** @throws CommandError if the file cannot be read, or the file of refused rows could not be written */
async function checkFiles(path: string, errorsPath: string): Promise<void> {
  if (path !== STDIN) await checkReadable(path);
  // Checked before the import, not after it.
  await access(dirname(errorsPath), constants.W_OK).catch(() => {
    throw new CommandError(
      `refused rows cannot be written to ${errorsPath}: give another file with --errors`,
    );
  });
}

async function checkReadable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CommandError(`there is no file ${path}`);
  if (found.isDirectory()) throw new CommandError(`${path} is a directory: give the path of a file in it`);
  await access(path, constants.R_OK).catch(() => {
    throw new CommandError(`${path} cannot be read: permission denied`);
  });
}

const bytesOf = (path: string): AsyncIterable<Buffer> =>
  path === STDIN ? process.stdin : createReadStream(path);

const wordOf = (typed: string): string => typed.toUpperCase().replaceAll("-", "_");

/** A refusal, with the option in place of the path. */
function inOptions({ path: [, field = "", ...more], message }: Refusal, file: string): string {
  const places: Readonly<Record<string, string>> = {
    file,
    mapping: "--map",
    tags: "--tag",
    defaultCountry: "--country",
  };
  // Messages of zod start with the path.
  const place = `${[field, ...more].join(".")} `;
  const words = message.startsWith(place) ? message.slice(place.length) : message;
  const option = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${places[field] ?? `--${option}`}: ${words}`;
}

/** The columns that were not imported. */
function unmappedLines({ unmapped }: ImportJob): string[] {
  const columns = unmapped as unknown as readonly UnmappedColumn[];
  if (columns.length === 0) return [];
  return [
    "Columns that were not imported (map them with --map, or keep them with --keep-unmapped):",
    ...columns.map(
      ({ column, reason, samples: [sample] }) =>
        `  ${column}${sample === undefined ? "" : `: ${sample}`}${reason === "POSSIBLE_WISH" ? " (may be about consent or opting out)" : ""}`,
    ),
  ];
}

/** Most left-out values that are printed; the job has all of them. */
const MOST_PRINTED = 20;

async function reportLeftOut(db: Caller["db"], { id, leftOut }: ImportJob): Promise<void> {
  const notes = await db.importError.findMany({
    where: { jobId: id, refused: false, code: "VALUE_LEFT_OUT" },
    orderBy: [{ row: "asc" }, { position: "asc" }],
    take: MOST_PRINTED,
  });
  say(
    `${leftOut} values were left out${leftOut > MOST_PRINTED ? `, of which the first ${MOST_PRINTED} are` : ""}:`,
  );
  for (const { line, column, text, message } of notes) say(`  line ${line}, ${column}: ${text}: ${message}`);
}

/** @returns whether all rows were imported */
async function report({ db }: Caller, job: ImportJob, path: string): Promise<boolean> {
  const { state, dryRun, total, created, updated, skipped, failed, blank, problem } = job;
  say(`Import ${encodeId("ImportJob", job.id)}: ${state.toLowerCase()}${dryRun ? ", a dry run" : ""}`);
  say(
    `${total} rows: ${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed; ${blank} blank lines`,
  );
  if (problem !== null) say(problem);
  for (const line of unmappedLines(job)) say(line);
  if (job.leftOut > 0) await reportLeftOut(db, job);
  if (failed > 0) {
    await pipeline(refusedRows(db, job), createWriteStream(path));
    say(`The ${failed} refused rows, with the reasons, to correct and import again: ${path}`);
  }
  return state === "DONE" && failed === 0;
}
