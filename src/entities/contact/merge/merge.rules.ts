import type { ContactRow } from "../../../db/prisma/rows.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import { type Refusal, refusal } from "../../../lib/errors.ts";
import type { CustomValues } from "../../../records/custom.ts";
import { customValue, unknownField } from "../../../records/custom.ts";
import type { ContactColumns } from "../contact.row.ts";

/** What a merge makes of the primary contact. Pure. */

/** Columns that are chosen together, by the name of their choice. */
export const mergeFields = {
  NAME: ["name", "firstName", "lastName"],
  EMAIL: ["email"],
  PHONE_NUMBERS: ["phoneNumbers"],
  COMPANY: ["company"],
  TITLE: ["title"],
  ADDRESS: ["street", "city", "state", "zip", "country"],
  URL: ["url"],
  LINKEDIN_URL: ["linkedinUrl"],
  LINKEDIN_SALES_URL: ["linkedinSalesUrl"],
  SOURCE: ["source"],
  NOTES: ["notes"],
  ALLOW_PHONE_CALLS: ["allowPhoneCalls"],
  DO_NOT_CONTACT: ["doNotContact"],
  OWNER: ["ownerId"],
} as const satisfies Record<string, readonly (keyof ContactColumns)[]>;

export type MergeField = keyof typeof mergeFields;

/** One field, and the contact whose value the primary takes. */
export interface Choice {
  /** A field of `mergeFields`, or `custom.<slug>`. */
  readonly field: string;
  /** Row id. */
  readonly fromId: string;
  readonly value: unknown;
}

/** A choice as the caller makes it, its id resolved to a row's. */
export interface WantedChoice {
  readonly field?: MergeField | null | undefined;
  readonly customField?: string | null | undefined;
  readonly fromId: string;
}

export interface MergePlan {
  /** Columns of the primary that change, and to what. */
  readonly changes: Partial<ContactRow>;
  /** Whose value each field takes: every field that has a value somewhere. */
  readonly choices: readonly Choice[];
  readonly refusals: readonly Refusal[];
}

/**
 * By default the primary's value wins, and blanks are filled from the duplicates in the order given. A wish not to
 * be contacted or called is kept whoever of them has it. Tags are united, calls added up.
 *
 * @param contacts the primary first
 * @param wanted the caller's choices
 */
export function planMerge(
  contacts: readonly [ContactRow, ...ContactRow[]],
  wanted: readonly WantedChoice[],
  definitions: readonly Definition[],
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
      refusals.push(refusal("INVALID_VALUE", path, "chooses a field for the second time"));
    } else {
      chosen.set(name, contact);
    }
  }

  const changes: Record<string, unknown> = {};
  const choices: Choice[] = [];
  for (const [field, columns] of Object.entries(mergeFields)) {
    const from = chosen.get(field) ?? sticky(field, contacts) ?? firstWith(contacts, columns);
    if (!from) continue;
    for (const column of columns) changes[column] = from[column];
    choices.push({ field, fromId: from.id, value: shownValue(from, columns) });
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
  const calls = contacts.map(({ lastCallAt }) => lastCallAt?.getTime() ?? 0);
  const lastCall = Math.max(...calls);
  return {
    refusals,
    choices,
    changes: {
      ...(changes as Partial<ContactRow>),
      custom: custom as ContactRow["custom"],
      tagIds: [...new Set(contacts.flatMap(({ tagIds }) => tagIds))],
      callCount: contacts.reduce((sum, { callCount }) => sum + callCount, 0),
      lastCallAt: lastCall === 0 ? null : new Date(lastCall),
    },
  };
}

function fieldName({ field, customField }: WantedChoice, definitions: readonly Definition[]): string | null {
  if ((field == null) === (customField == null)) return null;
  if (field != null) return field;
  return definitions.some(({ slug }) => slug === customField) ? `custom.${customField}` : null;
}

/** Who says that they must not be contacted, or not by phone. */
function sticky(field: string, contacts: readonly ContactRow[]): ContactRow | undefined {
  if (field === "DO_NOT_CONTACT") return contacts.find(({ doNotContact }) => doNotContact);
  if (field === "ALLOW_PHONE_CALLS") return contacts.find(({ allowPhoneCalls }) => !allowPhoneCalls);
  return undefined;
}

const firstWith = (contacts: readonly ContactRow[], columns: readonly (keyof ContactColumns)[]) =>
  contacts.find((contact) =>
    columns.some((column) => {
      const value = contact[column];
      return Array.isArray(value) ? value.length > 0 : value !== null && value !== "";
    }),
  );

/** A field's value for people: one value, or an object of its parts. */
const shownValue = (contact: ContactRow, columns: readonly (keyof ContactColumns)[]): unknown =>
  columns.length === 1 && columns[0] !== undefined
    ? contact[columns[0]]
    : Object.fromEntries(columns.map((column) => [column, contact[column]]));
