import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { RequestError } from "./errors.ts";

/**
 * Cursors: the sort values of a row, signed together with the list they belong to. A cursor names a position, not a
 * row, so it stays valid when the row is deleted. Another sort, filter, parent or organization makes another signature.
 */

const VERSION = 1;
const MAC_LENGTH = 12;

/** A sort value as a cursor holds it: dates as ISO text, decimals as text. */
export type CursorValue = string | number | null;

export interface CursorBinding {
  /** The organization's own secret. */
  readonly secret: Uint8Array;
  /** What a cursor is valid for: the list, its order, its filter. */
  readonly list: string;
}

/** A binding whose list is described when a cursor is first read or written: most pages have none. */
export function lazyBinding(secret: Uint8Array, describe: () => string): CursorBinding {
  let list: string | undefined;
  return {
    secret,
    get list() {
      list ??= describe();
      return list;
    },
  };
}

/** A hash of a value's canonical JSON: equal values have the same one, whatever the order of their keys. */
export const fingerprint = (question: unknown): string =>
  hash("sha256", canonicalJson(question), "base64url");

/** A value as JSON, with the keys of each object sorted. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sortedKeys);

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

export function encodeCursor(binding: CursorBinding, values: readonly CursorValue[]): string {
  const payload = Buffer.from(JSON.stringify([VERSION, ...values]));
  return Buffer.concat([mac(binding, payload), payload]).toString("base64url");
}

/** @throws RequestError BAD_CURSOR when it was made for another list, order or filter, or was altered */
export function decodeCursor(binding: CursorBinding, cursor: string, argument: string): CursorValue[] {
  const bytes = Buffer.from(cursor.slice(0, 10_000), "base64url");
  const payload = bytes.subarray(MAC_LENGTH);
  const given = bytes.subarray(0, MAC_LENGTH);
  if (
    given.length < MAC_LENGTH ||
    !timingSafeEqual(given, mac(binding, payload)) ||
    bytes.toString("base64url") !== cursor
  ) {
    throw new RequestError(
      "BAD_CURSOR",
      `${argument} is not a cursor of this list in this order and with this filter`,
      {
        field: argument,
      },
    );
  }
  return (JSON.parse(payload.toString()) as CursorValue[]).slice(1);
}

const mac = ({ secret, list }: CursorBinding, payload: Uint8Array): Buffer =>
  createHmac("sha256", secret).update(list).update("\0").update(payload).digest().subarray(0, MAC_LENGTH);
