import { pipeline, Readable } from "node:stream";
import { stringify } from "csv-stringify";
import type { Db } from "../../db/scope/db.ts";
import type { ImportError } from "../../generated/prisma/client.ts";

/** Number of rows read at once; each has up to 10,000 characters of the file. */
const BATCH = 200;

/**
 * All problems of an import's rows as CSV, streamed in the order of the file. The stream fails if the rows cannot be
 * read, and stops reading when it is closed.
 */
export const importErrors = (db: Db, jobId: string): Readable =>
  pipeline(
    Readable.from(errorsOf(db, jobId)),
    stringify({
      header: true,
      columns: ["line", "row", "column", "code", "message", "raw"],
      // Prevents spreadsheets from evaluating a cell as a formula.
      escape_formulas: true,
      record_delimiter: "windows",
    }),
    // The error is reported to the reader of the stream.
    () => {},
  );

/** All problems of an import's rows, in the order of the file. */
export async function* errorsOf(db: Db, jobId: string): AsyncGenerator<ImportError> {
  for (let last = { row: 0, position: -1 }; ; ) {
    const rows = await db.importError.findMany({
      where: {
        AND: [
          { jobId, refused: true },
          { row: { gte: last.row } },
          { OR: [{ row: { gt: last.row } }, { position: { gt: last.position } }] },
        ],
      },
      orderBy: [{ row: "asc" }, { position: "asc" }],
      take: BATCH,
    });
    yield* rows;
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) return;
    last = end;
  }
}
