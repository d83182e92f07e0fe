import { z } from "zod";
import { allFields, type ImportField } from "./places.ts";

/** Where a column of a file goes, and why. Pure. */

/** Why a column goes where it goes. */
export type ColumnReason =
  | "MAPPING"
  | "HEADING"
  | "CUSTOM_FIELD"
  | "KEPT"
  | "UNKNOWN"
  | "POSSIBLE_WISH"
  | "OTHER_COLUMN"
  | "OTHER_ADDRESS"
  | "SALUTATION"
  | "REFUSAL";

/** What the column with the reasons is called in a file of refused rows. */
export const REFUSAL_HEADING = "Refused because";

/** Where the caller says that a column goes; nowhere when both are null. */
export interface Choice {
  /** Its name, as `columnNames` makes it. */
  readonly column: string;
  readonly field: ImportField | null;
  /** Slug. */
  readonly customField: string | null;
}

/** Where a column goes. */
export interface Column extends Choice {
  /** Jobs of earlier versions do not say it. */
  readonly reason?: ColumnReason;
}

/** A column that goes nowhere, with the first values that stand in it. */
export interface UnmappedColumn {
  readonly column: string;
  readonly reason: ColumnReason;
  readonly samples: readonly string[];
}

export const Choices = z.array(
  z.object({
    column: z.string(),
    field: z
      .enum(allFields.map(({ name }) => name) as [ImportField])
      .nullish()
      .transform((value) => value ?? null),
    customField: z
      .string()
      .nullish()
      .transform((value) => value ?? null),
  }),
);

/** Whether a column goes nowhere. */
export const isUnmapped = ({ field, customField }: Choice): boolean => field === null && customField === null;
