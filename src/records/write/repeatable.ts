import { columnsOf } from "../../db/models.ts";
import type { Db } from "../../db/scope/db.ts";
import { delegate } from "../../db/scope/delegate.ts";
import { models } from "../../db/scope/models.ts";
import { type Refusal, refusal } from "../../lib/errors.ts";
import type { Rows } from "./rows.ts";

/** The caller's key that identifies repeated requests; null for none. */
export type IdempotencyKey = string | null | undefined;

/** The records in an answer, by model. */
export type Answered = { readonly [Name in keyof Rows]?: readonly AnsweredRow[] };

/** A record as it was when answered; `deletedAt` and the like only for models that have them. */
export interface AnsweredRow {
  readonly id: string;
  readonly deletedAt?: Date | null;
  readonly mergedIntoId?: string | null;
}

/** A request with an idempotency key: if it is repeated, it gets the first answer again. */
export interface Repeatable<Result> {
  /** At most 255 characters. */
  readonly key: IdempotencyKey;
  /** Name of the mutation. */
  readonly operation: string;
  /** Its arguments, without the key. */
  readonly args: unknown;
  /** Every record whose data are stored in the answer. Records stored by id alone are read again as the caller. */
  readonly records: (result: Result) => Answered;
}

/** Options of a request whose answer is one record. */
export const repeatable = <Result extends AnsweredRow>(
  model: keyof Rows,
  operation: string,
  args: unknown,
  key: IdempotencyKey,
): Repeatable<Result> => ({ key, operation, args, records: (row) => ({ [model]: [row] }) });

/** Columns that show whether a record was trashed, merged, purged or removed, for models that have them. */
const places = ["deletedAt", "mergedIntoId", "purgedAt", "removedAt"] as const;

interface Placed extends AnsweredRow {
  readonly purgedAt?: Date | null;
  readonly removedAt?: Date | null;
}

/**
 * Refuses to repeat an answer if the caller may no longer see a record in it, or if one has been trashed or merged
 * since. One statement for each model.
 *
 * @returns the first refusal; none if the answer can be repeated
 */
export async function replayRefusals(db: Db, answered: Answered): Promise<Refusal[]> {
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
    const message =
      "this request has been done before; a contact in its result has been merged into another one since";
    return { kind: "alreadyMerged", code: "ALREADY_MERGED", path, message, survivorId: merged };
  }
  if (now === undefined || now.purgedAt != null || now.removedAt != null) {
    const message =
      "this request has been done before; a record in its result no longer exists, or is no longer visible to this caller";
    return refusal("NOT_FOUND", path, message);
  }
  if (now.deletedAt != null && then.deletedAt == null) {
    return refusal(
      "IN_TRASH",
      path,
      "this request has been done before; a record in its result is in the trash now",
    );
  }
  return null;
}
