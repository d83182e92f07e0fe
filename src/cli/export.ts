import { constants } from "node:os";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import type { Database } from "../db/database.ts";
import { encodeId } from "../db/ids.ts";
import type { ExportJob } from "../generated/prisma/client.ts";
import type { ExportEntity } from "../generated/prisma/enums.ts";
import { exportKind } from "../jobs/export/export.kind.ts";
import {
  cancelExport,
  type ExportCaller,
  type ExportedSet,
  exportRecords,
} from "../jobs/export/export.service.ts";
import { exported } from "../jobs/export/exported.ts";
import { exportFile } from "../jobs/export/file.ts";
import { type Refusal, RefusalError } from "../lib/errors.ts";
import { onSignals } from "../server/signals.ts";
import { type Address, readAddress, readOneOf, readOrganizationId } from "./arguments.ts";
import { callerOf } from "./caller.ts";
import {
  checkColumns,
  columnNames,
  readAs,
  readColumns,
  readDelimiter,
  readJson,
  readOrder,
  type TypedColumn,
} from "./export-options.ts";
import { CommandError, UsageError } from "./run.ts";
import { keepHeapSmall } from "./small-heap.ts";
import { checkWritable, writeWhole } from "./whole-file.ts";
import { withMigrated } from "./with-database.ts";
import { workOff } from "./work-off.ts";

interface Options {
  /** UUID. */
  readonly org: string;
  readonly email: Address;
  readonly lead?: boolean;
  readonly deal?: boolean;
  readonly audit?: boolean;
  readonly filter?: unknown;
  readonly smartList?: string;
  readonly order?: readonly object[];
  readonly trash?: "exclude" | "include" | "only";
  readonly columns?: readonly TypedColumn[];
  readonly format: "csv" | "jsonl";
  readonly delimiter: string;
  readonly bom?: boolean;
  readonly out: string;
}

/** The file name that means standard output. */
const STDOUT = "-";

/** Exports records to a file or to standard output; messages go to standard error. */
export const exports = new Command("export")
  .usage("--org <organization id> --email <address> [options]")
  .requiredOption("--org <organization id>", "the organization to export from", readOrganizationId)
  .requiredOption(
    "--email <address>",
    "the member in whose name to export: only records that the member can see",
    readAddress,
  )
  .option("--lead", "exports leads, not contacts")
  .option("--deal", "exports deals, not contacts")
  .option(
    "--audit",
    "exports audit events, not contacts; the member must see all data and manage the organization",
  )
  .option(
    "--filter <json>",
    "which records, as a ContactFilter, LeadFilter, DealFilter or AuditEventFilter of the API",
    readJson,
  )
  .option("--smart-list <id>", "only contacts that are in this smart list")
  .option(
    "--order <fields>",
    "sort order, such as company,created_at:desc; newest first by default",
    readOrder,
  )
  .option(
    "--trash <exclude|include|only>",
    "whether to export records in the trash",
    readOneOf("exclude", "include", "only"),
  )
  .option(
    "--columns <fields>",
    "the columns, such as name,email=Address,custom.<slug>; by default all that an import can read back",
    readColumns,
  )
  .option("--format <csv|jsonl>", "CSV, or one JSON object per line", readOneOf("csv", "jsonl"), "csv")
  .option("--delimiter <character>", "column separator of CSV: , or ; or | or tab", readDelimiter, ",")
  .option("--bom", "begins CSV with a byte order mark, so that Excel reads it as UTF-8")
  .option("--out <file>", "the file to write; - for standard output", STDOUT)
  .addHelpText(
    "after",
    `\nColumns of contacts: ${columnNames("CONTACT").join(", ")}, custom.<slug>` +
      `\nColumns of leads: ${columnNames("LEAD").join(", ")}, custom.<slug>` +
      `\nColumns of deals: ${columnNames("DEAL").join(", ")}` +
      `\nColumns of audit events: ${columnNames("AUDIT_EVENT").join(", ")}`,
  )
  .action(async (options: Options) => {
    keepHeapSmall();
    const entity = entityOf(options);
    const set = await setOf(entity, options);
    if (options.out !== STDOUT) await checkWritable(options.out);
    const stop = new AbortController();
    onSignals((signal) => {
      stop.abort(signal);
      process.exitCode = 128 + constants.signals[signal];
    });
    await withMigrated(async (database) => {
      const caller = await callerOf(database, options.org, options.email, "API");
      try {
        const job = await exportRecords(caller, entity, set, fileOf(options));
        await finish(database, caller, job, options.out, stop.signal);
      } catch (error) {
        if (error instanceof RefusalError) throw new CommandError(error.refusals.map(inOptions).join("\n"));
        throw error;
      }
    });
  });

