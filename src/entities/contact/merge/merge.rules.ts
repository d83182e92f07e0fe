import type { ContactRow } from "../../../db/prisma/rows.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import { type Refusal, refusal } from "../../../lib/errors.ts";
import type { CustomValues } from "../../../records/custom.ts";
import { customValue, unknownField } from "../../../records/custom.ts";
import { isWish } from "../contact.address.ts";
import { type contactTable, MAX_PHONE_NUMBERS } from "../contact.columns.ts";
import { allEmails, emailsOf } from "../contact.emails.ts";
import { contactRows } from "../contact.table.ts";

/** Which values the primary contact has after a merge. Pure. */

/** A choice of a merge: one column or several that are chosen together. */
export type MergeField = (typeof contactTable)[keyof typeof contactTable]["merge"]["as"];

interface Chosen {
  readonly description: string;
  readonly columns: readonly (keyof typeof contactTable)[];
}

function choicesOf(): Readonly<Record<MergeField, Chosen>> {
  const fields: Record<string, Chosen> = {};
  for (const [name, { merge, description }] of contactRows) {
    const { description: words, columns } = fields[merge.as] ?? {
      description: merge.description ?? description,
      columns: [],
    };
    fields[merge.as] = { description: words, columns: [...columns, name] };
  }
  return fields as Record<MergeField, Chosen>;
}

/** Columns that are chosen together, by the name of the choice, in the order of the table of columns. */
export const mergeFields = choicesOf();

/** A field, and the contact whose value the primary contact takes. */
export interface Choice {
  /** A field of `mergeFields`, or `custom.<slug>`. */
  readonly field: string;
  /** Row id. */
  readonly fromId: string;
  readonly value: unknown;
}

/** A choice of the caller, with the id resolved to a row id. */
export interface WantedChoice {
  readonly field?: MergeField | null | undefined;
  readonly customField?: string | null | undefined;
  readonly fromId: string;
}

/** Values that exceed the limits of the merged contact. */
export type LeftOut = Readonly<Record<"emails" | "phoneNumbers", readonly string[]>>;

export interface MergePlan {
  /** Changed columns of the primary contact. */
  readonly changes: Partial<ContactRow>;
  /** The origin of each value, for every field with a value in any of the contacts. */
  readonly choices: readonly Choice[];
  /** Addresses and phone numbers that exceed the limits. */
  readonly leftOut: LeftOut;
  readonly refusals: readonly Refusal[];
}

/** Choices that only decide which value comes first: all values are kept. */
const united: ReadonlySet<string> = new Set<MergeField>(["EMAIL", "PHONE_NUMBERS"]);

/**
 * By default the primary's values are kept, and empty fields are filled from the duplicates in the order given. A "do
 * not contact" or "no phone calls" setting of any contact is kept. Tags, addresses and phone numbers are united, call
 * counts are added up.
 *
 * @param contacts the primary first
 * @param wanted the caller's choices
 * @param unites false for old merges, which kept only the addresses and phone numbers of the chosen contact
 */
