import type { Definition, Entity } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import { cellProblem, cellText, customCell, exponent, split, tagsIn, truthIn, wordOf } from "./cells.ts";
import type { Column } from "./column.ts";
import { isNegated } from "./headings.ts";
import { type ImportField, type Place, placesOf } from "./places.ts";
import { type Draft, type RowProblem, type RowSaid, readDraft } from "./row.ts";
import { kindOf, type Reading, readTyped } from "./typed.ts";

/** Converts a record of a file to the input of a row. Pure. */

export interface RowReader {
  readonly entity: Entity;
  readonly columns: readonly Column[];
  readonly definitions: readonly Definition[];
  /** How numbers and dates are read. */
  readonly reading: Reading;
  /** ISO 3166-1 alpha-2 code for phone numbers without a country code. */
  readonly defaultCountry: string | null;
  /** Whether invalid values are left out instead of refusing the row. */
  readonly leaveOut: boolean;
}

/** Reads a record of a file. Empty cells leave existing values. */
export function readRecord(cells: readonly string[], reader: RowReader): RowSaid {
  const { entity, columns, defaultCountry, leaveOut } = reader;
  if (cells.length !== columns.length) {
    return unreadable(`expected ${columns.length} columns, found ${cells.length}`);
  }
  const draft = new RecordDraft(reader);
  for (const [at, column] of columns.entries()) draft.add(column, cells[at] ?? "", at);
  draft.end();
  const { problems, kept } = draft;
  const read = readDraft(entity, draft.values, {
    defaultCountry,
    leaveOut,
    columnOf: (path) => draft.columnOf(path),
  });
  if (problems.length === 0) return { ...read, kept };
  if (leaveOut && read.input !== null) return { ...read, leftOut: [...problems, ...read.leftOut], kept };
  return { ...read, input: null, problems: [...problems, ...read.problems], leftOut: [], kept };
}

/** A record that cannot be split into cells. */
export const unreadable = (message: string): RowSaid => ({
  input: null,
  problems: [{ column: null, code: "INVALID_VALUE", message }],
  leftOut: [],
  kept: [],
  columnOf: () => null,
});

/** The input of a row while its cells are read. */
class RecordDraft {
  readonly values: Draft = {};
  readonly problems: RowProblem[] = [];
  readonly kept: string[] = [];
  readonly #reader: RowReader;
  readonly #columns = new Map<string, string>();
  /** The currency written next to an amount. */
  #beside: { readonly column: string; readonly currency: string; readonly cell: string } | null = null;

  constructor(reader: RowReader) {
    this.#reader = reader;
  }

  /**
   * The heading of the column at a path of the input or its parent; without one, of the column that could have had
   * the value.
   */
  columnOf(path: readonly string[]): string | null {
    const places = path.map((_, at) => path.slice(0, path.length - at).join("."));
    const found = places.find((place) => this.#columns.has(place));
    if (found !== undefined) return this.#columns.get(found) ?? null;
    const names = namesOf(this.#reader);
    return names.get(places.find((place) => names.has(place)) ?? "") ?? null;
  }

  /** @param at index of the column */
  add({ column, field, customField, reason }: Column, raw: string, at: number): void {
    const cell = cellText(raw);
    if (cell === "" || (field === null && customField === null)) return;
    const problem = cellProblem(cell);
    if (problem) this.#refuse(column, "INVALID_VALUE", problem, cell);
    else if (customField !== null) this.#addCustom(column, customField, cell, at);
    else if (reason === "KEPT") this.kept.push(`${column}: ${cell}`);
    else if (field === "DEAL_VALUE") this.#addAmount(column, cell, at);
    else if (field !== null) this.#addField(column, field, cell);
  }

  #refuse(column: string, code: string, message: string, text: string): void {
    this.problems.push({ column, code, message, text });
  }

  #addCustom(column: string, slug: string, cell: string, at: number): void {
    const { definitions, reading } = this.#reader;
    const definition = definitions.find((each) => each.slug === slug);
    const typed = readTyped(cell, kindOf(definition?.type), at, reading);
    if (typed !== null && "problem" in typed) {
      this.#refuse(column, "INVALID_CUSTOM_VALUE", typed.problem, cell);
      return;
    }
    this.#push("customFields", column, [{ slug, value: typed?.value ?? customCell(cell, definition) }]);
  }

