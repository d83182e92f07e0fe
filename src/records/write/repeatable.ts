import { columnsOf } from "../../db/entities.ts";
import type { Db } from "../../db/scope/db.ts";
import { delegate } from "../../db/scope/delegate.ts";
import { models } from "../../db/scope/models.ts";
import { type Refusal, refusal } from "../../lib/errors.ts";
import type { Rows } from "./rows.ts";

/** A caller's own text by which a request that is sent again is recognised; none when null. */
export type IdempotencyKey = string | null | undefined;

/** The records of an answer, by their model. */
export type Answered = { readonly [Name in keyof Rows]?: readonly AnsweredRow[] };

/** A record as it was answered; the columns that say where it was are there for models that have them. */
export interface AnsweredRow {
  readonly id: string;
  readonly deletedAt?: Date | null;
  readonly mergedIntoId?: string | null;
}

/** A request that may be sent again, and must then be answered as it was the first time. */
export interface Repeatable<Result> {
  /** At most 255 characters. */
  readonly key: IdempotencyKey;
  /** Name of the mutation. */
  readonly operation: string;
  /** Its arguments, without the key. */
  readonly args: unknown;
  /** Every record that the answer shows out of itself; one of which it has the id alone is looked up as the caller. */
  readonly records: (result: Result) => Answered;
}

/** A request whose answer is one record. */
export const repeatable = <Result extends AnsweredRow>(
  model: keyof Rows,
  operation: string,
  args: unknown,
  key: IdempotencyKey,
): Repeatable<Result> => ({ key, operation, args, records: (row) => ({ [model]: [row] }) });

/** Columns that say where a record is now, where it has them. */
const places = ["deletedAt", "mergedIntoId", "purgedAt"] as const;

interface Placed extends AnsweredRow {
  readonly purgedAt?: Date | null;
}

/**
 * Why an answer cannot be given again: a record of it that the caller may not see now, or that is no longer where the
 * answer has it. One statement for each model in it.
 */
export async function gone(db: Db, answered: Answered): Promise<Refusal[]> {
  const found: Refusal[] = [];
  for (const [model, rows] of Object.entries(answered)) {
    if (rows.length === 0) continue;
    const name = model as keyof Rows;
    const has = columnsOf(models[name]);
    const columns = ["id", ...places.filter((column) => column in has)];
    const now = (await delegate(db, name).findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
      select: Object.fromEntries(columns.map((column) => [column, true])),
    })) as Placed[];
    const byId = new Map(now.map((row) => [row.id, row]));
    found.push(...rows.flatMap((row) => moved(row, byId.get(row.id)) ?? []));
  }
  return found.slice(0, 1);
}

const path = ["idempotencyKey"];

function moved(then: AnsweredRow, now: Placed | undefined): Refusal | null {
  const merged = now?.mergedIntoId != null && then.mergedIntoId == null ? now.mergedIntoId : null;
  if (merged !== null) {
    const message = "the request was done before; a contact of its answer has been merged into another one";
    return { kind: "alreadyMerged", code: "ALREADY_MERGED", path, message, survivorId: merged };
  }
  if (now === undefined || now.purgedAt != null) {
    const message =
      "the request was done before; a record of its answer is no longer there, or not for this caller";
    return refusal("NOT_FOUND", path, message);
  }
  if (now.deletedAt != null && then.deletedAt == null) {
    return refusal("IN_TRASH", path, "the request was done before; a record of its answer is in the trash");
  }
  return null;
}
