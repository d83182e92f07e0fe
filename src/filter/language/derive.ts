import { SLOT_COUNT } from "../../db/prisma/rows.ts";
import { emailKey } from "../../lib/email.ts";
import { parseDay } from "../../lib/exact.ts";
import { fold, foldedOrNull, isBlank } from "../../lib/fold.ts";
import {
  type Definition,
  facetToken,
  MAX_TOKEN_VALUE,
  presenceToken,
  slotKinds,
} from "../registry/fields.ts";
import { shownKey } from "./email.ts";

/**
 * What the filter reads, computed from what a record says: the write half of the registry. Every write of a
 * contact or lead takes its derived columns from here, in the same statement.
 */

/** A custom field's value as `custom` stores it: already checked against its definition. */
export type CustomValueJson = string | number | boolean | readonly string[];

/** The texts of a record that compare in columns of their own. */
export interface BuiltInTexts {
  readonly name: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly source: string | null;
  readonly notes: string | null;
  /** E.164. */
  readonly phones: readonly string[];
  /** Texts that compare under `keys`, by the name of their filter field. */
  readonly others: Readonly<Record<string, string | null | undefined>>;
}

/** The same, and the values of custom fields. */
export interface KeyedTexts extends BuiltInTexts {
  readonly custom: Readonly<Record<string, CustomValueJson>>;
}

export type SlotColumns = Record<string, string | number | Date | null>;

function addText(keys: Record<string, string>, facets: string[], key: string, text: string): void {
  if (isBlank(text)) return;
  const folded = fold(text);
  keys[key] = folded;
  facets.push(key, ...(folded.length <= MAX_TOKEN_VALUE ? [facetToken(key, folded)] : []));
}

/** Derived columns by their Prisma names, as far as they come from what every record has. */
export function deriveBuiltIn(texts: BuiltInTexts) {
  const keys: Record<string, string> = {};
  const facets: string[] = [];
  for (const [key, text] of Object.entries(texts.others)) if (text) addText(keys, facets, key, text);

  const email = texts.email === null ? null : emailKey(texts.email);
  const shownEmail = email && shownKey(email);
  if (shownEmail) keys.email = shownEmail;
  const phoneKey = texts.phones.length === 0 ? null : `\n${texts.phones.join("\n")}\n`;
  const nameKey = fold(texts.name);
  const companyKey = foldedOrNull(texts.company);
  return {
    nameKey,
    emailKey: email,
    companyKey,
    sourceKey: foldedOrNull(texts.source),
    notesKey: foldedOrNull(texts.notes),
    phoneKey,
    keys,
    facets,
    // A line feed between the parts, so that no term matches across two of them.
    searchText: [nameKey, email, shownEmail, companyKey, ...texts.phones]
      .filter((part) => part !== null)
      .join("\n"),
  };
}

/**
 * Derived columns by their Prisma names.
 *
 * @param slots what slots without a value are; all of them null when left out
 */
export function derive(texts: KeyedTexts, definitions: readonly Definition[], slots = emptySlots()) {
  const columns = deriveBuiltIn(texts);
  const { keys, facets } = columns;
  for (const definition of definitions) {
    const value = Object.hasOwn(texts.custom, definition.slug) ? texts.custom[definition.slug] : undefined;
    if (value === undefined) continue;
    const key = presenceToken(definition.slug);
    const slotKind = slotKinds[definition.type];
    if (definition.slot && slotKind) slots[definition.slot] = slotValue(value, slotKind, definition);
    if (slotKind === "text" && definition.type !== "SELECT") {
      if (!definition.slot) addText(keys, facets, key, String(value));
      continue;
    }
    facets.push(key);
    if (definition.type === "SELECT" || slotKind === null) {
      for (const item of Array.isArray(value) ? value : [value]) facets.push(facetToken(key, String(item)));
    }
  }
  return Object.assign(slots, columns);
}

function slotValue(value: CustomValueJson, kind: "text" | "number" | "date", { type }: Definition) {
  if (kind === "text") return fold(String(value));
  if (kind === "number") return Number(value);
  return type === "DATE" ? parseDay(String(value)) : new Date(String(value));
}

function emptySlots(): SlotColumns {
  const slots: SlotColumns = {};
  for (const kind of ["text", "number", "date"]) {
    for (let number = 1; number <= SLOT_COUNT; number += 1) slots[`${kind}${number}`] = null;
  }
  return slots;
}
