import type { Db } from "../db/scope/scoped.ts";
import type { Rows } from "./writer.ts";

/** A caller's own text by which a request that is sent again is recognised; none when null. */
export type IdempotencyKey = string | null | undefined;

/** A request that may be sent again, and must then be answered as it was the first time. */
export interface Repeatable<Result> {
  /** At most 255 characters. */
  readonly key: IdempotencyKey;
  /** Name of the mutation. */
  readonly operation: string;
  /** Its arguments, without the key. */
  readonly args: unknown;
  /** Whether the caller may still see what was answered. */
  readonly visible: (db: Db, result: Result) => Promise<boolean>;
}

/** The part of a scoped model that says whether a row can be seen. */
interface Counted {
  count(args: { where: { id: string } }): Promise<number>;
}

/**
 * A request whose answer is one record.
 *
 * @param model the record's
 */
export const repeatable = <Result extends { readonly id: string }>(
  model: keyof Rows,
  operation: string,
  args: unknown,
  key: IdempotencyKey,
): Repeatable<Result> => repeatableAbout<Result>(model, ({ id }) => id, operation, args, key);

/** A request whose answer is about one record, whose row id `idOf` finds in it. */
export const repeatableAbout = <Result>(
  model: keyof Rows,
  idOf: (result: Result) => string,
  operation: string,
  args: unknown,
  key: IdempotencyKey,
): Repeatable<Result> => ({
  key,
  operation,
  args,
  visible: async (db, result) =>
    (await (db[model] as unknown as Counted).count({ where: { id: idOf(result) } })) > 0,
});