  #addAmount(column: string, cell: string, at: number): void {
    const typed = readTyped(cell, "number", at, this.#reader.reading);
    if (typed !== null && "problem" in typed) {
      this.#refuse(column, "INVALID_VALUE", typed.problem, cell);
      return;
    }
    this.#put(["dealValue", "amount"], column, typed?.value ?? cell);
    if (typed?.currency != null) this.#beside = { column, currency: typed.currency, cell };
  }

  /** Uses the currency written next to an amount, unless another column has a currency. */
  end(): void {
    if (this.#beside === null) return;
    const { column, currency, cell } = this.#beside;
    const stated = this.#at(["dealValue", "currency"]);
    if (stated === undefined) this.#put(["dealValue", "currency"], column, currency);
    else if (String(stated).trim().toUpperCase() !== currency) {
      const message = `is in ${currency}, and the row says ${String(stated).slice(0, 40)}`;
      this.#refuse(column, "INVALID_CURRENCY", message, cell);
    }
  }

  #addField(column: string, field: ImportField, cell: string): void {
    const { entity } = this.#reader;
    const { path, cell: kind, wish } = placesOf(entity)[field] ?? noPlace;
    const further = field === "EMAIL" ? furtherEmails(entity, cell) : null;
    if (further !== null) {
      const [first, ...others] = further;
      this.#put(path, column, first);
      this.#push("otherEmails", column, others);
    } else if (kind instanceof RegExp) {
      const place = path.join(".");
      if (field === "PHONE" && split(cell, kind).some((value) => exponent.test(value))) {
        const message = `is a number that a spreadsheet has shortened (${cell.slice(0, 40)}): format the column as text and export it again`;
        this.#refuse(column, "INVALID_PHONE", message, cell);
        return;
      }
      this.#push(place, column, field === "TAGS" ? tagsIn(cell, kind) : split(cell, kind));
    } else if (kind === "truth") {
      const [place = ""] = path;
      const truth = truthIn(cell, wish);
      if (truth === undefined) {
        this.#refuse(column, "INVALID_VALUE", "must be true or false, yes or no, 1 or 0, or x", cell);
      } else if (truth === null) {
        return;
      } else if (wish === undefined || this.values[place] !== wish) {
        this.#put(path, column, isNegated(column, field) ? !truth : truth);
      }
    } else if (kind === "lines") {
      const before = this.#at(path);
      this.#put(path, column, typeof before === "string" ? `${before}\n${cell}` : cell);
    } else {
      this.#put(path, column, kind === "word" ? wordOf(cell) : cell);
    }
  }

  #at([name = "", inner]: readonly string[]): unknown {
    const value = this.values[name];
    return inner === undefined ? value : (value as Draft | undefined)?.[inner];
  }

  /** Sets a value at its path, and creates the objects around it. */
  #put(path: readonly string[], column: string, value: unknown): void {
    const [name = "", inner] = path;
    if (inner === undefined) this.values[name] = value;
    else this.values[name] = { ...(this.values[name] as Draft | undefined), [inner]: value };
    this.#columns.set(path.join("."), column);
  }

  #push(name: string, column: string, values: readonly unknown[]): void {
    if (values.length === 0) return;
    const all = (this.values[name] ?? []) as unknown[];
    for (const value of values) {
      this.#columns.set(`${name}.${all.length}`, column);
      all.push(value);
    }
    if (!this.#columns.has(name)) this.#columns.set(name, column);
    this.values[name] = all;
  }
}

/** Headings of a file's columns by path of the input, including parent paths. */
const names = new WeakMap<readonly Column[], ReadonlyMap<string, string>>();

function namesOf({ entity, columns }: RowReader): ReadonlyMap<string, string> {
  const known = names.get(columns);
  if (known) return known;
  const made = new Map<string, string>();
  for (const { column, field, reason } of columns) {
    const path = field === null || reason === "KEPT" ? [] : (placesOf(entity)[field]?.path ?? []);
    for (const place of [path.join("."), path[0] ?? ""]) if (!made.has(place)) made.set(place, column);
  }
  names.set(columns, made);
  return made;
}

const noPlace: Pick<Place, "path" | "cell" | "wish"> = { path: [], cell: "text" };

/** The addresses of a cell with several, if the entity has several addresses; null for one address. */
function furtherEmails(entity: Entity, cell: string): string[] | null {
  const kind = placesOf(entity).OTHER_EMAIL?.cell;
  // An e-mail address may contain a |.
  if (!(kind instanceof RegExp) || emailKey(cell) !== null) return null;
  const addresses = split(cell, kind);
  return addresses.length > 1 ? addresses : null;
}
