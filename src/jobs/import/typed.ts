import type { Definition } from "../../filter/registry/fields.ts";
import { cellText } from "./cells.ts";
import type { Column } from "./column.ts";
import { type DateOrder, orderShown, readDay } from "./days.ts";
import { type Decimal, decimalShown, readNumber } from "./numbers.ts";

/** Numbers and days of a file, which are read as their whole column shows. Pure. */

type Kind = "number" | "day" | "moment";

/** What the cells of a column show: how its numbers and days are written; null where they show both. */
export interface Shown {
  readonly decimal?: Decimal | null;
  readonly order?: DateOrder | null;
}

/** By the places of columns, those that show something. */
export type ShownBy = Readonly<Record<number, Shown>>;

/** How the cells of a file are to be read. */
export interface Reading {
  readonly shown: ShownBy;
  /** What stands before decimals where nothing shows it. */
  readonly decimal: Decimal;
  /** What the caller says of days. */
  readonly dateOrder: DateOrder | null;
  /** Where moments without an offset are. */
  readonly timeZone: string;
}

/** What a cell says as a number or day: a value for the field, and the currency where one stands beside it. */
export type Typed =
  | { readonly value: string; readonly currency: string | null }
  | { readonly problem: string };

const ofType: Readonly<Partial<Record<Definition["type"], Kind>>> = {
  NUMBER: "number",
  DATE: "day",
  DATE_TIME: "moment",
};

/** What the values of a custom field are; null for what is read as it is. */
export const kindOf = (type: Definition["type"] | undefined): Kind | null => (type && ofType[type]) ?? null;

/** Gathers what the columns of a file show, a row at a time; little is kept, however long the file. */
export class Looker {
  readonly #columns: readonly { readonly at: number; readonly kind: Kind }[];
  readonly #width: number;
  readonly #shown: Record<number, Shown> = {};

  constructor(columns: readonly Column[], definitions: readonly Definition[]) {
    this.#width = columns.length;
    this.#columns = columns.flatMap((column, at) => {
      const { field, customField } = column;
      const type = definitions.find(({ slug }) => slug === customField)?.type;
      const kind = field === "DEAL_VALUE" ? "number" : kindOf(type);
      return kind === null ? [] : [{ at, kind }];
    });
  }

  /** What was shown so far. */
  get shown(): ShownBy {
    return this.#shown;
  }

  /** @param cells of a row; one that is too long or too short shows nothing */
  look(cells: readonly string[]): void {
    if (cells.length !== this.#width) return;
    for (const { at, kind } of this.#columns) {
      const cell = cellText(cells[at] ?? "");
      if (cell === "") continue;
      const before = this.#shown[at] ?? {};
      if (kind === "number") {
        const decimal = decimalShown(cell);
        if (decimal !== null) this.#shown[at] = { decimal: both(before.decimal, decimal) };
      } else {
        const order = orderShown(cell);
        if (order !== null) this.#shown[at] = { order: both(before.order, order) };
      }
    }
  }
}

const both = <Value>(before: Value | null | undefined, now: Value): Value | null =>
  before === undefined || before === now ? now : null;

/**
 * Reads a number, a day or a moment.
 *
 * @param at the column's place
 * @returns null for what is none in any form that is known: it is left to the field to say what would be right
 */
export function readTyped(cell: string, kind: Kind | null, at: number, reading: Reading): Typed | null {
  if (kind === null) return null;
  const { decimal, order } = reading.shown[at] ?? {};
  if (kind === "number") {
    const read = readNumber(cell, decimal === undefined ? reading.decimal : decimal, decimal !== undefined);
    if (read === null) return null;
    if ("number" in read) return { value: read.number, currency: read.currency };
    const [one, other] = read.either;
    return {
      problem: `may be ${one} or ${other}, and no other number of the column shows which: write it without a thousands separator`,
    };
  }
  const read = readDay(cell, {
    order: reading.dateOrder ?? order ?? null,
    asked: reading.dateOrder !== null,
    timeZone: kind === "day" ? null : reading.timeZone,
  });
  if (read === null) return null;
  if ("text" in read) return { value: read.text, currency: null };
  const [one, other] = read.either;
  return {
    problem: `may be ${one} or ${other}, and no other date of the column shows which: set dateOrder (--date-order)`,
  };
}
