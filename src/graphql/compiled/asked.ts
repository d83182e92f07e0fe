import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { Context } from "../context.ts";

/** The request that rows are written for. */
export interface Writing {
  readonly context: Context;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A field whose JSON is made of what is asked about the row. */
export interface AskedPart {
  /** SQL of a text of the row that it needs too. */
  readonly sql?: string;
  /** Prisma names of the columns that the questions and the SQL use. */
  readonly columns: readonly string[];
  begin(request: Writing): {
    readonly questions: readonly RowQuestion[];
    /** @param text the row's, if there is SQL of it */
    write(answers: readonly (string | null)[], text: string): string;
  };
}
