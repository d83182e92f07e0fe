import { isCurrency } from "../../graphql/scalars.ts";

/** Numbers as people write them. Pure. */

/** What stands before decimals. */
export type Decimal = "." | ",";

/** A number's parts. */
interface Amount {
  readonly sign: "" | "-";
  /** Figures, and what stands between them. */
  readonly figures: string;
  /** ISO 4217 code, where a sign or a code says so. */
  readonly currency: string | null;
}

/** Longest text that is looked at. */
const MAX_LENGTH = 60;

/** Signs of one currency each; $ and kr are those of many. */
const currencies: Readonly<Record<string, string>> = {
  "€": "EUR",
  "£": "GBP",
  zł: "PLN",
  Kč: "CZK",
  Ft: "HUF",
  "₽": "RUB",
  "₴": "UAH",
  "₺": "TRY",
  "₹": "INR",
  "₩": "KRW",
  "₪": "ILS",
  R$: "BRL",
  US$: "USD",
};
const sign = String.raw`[A-Z]{0,2}\p{Sc}|[A-Za-z]{3}|zł|Kč|Ft|kr\.?|Fr\.`;
const before = new RegExp(`^(${sign})\\s*`, "u");
const after = new RegExp(`\\s*(${sign})$`, "u");

const currencyOf = (text: string): string | null =>
  currencies[text] ?? (isCode(text) ? text.toUpperCase() : null);
const isCode = (text: string): boolean => /^[a-z]{3}$/i.test(text) && isCurrency(text.toUpperCase());

/** A text as a number's parts; null when it is none. */
function amountIn(cell: string): Amount | null {
  if (cell.length > MAX_LENGTH) return null;
  let text = cell
    .replace(/[\u00a0\u2007\u2009\u202f]/g, " ")
    .replaceAll("’", "'")
    .replaceAll("\u2212", "-");
  const [, inside] = /^\((.*)\)$/.exec(text) ?? [];
  let negative = inside !== undefined;
  text = inside ?? text;
  let currency: string | null = null;
  for (let changed = true; changed; ) {
    changed = false;
    // A minus stands before or behind the currency, or behind the whole.
    const minus = /^([+-])\s*(?=\S)|(?<=\d)-$/.exec(text);
    if (minus && !negative) {
      negative = minus[0].trim() === "-";
      text = text.replace(minus[0], "");
      changed = negative || minus[1] === "+";
    }
    const [whole, said] = (currency === null && (before.exec(text) ?? after.exec(text))) || [];
    if (whole !== undefined && said !== undefined) {
      const code = currencyOf(said);
      if (/^[a-z]{3}$/i.test(said) && code === null) return null;
      currency = code ?? "";
      text = text.replace(whole, "");
      changed = true;
    }
  }
  if (!/^\d[\d.,' ]*$/.test(text)) return null;
  return { sign: negative ? "-" : "", figures: text, currency: currency || null };
}

/** Figures in groups of three, as in India of two, with or without decimals. */
const grouped = /^\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:([.,])(\d+))?$/;
const indian = /^\d{1,2}(?:,\d{2})+,\d{3}(?:(\.)(\d+))?$/;
const plain = /^\d+(?:([.,])(\d+))?$/;

/** One point or comma before three figures. */
const either = /^[1-9]\d{0,2}[.,]\d{3}$/;

const otherThan = (separator: string | undefined): Decimal | null =>
  separator === "," ? "." : separator === "." ? "," : null;

/** What stands before the decimals of a number, where it shows that. */
export function decimalShown(cell: string): Decimal | null {
  const figures = amountIn(cell)?.figures;
  if (figures === undefined || either.test(figures)) return null;
  const [, ofPlain] = plain.exec(figures) ?? [];
  if (ofPlain !== undefined) return ofPlain as Decimal;
  if (indian.test(figures)) return ".";
  const [, separator, decimal] = grouped.exec(figures) ?? [];
  if (decimal === separator && decimal !== undefined) return null;
  return (decimal as Decimal | undefined) ?? otherThan(separator);
}

/** A number that was read: its figures in plain form, or the two that it may be. */
export type ReadNumber =
  | { readonly number: string; readonly currency: string | null }
  | { readonly either: readonly [string, string] };

/**
 * Reads a number.
 *
 * @param decimal what stands before decimals in its column; null where the column has both
 * @param shown whether the column shows that: if not, what may be thousands or decimals is not decided by it
 * @returns null for what is no number
 */
export function readNumber(cell: string, decimal: Decimal | null, shown: boolean): ReadNumber | null {
  const amount = amountIn(cell);
  if (amount === null) return null;
  const { sign: minus, figures, currency } = amount;
  const result = (number: string): ReadNumber => ({ number: `${minus}${number}`, currency });
  const digits = figures.replace(/[^\d]/g, "");
  if (either.test(figures)) {
    const asDecimals = figures.replace(",", ".");
    const separator = figures.includes(",") ? "," : ".";
    if (decimal === separator) return result(asDecimals);
    if (shown && decimal !== null) return result(digits);
    return { either: [`${minus}${digits}`, `${minus}${asDecimals}`] };
  }
  const [whole, separator] = plain.exec(figures) ?? [];
  if (whole !== undefined) return result(separator === undefined ? whole : whole.replace(",", "."));
  const [inGroups, ...parts] = indian.exec(figures) ?? grouped.exec(figures) ?? [];
  if (inGroups === undefined) return null;
  const decimals = parts.at(-1);
  const point = parts.at(-2);
  if (decimals === undefined || point === undefined) return result(digits);
  // 1.234.5 is no number.
  if (parts.length === 3 && parts[0] === point) return null;
  return result(`${digits.slice(0, -decimals.length)}.${decimals}`);
}
