import type { Where } from "../../db/scope/rules.ts";
import { Prisma } from "../../generated/prisma/browser.ts";
import { DIVIDE, plain, undivided } from "../../lib/accents.ts";
import type { Operand } from "../language/ast.ts";
import type { Comparator } from "../registry/operators.ts";

/** Parts of conditions. Pure. */

/** Matches no row. Not an empty OR, which Prisma drops inside an AND: `in: []` becomes `1=0` everywhere. */
export const nothing: Where = { id: { in: [] } };
/** Matches every row. Not `{}`, which Prisma drops inside an OR: this becomes `1=1` everywhere. */
export const everything: Where = { id: { notIn: [] } };

/** The comparison that holds where another one does not. */
export const opposite = { gt: "lte", gte: "lt", lt: "gte", lte: "gt" } as const;
export const isRange = (comparator: Comparator): comparator is keyof typeof opposite =>
  comparator in opposite;

/** Escapes `%`, `_` and `\\` for LIKE. */
export const literal = (operand: Operand): string => String(operand).replace(/[\\%_]/g, "\\$&");

/**
 * Whether a text contains a trigram that an index can find: a letter or digit between two characters, as in `abc`,
 * `.ab` and `ab@`. For any other text PostgreSQL would read the whole index and then the whole table.
 */
export const hasTrigram = (text: string): boolean => /.[\p{L}\p{N}]./su.test(text);

export const oneOf = (wheres: readonly Where[]): Where =>
  wheres.length === 1 && wheres[0] ? wheres[0] : { OR: wheres };

const snakePart = { contains: "contains", startsWith: "starts_with", endsWith: "ends_with" } as const;
export type KeyPart = keyof typeof snakePart;

/** The conditions that the text under a key of `keys` contains one of some texts, and that it contains none of them. */
export function keyPart(key: string, comparator: KeyPart, written: readonly string[]) {
  const at = (condition: Where): Where => ({ keys: { path: [key], ...condition } });
  const match = oneOf(written.map((text) => at({ [`string_${snakePart[comparator]}`]: text })));
  return { match, missing: at({ equals: Prisma.DbNull }) };
}

/**
 * The condition that the folded text of a column of order keys contains a part. The text is the whole key, or what
 * follows the separator; before the separator is the text without accents, which must not match.
 *
 * @param folded the part, folded
 */
export function partOfOrderKey(column: string, comparator: KeyPart, folded: string): Where {
  const text = undivided(folded);
  const part = literal(text);
  // An order key ends with its text.
  if (comparator === "endsWith") return { [column]: { endsWith: part } };
  const behind = comparator === "contains" ? `${DIVIDE}%${part}` : `${DIVIDE}${part}`;
  const without = plain(text);
  if (without !== text) {
    // The text has accents, so that the key has a separator. The start of the key is the text without accents, which
    // an index finds.
    return comparator === "contains"
      ? { [column]: { contains: behind } }
      : { [column]: { startsWith: `${literal(without)}%${behind}` } };
  }
  const divided = { [column]: { contains: DIVIDE } };
  return {
    AND: [
      { [column]: { [comparator]: part } },
      { OR: [{ NOT: divided }, { [column]: { contains: behind } }] },
    ],
  };
}
