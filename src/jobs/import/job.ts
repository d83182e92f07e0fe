import type { ImportErrorRow } from "../../db/write/many-rows.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { BatchResult, BatchSettings } from "./batch.ts";
import type { DateOrder } from "./days.ts";
import type { ImportMatch } from "./recognise.ts";
import { MAX_RAW } from "./records.ts";
import type { Reading, ShownBy } from "./typed.ts";

/** Converts a job's columns to and from the settings of an import. Pure. */

/** The options of an import, as stored in its job; jobs of earlier versions have fewer. */
export interface Options {
  readonly matchOn?: readonly ImportMatch[] | null;
  readonly missingName?: "REFUSE" | "FROM_EMAIL";
  readonly invalidValues?: "REFUSE_ROW" | "LEAVE_OUT";
  readonly keepUnmapped?: "NOTES" | "CUSTOM_FIELDS" | null;
  readonly tags: readonly string[];
  readonly createMissingTags: boolean;
  readonly ownerId: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly defaultCountry?: string | null;
  /** ISO 4217. */
  readonly defaultCurrency?: string | null;
  /** Order of day and month in numeric dates. */
  readonly dateOrder?: DateOrder | null;
  /** Time zone of times without an offset. */
  readonly timeZone?: string;
  /** Number and date formats that the columns show; known once the rows were counted. */
  readonly shown?: ShownBy;
  /** Number of records before the headings. */
  readonly before?: number;
  /** Whether lines in UTF-8 are decoded as UTF-8, whatever the file's encoding. */
  readonly byLine?: boolean;
}

/** The settings by which a job's rows are imported. */
export const settingsOf = ({
  mode,
  dryRun,
  options,
}: Pick<ImportJob, "mode" | "dryRun"> & { readonly options: unknown }): BatchSettings => ({
  mode,
  dryRun,
  matchOn: null,
  missingName: "REFUSE",
  invalidValues: "REFUSE_ROW",
  defaultCurrency: null,
  ...(options as Options),
  seen: new Map(),
});

/** How numbers and dates of a job's file are read. */
export function readingOf({
  delimiter,
  options,
}: {
  readonly delimiter: string | null;
  readonly options: unknown;
}): Reading {
  const { shown = {}, dateOrder = null, timeZone = "UTC" } = options as Options;
  return { shown, dateOrder, timeZone, decimal: delimiter === ";" ? "," : "." };
}

/** Errors and notes of a batch, as they are stored. */
export const errorRows = (
  jobId: string,
  { errors, notes }: Pick<BatchResult, "errors" | "notes">,
): ImportErrorRow[] =>
  [
    { found: errors, refused: true },
    { found: notes, refused: false },
  ].flatMap(({ found, refused }) =>
    found.flatMap(({ row, problems }) =>
      problems.map((problem, position) => ({
        jobId,
        row: row.row,
        position,
        line: row.line,
        column: problem.column,
        code: problem.code,
        message: problem.message.toWellFormed(),
        refused,
        text: problem.text === undefined ? null : kept(problem.text),
        raw: kept(row.raw),
      })),
    ),
  );

/** The stored part of a text. The row was refused for characters that PostgreSQL cannot store. */
const kept = (text: string): string => text.slice(0, MAX_RAW).replaceAll("\0", "\ufffd").toWellFormed();
