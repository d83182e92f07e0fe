import type { Definition } from "../../filter/registry/fields.ts";
import { cellText } from "./cells.ts";
import type { Column } from "./column.ts";
import { type DateOrder, orderShown, readDay } from "./days.ts";
import { type Decimal, decimalShown, readNumber } from "./numbers.ts";

/** Reads numbers and dates of a file in the format that their whole column shows. Pure. */

type Kind = "number" | "day" | "moment";

/** The number and date format of a column; null for a part that is unknown or mixed. */
export interface Shown {
  readonly decimal?: Decimal | null;
  readonly order?: DateOrder | null;
}

/** The formats of columns that show one, by the index of the column. */
export type ShownBy = Readonly<Record<number, Shown>>;

/** How the cells of a file are read. */
export interface Reading {
  readonly shown: ShownBy;
  /** The decimal separator if the column does not show one. */
  readonly decimal: Decimal;
  /** The order of day and month that the caller gives. */
  readonly dateOrder: DateOrder | null;
  /** Time zone of times without an offset. */
  readonly timeZone: string;
}

/** A cell as a number or date: the value of the field, and the currency next to an amount. */
export type Typed =
  | { readonly value: string; readonly currency: string | null }
  | { readonly problem: string };

const ofType: Readonly<Partial<Record<Definition["type"], Kind>>> = {
  NUMBER: "number",
  DATE: "day",
  DATE_TIME: "moment",
};

/** The kind of a custom field's values; null for values that need no parsing. */
export const kindOf = (type: Definition["type"] | undefined): Kind | null => (type && ofType[type]) ?? null;

/** Collects the formats that the columns of a file show, one row at a time, with little memory. */
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

  /** The formats so far. */
  get shown(): ShownBy {
    return this.#shown;
  }

  /** @param cells of a row; a row with too many or too few cells is ignored */
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
 * Reads a number, date or time.
 *
 * @param at index of the column
 * @returns null for an unknown form, for which the field's own check has the message
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
