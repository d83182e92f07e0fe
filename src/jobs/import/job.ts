import type { ImportErrorRow } from "../../db/write/many-rows.ts";
import type { ImportJob } from "../../generated/prisma/client.ts";
import type { BatchResult, BatchSettings } from "./batch.ts";
import type { DateOrder } from "./days.ts";
import type { ImportMatch } from "./recognise.ts";
import { MAX_RAW } from "./records.ts";
import type { Reading, ShownBy } from "./typed.ts";

/** A job's columns in the terms of its work. Pure. */

/** What was asked for of an import, as its job keeps it; jobs of earlier versions have less. */
export interface Options {
  readonly matchOn?: readonly ImportMatch[] | null;
  readonly missingName?: "REFUSE" | "FROM_EMAIL";
  readonly invalidValues?: "REFUSE_ROW" | "LEAVE_OUT";
  readonly keepUnmapped?: "NOTES" | "CUSTOM_FIELDS" | null;
  readonly tags: readonly string[];
  readonly createMissingTags: boolean;
  readonly ownerId: string | null;
  /** Two letters of ISO 3166-1. */
  readonly defaultCountry?: string | null;
  /** ISO 4217. */
  readonly defaultCurrency?: string | null;
  /** What stands first in days that are written in figures. */
  readonly dateOrder?: DateOrder | null;
  /** Where moments without an offset are. */
  readonly timeZone?: string;
  /** What the columns of the file show of its numbers and days; it is known once the rows are counted. */
  readonly shown?: ShownBy;
  /** Records of the file before its headings. */
  readonly before?: number;
  /** Whether lines of the file that are UTF-8 are read as that, whatever it is in. */
  readonly byLine?: boolean;
}

/** What a job does with its rows. */
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

/** How the numbers and days of a job's file are to be read. */
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

/** The rows that a batch refused, and what is to be said of others, as they are kept. */
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

/** As much of a text as is kept. What PostgreSQL cannot hold is what its row was refused for. */
const kept = (text: string): string => text.slice(0, MAX_RAW).replaceAll("\0", "\ufffd").toWellFormed();