/** @throws UsageError for options that contradict each other */
function entityOf({ lead, deal, audit, smartList, order, trash, columns }: Options): ExportEntity {
  const chosen = Object.entries({ LEAD: lead, DEAL: deal, AUDIT_EVENT: audit }).filter(([, given]) => given);
  if (chosen.length > 1) throw new UsageError("--lead, --deal and --audit cannot be combined");
  const entity = (chosen[0]?.[0] ?? "CONTACT") as ExportEntity;
  if (smartList !== undefined && entity !== "CONTACT") throw new UsageError("--smart-list is for contacts");
  if (trash !== undefined && !exported[entity].hasTrash)
    throw new UsageError(`--trash is not for ${deal ? "deals" : "audit events"}, which have none`);
  if (order !== undefined && audit)
    throw new UsageError("--order is not for audit events, which are exported oldest first");
  if (columns) checkColumns(entity, columns);
  return entity;
}

/** Selection and order of the records, read as the API reads them. */
async function setOf(
  entity: ExportEntity,
  { filter, smartList, order, trash }: Options,
): Promise<ExportedSet> {
  // Loaded here, because `--help` does not need it. Loading it registers the filters of all entities.
  const { schema } = await import("../schema.ts");
  if (entity === "AUDIT_EVENT") {
    return {
      filter: filter === undefined ? null : readAs(schema, "--filter", "AuditEventFilter", filter),
    } as ExportedSet;
  }
  const type = ({ CONTACT: "Contact", LEAD: "Lead", DEAL: "Deal" } as const)[entity];
  const filters: unknown[] = [];
  if (filter !== undefined) filters.push(readAs(schema, "--filter", `${type}Filter`, filter));
  if (smartList !== undefined) filters.push({ inSmartList: { eq: smartList } });
  const orderBy = order?.map((each) => readAs(schema, "--order", `${type}Order`, each));
  return {
    filter: { and: filters } as unknown as ExportedSet["filter"],
    orderBy: orderBy as ExportedSet["orderBy"],
    trash: trash && ({ exclude: "EXCLUDE", include: "INCLUDE", only: "ONLY" } as const)[trash],
  };
}

const fileOf = ({ columns, format, delimiter, bom }: Options) => ({
  columns,
  format: format === "csv" ? "CSV" : "JSON_LINES",
  delimiter,
  byteOrderMark: bom,
});

/** Runs the export and writes its file; after an interruption there is neither a job nor a file. */
async function finish(
  database: Database,
  caller: ExportCaller,
  { orgId, id }: ExportJob,
  out: string,
  signal: AbortSignal,
): Promise<void> {
  const done = await workOff(
    database,
    exportKind,
    { orgId, id },
    {
      read: () => database.prisma.exportJob.findUniqueOrThrow({ where: { orgId_id: { orgId, id } } }),
      noun: "records",
      stopping: () => signal.aborted,
    },
  );
  const name = `Export ${encodeId("ExportJob", id)}`;
  if (signal.aborted) {
    if (done.finishedAt === null) await cancelExport(caller, encodeId("ExportJob", id));
    return tell(`${name}: cancelled, without a file`);
  }
  if (done.state !== "DONE")
    throw new CommandError(`${name}: ${done.state.toLowerCase()}. ${done.problem ?? ""}`);
  try {
    await writeOut(exportFile(database.pool, done), out, signal);
  } catch (error) {
    if (signal.aborted) return tell(`${name}: cancelled, without ${out === STDOUT ? "the rest" : "a file"}`);
    const { code } = error as { readonly code?: string };
    if (code === "EPIPE") throw new CommandError("standard output was closed before all of it was written");
    if (code === "ENOSPC") throw new CommandError(`${out} could not be written: the disk is full`);
    throw error;
  }
  const skipped = done.skipped > 0 ? `; ${done.skipped} were deleted meanwhile` : "";
  tell(`${name}: done\n${done.done - done.skipped} records, ${done.bytes} bytes${skipped}`);
}

const writeOut = (file: Readable, out: string, signal: AbortSignal): Promise<void> =>
  out === STDOUT ? pipeline(file, process.stdout, { end: false, signal }) : writeWhole(out, file, signal);

/** Prints to standard error, since standard output may be the file. */
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** A refusal, with the option in place of the path. */
function inOptions({ path, message }: Refusal): string {
  const [field = ""] = path;
  const options: Readonly<Record<string, string>> = {
    filter: path.includes("inSmartList") ? "--smart-list" : "--filter",
    orderBy: "--order",
    columns: "--columns",
    delimiter: "--delimiter",
  };
  const option = options[field];
  // Messages of zod start with the path.
  const place = `${path.join(".")} `;
  const words = message.startsWith(place) ? message.slice(place.length) : message;
  return option === undefined ? message : `${option}: ${words}`;
}
