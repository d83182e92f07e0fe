import { type derivedColumns, SLOT_COUNT } from "../../db/prisma/rows.ts";
import { foldedPart, orderKey, plainLines } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { parseDay } from "../../lib/exact.ts";
import { fold, foldedOrNull, isBlank } from "../../lib/fold.ts";
import { builtInFields } from "../registry/built-in.ts";
import {
  type Definition,
  type Entity,
  type FilterEntity,
  facetToken,
  holdsOrderKeys,
  MAX_TOKEN_VALUE,
  type OtherAddresses,
  PLAIN_ADDRESSES,
  presenceToken,
  slotKinds,
} from "../registry/fields.ts";
import { shownKey } from "./email.ts";

/**
 * Computes the derived columns, which filters read, from the columns that callers write. A registry field that is
 * compared in a derived column names its source column with `from`. Every write sets the derived columns in the same
 * statement.
 */

/** A custom field's value as `custom` stores it: already checked against its definition. */
export type CustomValueJson = string | number | boolean | readonly string[];

/** A record's columns, by their Prisma names. */
type Row = Readonly<Record<string, unknown>>;

export type SlotColumns = Record<string, string | number | Date | null>;

/** The derived columns of a contact or lead, by their Prisma names. */
export type DerivedColumns = { [Name in keyof typeof derivedColumns]: DerivedColumn<Name> };

type DerivedColumn<Name> = Name extends "keys"
  ? Record<string, string>
  : Name extends "facets"
    ? string[]
    : Name extends "nameKey" | "searchText"
      ? string
      : Name extends `number${number}`
        ? number | null
        : Name extends `date${number}`
          ? Date | null
          : string | null;

/** The derived values of an entity's fields, each with the column (`from`) that it is computed from. */
interface Plan {
  readonly texts: readonly {
    readonly from: string;
    readonly column: string;
    readonly nullable: boolean;
    readonly searched: boolean;
    /** Whether the column holds order keys. */
    readonly ordered: boolean;
    /** For e-mail addresses, the key of `keys` that has the shown form; null for other texts. */
    readonly shown: string | null;
    /** The column of further addresses, and the field whose path their tokens use. */
    readonly others: (OtherAddresses & { readonly path: string }) | null;
  }[];
  readonly keys: readonly { readonly from: string; readonly key: string }[];
  readonly lines: readonly { readonly from: string; readonly column: string }[];
}

const plans = new Map<FilterEntity, Plan>();

function planOf(entity: FilterEntity): Plan {
  const known = plans.get(entity);
  if (known) return known;
  const derived = builtInFields(entity).flatMap((field) => {
    const { from, path, storage } = field;
    return from === undefined ? [] : [{ from, path, storage, ordered: holdsOrderKeys(field) }];
  });
  const plan: Plan = {
    texts: derived.flatMap(({ from, path, storage, ordered }) =>
      storage.kind === "column"
        ? [
            {
              from,
              column: storage.column,
              nullable: storage.nullable,
              searched: storage.searched === true,
              ordered,
              shown: storage.shown ?? null,
              others: storage.others ? { ...storage.others, path } : null,
            },
          ]
        : [],
    ),
    keys: derived.flatMap(({ from, storage }) =>
      storage.kind === "key" ? [{ from, key: storage.key }] : [],
    ),
    lines: derived.flatMap(({ from, storage }) =>
      storage.kind === "lines" ? [{ from, column: storage.column }] : [],
    ),
  };
  plans.set(entity, plan);
  return plan;
}

/** A record's derived text columns: order keys or folded texts, e-mail addresses as their comparison keys. */
export function deriveTexts(entity: FilterEntity, row: Row): Record<string, string | null> {
  const derived: Record<string, string | null> = {};
  for (const { from, column, nullable, ordered, shown } of planOf(entity).texts) {
    const text = row[from] as string | null;
    if (shown !== null) derived[column] = text === null ? null : emailKey(text);
    else {
      const folded = nullable ? foldedOrNull(text) : fold(text ?? "");
      derived[column] = folded !== null && ordered ? orderKey(folded) : folded;
    }
  }
  return derived;
}

function addText(keys: Record<string, string>, facets: string[], key: string, text: string): void {
  if (isBlank(text)) return;
  const folded = fold(text);
  keys[key] = folded;
  facets.push(key, ...(folded.length <= MAX_TOKEN_VALUE ? [facetToken(key, folded)] : []));
}

interface BuiltIn extends Record<string, unknown> {
  readonly keys: Record<string, string>;
  readonly facets: string[];
}

/** The derived columns, by Prisma's names, that are computed from built-in columns, without custom values. */
export function deriveBuiltIn(entity: Entity, row: Row): BuiltIn {
  const plan = planOf(entity);
  const keys: Record<string, string> = {};
  const facets: string[] = [];
  const searched: (string | null)[] = [];
  const columns: Record<string, unknown> = deriveTexts(entity, row);
  for (const { from, key } of plan.keys) {
    const text = row[from] as string | null | undefined;
    if (text) addText(keys, facets, key, text);
  }
  for (const text of plan.texts) {
    const value = columns[text.column] as string | null;
    const shown = text.shown !== null && value !== null ? shownKey(value) : null;
    if (text.shown !== null && shown) keys[text.shown] = shown;
    if (text.searched) searched.push(value && foldedPart(value), shown || null);
    const others = text.others === null ? [] : ((row[text.others.from] ?? []) as string[]);
    const written: string[] = [];
    if (text.others !== null && others.length > 0) {
      const addresses = others.flatMap((address) => emailKey(address) ?? []);
      const lines = addresses.flatMap((address) => [address, shownKey(address) ?? []].flat());
      if (lines.length > 0) keys[text.others.key] = `\n${lines.join("\n")}\n`;
      for (const address of addresses) facets.push(facetToken(text.others.path, address));
      searched.push(...lines);
      written.push(...lines);
    }
    if (text.shown !== null) {
      const withoutAccents = plainLines([value ?? "", shown ?? "", ...written]);
      if (withoutAccents.length > 0) keys[PLAIN_ADDRESSES] = withoutAccents.join("\n");
    }
  }
  for (const { from, column } of plan.lines) {
    const lines = [row[from] ?? []].flat() as string[];
    columns[column] = lines.length === 0 ? null : `\n${lines.join("\n")}\n`;
    searched.push(...lines);
  }
  // A line feed separates the parts, so that no term matches across two of them.
  const searchText = searched.filter((part) => part !== null).join("\n");
  const further = plainLines(searchText.split("\n"));
  return Object.assign(columns, { keys, facets, searchText: [searchText, ...further].join("\n") });
}

/**
 * Derived columns, by their Prisma names.
 *
 * @param row the columns that callers write, with custom values by slug
 * @param slots initial values of the slot columns; all null by default
 */
export function derive(
  entity: Entity,
  row: Row,
  definitions: readonly Definition[],
  slots: SlotColumns = emptySlots(),
): DerivedColumns {
  const columns = deriveBuiltIn(entity, row);
  const { keys, facets } = columns;
  const custom = (row.custom ?? {}) as Readonly<Record<string, CustomValueJson>>;
  for (const definition of definitions) {
    const value = Object.hasOwn(custom, definition.slug) ? custom[definition.slug] : undefined;
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
  return Object.assign(slots, columns) as unknown as DerivedColumns;
}

function slotValue(value: CustomValueJson, kind: "text" | "number" | "date", { type }: Definition) {
  if (kind === "text") return orderKey(fold(String(value)));
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
