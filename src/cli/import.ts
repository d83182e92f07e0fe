import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { pino } from "pino";
import { readConfig } from "../config.ts";
import { applyMigrations } from "../db/migrate/migrate.ts";
import { type Database, openDatabase } from "../db/open/database.ts";
import { scopedDb } from "../db/scope/scoped.ts";
import type { ImportJob } from "../generated/prisma/client.ts";
import type { Caller } from "../graphql/context.ts";
import { importErrors } from "../jobs/import/errors-csv.ts";
import { importContacts } from "../jobs/import/import.service.ts";
import { importFields } from "../jobs/import/mapping.ts";
import { runImportJob } from "../jobs/import/runner.ts";
import { emailKey } from "../lib/email.ts";
import { RefusalError } from "../lib/errors.ts";
import { decodeId, encodeId } from "../lib/typeid.ts";
import { runCommand, UsageError } from "./run.ts";

const usage = `npm run import -- <file.csv> --org <organization id> --email <member's address>
    [--map "<column>=<field>"]…   where a column goes: a field, or custom.<slug>; by the headings when left out
    [--mode skip|update]          what to do with an address that a contact has already; skip when left out
    [--dry-run]                   checks and counts, writes no contact
    [--tag <name>]…               tags that every row gets
    [--create-missing-tags]       makes tags that do not exist yet
    [--errors <file>]             where to write the rows that were refused; <file.csv>.errors.csv when left out

Fields: ${Object.keys(importFields).join(", ").toLowerCase()}`;

/** Imports a CSV file from the command line, with a progress bar; exits with 1 when rows were refused. */
runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      org: { type: "string" },
      email: { type: "string" },
      map: { type: "string", multiple: true, default: [] },
      mode: { type: "string", default: "skip" },
      "dry-run": { type: "boolean", default: false },
      tag: { type: "string", multiple: true, default: [] },
      "create-missing-tags": { type: "boolean", default: false },
      errors: { type: "string" },
    },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0 || !values.org || !values.email) throw new UsageError(usage);
  const mode = values.mode.toUpperCase();
  if (mode !== "SKIP" && mode !== "UPDATE") throw new UsageError(`--mode must be skip or update\n\n${usage}`);
  const size = (await stat(path).catch(() => null))?.size;
  if (size === undefined) throw new UsageError(`there is no file ${path}`);
  const config = readConfig(process.env);
  const database = await openDatabase(config.database);
  try {
    await applyMigrations(database.pool, database.embedded);
    const caller = await callerOf(database, values.org, values.email);
    const upload = { fileName: basename(path), limit: config.fileLimit, stream: createReadStream(path) };
    const job = await importContacts(caller, {
      file: upload,
      mapping: values.map.map(readMapping),
      mode,
      dryRun: values["dry-run"],
      tags: values.tag,
      createMissingTags: values["create-missing-tags"],
    });
    const done = await runWithProgress(database, job);
    return await report(caller, done, values.errors ?? `${path}.errors.csv`);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const lines = error.refusals.map(({ path: place, message }) => `${place.slice(1).join(".")}: ${message}`);
    throw new UsageError(lines.join("\n"));
  } finally {
    await database.close();
  }
});

function readMapping(text: string) {
  const at = text.lastIndexOf("=");
  const [column, field] = [text.slice(0, at), text.slice(at + 1).trim()];
  if (at < 1 || field === "") throw new UsageError(`--map must read "<column>=<field>"\n\n${usage}`);
  if (field.startsWith("custom.")) return { column, customField: field.slice("custom.".length) };
  const name = field.toUpperCase().replaceAll("-", "_");
  if (!Object.hasOwn(importFields, name)) throw new UsageError(`there is no field ${field}\n\n${usage}`);
  return { column, field: name };
}

async function callerOf(database: Database, org: string, email: string): Promise<Caller> {
  const decoded = decodeId(org);
  const address = emailKey(email);
  const member =
    decoded?.type === "Organization" && address !== null
      ? await database.prisma.member.findFirst({
          where: { orgId: decoded.uuid, user: { is: { emailKey: address } } },
        })
      : null;
  if (!member) throw new UsageError("there is no such organization, or the address is not a member's of it");
  if (member.role === "READ_ONLY") throw new UsageError("this member may only read");
  const { orgId, id: memberId, dataScope } = member;
  return {
    db: scopedDb(database, { orgId, memberId, dataScope }),
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    viewer: { memberId, dataScope, credentialId: memberId, source: "IMPORT" },
  };
}

async function runWithProgress(database: Database, { orgId, id }: ImportJob): Promise<ImportJob> {
  const bar = new SingleBar(
    { format: "{bar} {percentage} % | {value} of {total} rows | {eta_formatted} left", noTTYOutput: true },
    Presets.shades_classic,
  );
  let started = false;
  await runImportJob(
    database,
    pino({ level: "error" }, pino.destination(2)),
    { orgId, id },
    {
      onProgress: ({ total, done }) => {
        if (!started) bar.start(total, done);
        started = true;
        bar.update(done);
      },
    },
  );
  bar.stop();
  return database.prisma.importJob.findUniqueOrThrow({ where: { orgId_id: { orgId, id } } });
}

async function report({ db }: Caller, job: ImportJob, path: string): Promise<number> {
  const { state, dryRun, total, created, updated, skipped, failed, blank, problem } = job;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say(`Import ${encodeId("ImportJob", job.id)}: ${state.toLowerCase()}${dryRun ? ", a dry run" : ""}`);
  say(
    `${total} rows: ${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed; ${blank} blank lines`,
  );
  if (problem !== null) say(problem);
  if (failed > 0) {
    await pipeline(importErrors(db, job.id), createWriteStream(path));
    say(`What was wrong with the ${failed} rows: ${path}`);
  }
  return state === "DONE" && failed === 0 ? 0 : 1;
}