export function planMerge(
  contacts: readonly [ContactRow, ...ContactRow[]],
  wanted: readonly WantedChoice[],
  definitions: readonly Definition[],
  unites = true,
): MergePlan {
  const [primary] = contacts;
  const refusals: Refusal[] = [];
  const chosen = new Map<string, ContactRow>();
  for (const [at, choice] of wanted.entries()) {
    const path = ["input", "fieldChoices", String(at)];
    const contact = contacts.find(({ id }) => id === choice.fromId);
    const name = fieldName(choice, definitions);
    if (!contact) {
      refusals.push(refusal("INVALID_VALUE", [...path, "fromId"], "must be one of the contacts to merge"));
    } else if (name === null) {
      refusals.push(
        choice.customField == null
          ? refusal("INVALID_VALUE", path, "must name either field or customField")
          : unknownField(choice.customField, definitions, [...path, "customField"]),
      );
    } else if (chosen.has(name)) {
      refusals.push(refusal("INVALID_VALUE", path, "chooses a field twice"));
    } else {
      chosen.set(name, contact);
    }
  }

  const changes: Record<string, unknown> = {};
  const choices: Choice[] = [];
  for (const [field, { columns }] of Object.entries(mergeFields)) {
    const whole = unites && united.has(field);
    const asked = whole ? [chosen.get(field), ...contacts].filter((each) => each !== undefined) : contacts;
    const from = (whole ? null : chosen.get(field)) ?? sticky(columns, contacts) ?? firstWith(asked, columns);
    if (!from) continue;
    for (const column of whole ? [] : columns) {
      if (column !== "otherEmails") changes[column] = from[column];
    }
    choices.push({ field, fromId: from.id, value: shownValue(from, whole ? columns.slice(0, 1) : columns) });
  }
  const custom: Record<string, unknown> = { ...(primary.custom as CustomValues) };
  for (const { slug } of definitions) {
    const name = `custom.${slug}`;
    const has = (contact: ContactRow) => customValue(contact.custom as CustomValues, slug) !== undefined;
    const from = chosen.get(name) ?? contacts.find(has);
    if (!from) continue;
    const value = customValue(from.custom as CustomValues, slug);
    if (value === undefined) delete custom[slug];
    else custom[slug] = value;
    choices.push({ field: name, fromId: from.id, value: value ?? null });
  }
  const lists = unites ? unitedLists(contacts, chosen) : null;
  const calls = contacts.map(({ lastCallAt }) => lastCallAt?.getTime() ?? 0);
  const lastCall = Math.max(...calls);
  return {
    refusals,
    choices,
    leftOut: lists?.leftOut ?? { emails: [], phoneNumbers: [] },
    changes: {
      ...(changes as Partial<ContactRow>),
      ...lists?.columns,
      custom: custom as ContactRow["custom"],
      tagIds: [...new Set(contacts.flatMap(({ tagIds }) => tagIds))],
      callCount: contacts.reduce((sum, { callCount }) => sum + callCount, 0),
      lastCallAt: lastCall === 0 ? null : new Date(lastCall),
    },
  };
}

/** All addresses and phone numbers: first those of the chosen contact, then those of the others in their order. */
function unitedLists(
  contacts: readonly [ContactRow, ...ContactRow[]],
  chosen: ReadonlyMap<string, ContactRow>,
): {
  readonly columns: Pick<ContactRow, "email" | "otherEmails" | "phoneNumbers">;
  readonly leftOut: LeftOut;
} {
  const all = (field: MergeField, valuesOf: (contact: ContactRow) => readonly string[]) => {
    const from = chosen.get(field);
    const [first] = from ? valuesOf(from) : [];
    return [...(first === undefined ? [] : [first]), ...contacts.flatMap(valuesOf)];
  };
  const { leftOut, ...emails } = emailsOf(all("EMAIL", allEmails));
  const phones = [...new Set(all("PHONE_NUMBERS", ({ phoneNumbers }) => phoneNumbers))];
  return {
    columns: { ...emails, phoneNumbers: phones.slice(0, MAX_PHONE_NUMBERS) },
    leftOut: { emails: leftOut, phoneNumbers: phones.slice(MAX_PHONE_NUMBERS) },
  };
}

function fieldName({ field, customField }: WantedChoice, definitions: readonly Definition[]): string | null {
  if ((field == null) === (customField == null)) return null;
  if (field != null) return field;
  return definitions.some(({ slug }) => slug === customField) ? `custom.${customField}` : null;
}

/** Whether any contact has "do not contact" set, or phone calls not allowed. */
const sticky = (columns: Chosen["columns"], contacts: readonly ContactRow[]): ContactRow | undefined =>
  contacts.find((contact) => columns.some((column) => isWish(column, contact[column])));

const firstWith = (contacts: readonly ContactRow[], columns: Chosen["columns"]) =>
  contacts.find((contact) =>
    columns.some((column) => {
      const value = contact[column];
      return Array.isArray(value) ? value.length > 0 : value !== null && value !== "";
    }),
  );

/** A field's value as callers see it: one value, or an object of several columns. */
const shownValue = (contact: ContactRow, columns: Chosen["columns"]): unknown =>
  columns.length === 1 && columns[0] !== undefined
    ? contact[columns[0]]
    : Object.fromEntries(columns.map((column) => [column, contact[column]]));
