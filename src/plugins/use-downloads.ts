import { Readable } from "node:stream";
import { stringify } from "csv-stringify";
import type { Plugin } from "graphql-yoga";
import type { VerifyToken } from "../auth/token.ts";
import type { Database } from "../db/database.ts";
import { type Db, scopedDb } from "../db/scoped.ts";
import { RequestError } from "../errors.ts";
import { decodeId } from "../lib/typeid.ts";
import { authenticate } from "../viewer.ts";

/** Files to download, with the same credentials as everything else. */

const path = /^\/imports\/(import_job_[0-7][0-9a-hjkmnp-tv-z]{25})\/errors\.csv$/;

/** Rows that are read at once. */
const BATCH = 1000;

/** The errors of an import as CSV, streamed: `GET /imports/<id>/errors.csv`. */
export function useDownloads({ pool, ...database }: Database, verifyToken: VerifyToken | null): Plugin {
  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      const [, id] = path.exec(url.pathname) ?? [];
      if (id === undefined) return;
      const answer = (status: number, body: BodyInit, headers: Record<string, string>) =>
        endResponse(new fetchAPI.Response(body as never, { status, headers }));
      const refuse = (status: number, code: string, message: string) =>
        answer(status, JSON.stringify({ errors: [{ message, extensions: { code } }] }), {
          "content-type": "application/json",
        });
      if (request.method !== "GET") return refuse(405, "METHOD_NOT_ALLOWED", "Send a GET.");
      try {
        const viewer = await authenticate(request.headers, { pool, verifyToken });
        const db = scopedDb({ pool, ...database }, viewer);
        const uuid = decodeId(id)?.uuid ?? "";
        const job = viewer.scopes.has("READ") ? await db.importJob.findFirst({ where: { id: uuid } }) : null;
        if (!job) return refuse(404, "NOT_FOUND", "There is no such import.");
        const csv = Readable.from(errorsOf(db, job.id)).pipe(
          stringify({
            header: true,
            columns: ["line", "row", "column", "code", "message", "raw"],
            // A spreadsheet must not take a cell for a formula.
            escape_formulas: true,
            record_delimiter: "windows",
          }),
        );
        return answer(200, Readable.toWeb(csv) as unknown as BodyInit, {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": `attachment; filename="${id}-errors.csv"`,
        });
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        return refuse(error.details.status ?? 400, error.code, error.message);
      }
    },
  };
}

async function* errorsOf(db: Db, jobId: string) {
  for (let skip = { row: 0, position: -1 }; ; ) {
    const rows = await db.importError.findMany({
      where: {
        AND: [
          { jobId },
          { row: { gte: skip.row } },
          { OR: [{ row: { gt: skip.row } }, { position: { gt: skip.position } }] },
        ],
      },
      orderBy: [{ row: "asc" }, { position: "asc" }],
      take: BATCH,
    });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    skip = last;
  }
}
