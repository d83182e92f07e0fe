import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Plugin } from "graphql-yoga";
import type { Logger } from "pino";
import { standingOf } from "../auth/standing.ts";
import type { Viewer, ViewerOf } from "../auth/viewer.ts";
import type { Database } from "../db/database.ts";
import { decodeId } from "../db/ids.ts";
import { scopedDb } from "../db/scope/scoped.ts";
import { type Turn, turnOf } from "../db/turn.ts";
import type { ExportJob } from "../generated/prisma/client.ts";
import type { Context } from "../graphql/context.ts";
import { RefusalError, RequestError } from "../lib/errors.ts";
import { write } from "../records/write/write.ts";
import { expiresAt } from "./export/export.service.ts";
import { exported } from "./export/exported.ts";
import { contentTypeOf, exportFile, fileNameOf } from "./export/file.ts";
import { importErrors } from "./import/errors-csv.ts";

/** Downloads of files, with the same credentials as GraphQL requests. */

interface File {
  /** The job that made the file, for the audit event of the download. */
  readonly job: { readonly type: "ImportJob" | "ExportJob"; readonly id: string };
  readonly stream: () => Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** The caller and the database. If the signal aborts, reading is cancelled. */
interface Requested {
  readonly database: Database;
  readonly viewer: Viewer;
  readonly turn: Turn;
  readonly signal: AbortSignal;
}

/**
 * Finds a file for a caller.
 *
 * @throws RequestError if the caller has no such file
 */
type Find = (requested: Requested, id: string, uuid: string) => Promise<File>;

/** The request id and the client's address of a request, from the context that Yoga gives to plugins. */
type OriginOf = (context: object) => Pick<Context["origin"], "requestId" | "address">;

/** The paths of downloads, which contain the id of a job. */
const downloads: readonly (readonly [path: RegExp, find: Find])[] = [
  [/^\/imports\/(import_job_[0-7][0-9a-hjkmnp-tv-z]{25})\/errors\.csv$/, findErrors],
  [/^\/exports\/(export_job_[0-7][0-9a-hjkmnp-tv-z]{25})$/, findExport],
];

const attachment = (contentType: string, name: string) => ({
  "content-type": contentType,
  "content-disposition": `attachment; filename="${name}"`,
  "cache-control": "no-store",
});

const notFound = (noun: string) =>
  new RequestError("NOT_FOUND", `There is no such ${noun}.`, { status: 404 });

/** The errors of an import as CSV: `GET /imports/<id>/errors.csv`. */
async function findErrors(
  { database, viewer, turn, signal }: Requested,
  id: string,
  uuid: string,
): Promise<File> {
  const db = scopedDb(database, viewer, turn, signal);
  const job = viewer.scopes.has("READ") ? await db.importJob.findFirst({ where: { id: uuid } }) : null;
  if (!job) throw notFound("import");
  return {
    job: { type: "ImportJob", id: job.id },
    stream: () => importErrors(db, job.id),
    headers: attachment("text/csv; charset=utf-8", `${id}-errors.csv`),
  };
}

/** The file of an export, for the member who requested it alone: `GET /exports/<id>`. */
async function findExport(
  { database, viewer, turn, signal }: Requested,
  _id: string,
  uuid: string,
): Promise<File> {
  const db = scopedDb(database, viewer, turn, signal);
  const mine = { id: uuid, memberId: viewer.memberId };
  const job = viewer.scopes.has("READ") ? await db.exportJob.findFirst({ where: mine }) : null;
  if (!job) throw notFound("export");
  const expires = expiresAt(job);
  if (expires === null) {
    const how = job.finishedAt === null ? "is not done yet" : `has ended as ${job.state}, without a file`;
    throw new RequestError("CONFLICT", `The export ${how}.`, { status: 409 });
  }
  if (expires.getTime() <= Date.now()) {
    throw new RequestError(
      "NOT_FOUND",
      "The export's file was kept for a day and is deleted: export again.",
      {
        status: 410,
      },
    );
  }
  const { dataScope } = await rightsNow(database, job);
  if (job.dataScope === "ALL" && dataScope !== "ALL") {
    throw new RequestError(
      "INSUFFICIENT_SCOPE",
      "The export was made when you could see all records; now you see those that are assigned to you. Export again.",
      { status: 403 },
    );
  }
  return {
    job: { type: "ExportJob", id: job.id },
    stream: () => exportFile(database.pool, job),
    headers: { ...attachment(contentTypeOf(job), fileNameOf(job)), "content-length": String(job.bytes) },
  };
}

/**
 * The current rights of the member who started an export.
 *
 * @throws RequestError if the member may no longer have the file
 */
async function rightsNow(database: Database, job: ExportJob) {
  try {
    return await standingOf(database, job, exported[job.entity].permission);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const message = error.refusals.map((each) => each.message).join(" ");
    throw new RequestError("INSUFFICIENT_SCOPE", message, { status: 403 });
  }
}

/** Writes the audit event of a download. It is written before the file is sent: no file is sent without it. */
async function note(
  { database, viewer, turn }: Requested,
  origin: ReturnType<OriginOf>,
  { job }: File,
): Promise<void> {
  const caller = {
    viewer,
    db: scopedDb(database, viewer, turn),
    origin: { ...origin, job: null, operator: false },
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
  };
  await write(caller, async ({ trail }) => trail.note("DOWNLOADED", job.type, [job.id]));
}

/** Plugin that streams files: errors of imports, and exports. */
export function useDownloads(
  database: Database,
  viewerOf: ViewerOf,
  originOf: OriginOf,
  logger: Logger,
): Plugin {
  return {
    async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
      // A quick test, since parsing the URL of every request costs more.
      if (!request.url.includes("/imports/") && !request.url.includes("/exports/")) return;
      for (const [path, find] of downloads) {
        const [, id] = path.exec(url.pathname) ?? [];
        if (id === undefined) continue;
        if (request.method !== "GET") {
          throw new RequestError("METHOD_NOT_ALLOWED", "Send a GET.", { status: 405, allow: "GET" });
        }
        const viewer = await viewerOf(request, serverContext);
        // If the client disconnects, reading is cancelled.
        const { account } = serverContext as object as { readonly account: object };
        const turn = turnOf(viewer.orgId, "quick", account);
        const requested = { database, viewer, turn, signal: request.signal };
        const file = await find(requested, id, decodeId(id)?.uuid ?? "");
        await note(requested, originOf(serverContext), file);
        const stream = file.stream();
        // The adapter only pipes the stream: without a listener an error would be lost, and the client would wait.
        stream.on("error", (err) => {
          logger.error({ err, job: id }, "a download failed");
          (serverContext as { readonly res?: ServerResponse }).res?.destroy();
        });
        endResponse(new fetchAPI.Response(stream as unknown as BodyInit, { headers: file.headers }));
        return;
      }
    },
  };
}
