import type { ServerResponse } from "node:http";
import type { Plugin } from "graphql-yoga";
import type { Logger } from "pino";
import type { ViewerOf } from "../../auth/viewer.ts";
import { decodeId } from "../../db/ids.ts";
import type { Database } from "../../db/open/database.ts";
import { scopedDb } from "../../db/scope/scoped.ts";
import { RequestError } from "../../lib/errors.ts";
import { importErrors } from "./errors-csv.ts";

/** Files to download, with the same credentials as everything else. */

const path = /^\/imports\/(import_job_[0-7][0-9a-hjkmnp-tv-z]{25})\/errors\.csv$/;

/** The errors of an import as CSV, streamed: `GET /imports/<id>/errors.csv`. */
export function useDownloads(database: Database, viewerOf: ViewerOf, logger: Logger): Plugin {
  return {
    async onRequest({ request, url, endResponse, fetchAPI, serverContext }) {
      // Every request passes here, and its address need not be taken apart.
      if (!request.url.includes("/imports/")) return;
      const [, id] = path.exec(url.pathname) ?? [];
      if (id === undefined) return;
      if (request.method !== "GET") {
        throw new RequestError("METHOD_NOT_ALLOWED", "Send a GET.", { status: 405, allow: "GET" });
      }
      const viewer = await viewerOf(request, serverContext);
      // When the caller hangs up, what is being read for it is cancelled.
      const db = scopedDb(database, viewer, request.signal);
      const uuid = decodeId(id)?.uuid ?? "";
      const job = viewer.scopes.has("READ") ? await db.importJob.findFirst({ where: { id: uuid } }) : null;
      if (!job) throw new RequestError("NOT_FOUND", "There is no such import.", { status: 404 });
      const errors = importErrors(db, job.id);
      // The adapter only pipes it: nobody else would hear of an error, and the caller would wait for the rest.
      errors.on("error", (err) => {
        logger.error({ err, job: job.id }, "a download broke off");
        (serverContext as { readonly res?: ServerResponse }).res?.destroy();
      });
      endResponse(
        new fetchAPI.Response(errors as unknown as BodyInit, {
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": `attachment; filename="${id}-errors.csv"`,
          },
        }),
      );
    },
  };
}
