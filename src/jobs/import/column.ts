import { z } from "zod";
import { allFields, type ImportField } from "./places.ts";

/** What a column of a file is mapped to, and why. Pure. */

/** Why a column is mapped as it is. */
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

/** Heading of the column with the reasons, in a file of refused rows. */
export const REFUSAL_HEADING = "Refused because";

/** A mapping given by the caller; not imported if both are null. */
export interface Choice {
  /** Name of the column, as `columnNames` makes it. */
  readonly column: string;
  readonly field: ImportField | null;
  /** Slug. */
  readonly customField: string | null;
}

/** The mapping of a column. */
export interface Column extends Choice {
  /** Missing in jobs of earlier versions. */
  readonly reason?: ColumnReason;
}

/** A column that is not imported, with its first values. */
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

/** Whether a column is not imported. */
export const isUnmapped = ({ field, customField }: Choice): boolean => field === null && customField === null;
