import { isCurrency } from "../../graphql/scalars.ts";

/** Reads numbers as people write them. Pure. */

/** Decimal separators. */
export type Decimal = "." | ",";

/** The parts of a number. */
interface Amount {
  readonly sign: "" | "-";
  /** Digits, with the separators between them. */
  readonly figures: string;
  /** ISO 4217 code, if a symbol or code is present. */
  readonly currency: string | null;
}

/** Longest text that is parsed. */
const MAX_LENGTH = 60;

/** Currency symbols that mean one currency; $ and kr are used by several. */
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

/** A text as the parts of a number; null if it is no number. */
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
    // The minus sign is before or after the currency, or at the end.
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

/** Digits in groups of three (or two, as in India), with or without decimals. */
const grouped = /^\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:([.,])(\d+))?$/;
const indian = /^\d{1,2}(?:,\d{2})+,\d{3}(?:(\.)(\d+))?$/;
const plain = /^\d+(?:([.,])(\d+))?$/;

/** One point or comma before three digits: a thousands or a decimal separator. */
const either = /^[1-9]\d{0,2}[.,]\d{3}$/;

const otherThan = (separator: string | undefined): Decimal | null =>
  separator === "," ? "." : separator === "." ? "," : null;

/** The decimal separator of a number, if the number itself shows it. */
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

/** A parsed number in plain form, or the two numbers that it may be. */
export type ReadNumber =
  | { readonly number: string; readonly currency: string | null }
  | { readonly either: readonly [string, string] };

/**
 * Parses a number.
 *
 * @param decimal the column's decimal separator; null if the column uses both
 * @param shown whether numbers of the column show the separator; if not, it does not decide an ambiguous number
 * @returns null for a text that is no number
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
  // 1.234.5 is not a number.
  if (parts.length === 3 && parts[0] === point) return null;
  return result(`${digits.slice(0, -decimals.length)}.${decimals}`);
}
