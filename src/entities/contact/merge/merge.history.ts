import type { ContactRow } from "../../../db/prisma/rows.ts";
import type { CustomValueJson } from "../../../filter/language/derive.ts";
import type { Definition } from "../../../filter/registry/fields.ts";
import { emailKey, emailKeys } from "../../../lib/email.ts";
import { type CustomValues, customValue } from "../../../records/custom.ts";
import { CustomValueError, readCustomValue } from "../../../records/custom-values.ts";
import { toSnapshot } from "../../../records/write/snapshot.ts";
import { isWish, type Wishes } from "../contact.address.ts";
import { MAX_PHONE_NUMBERS } from "../contact.columns.ts";
import { allEmails, type Emails, emailsOf } from "../contact.emails.ts";
import { type ContactColumns, emptyContact } from "../contact.row.ts";
import { mergeFields, planMerge, type WantedChoice } from "./merge.rules.ts";

/**
 * Computes a contact as it would be if one of its merges had not happened. Pure.
 *
 * Each merge stores the primary contact before and after it. Differences between the state after one merge and the
 * state before the next are edits, and so are differences between the state after the last merge and the current
 * contact. Replaying the edits and the other merges in their order gives the contact without that merge.
 */

/** A merge that was not undone. */
export interface PastMerge {
  readonly id: string;
  readonly before: Partial<ContactRow>;
  readonly after: Partial<ContactRow>;
  /** The field choices of the merge's caller. */
  readonly choices: readonly WantedChoice[];
  /** The contacts that were merged into the primary, in the order given. */
  readonly duplicates: readonly ContactRow[];
}

export interface Without {
  /** The primary's columns without the merge; of the call columns only the time of the last call. */
  readonly columns: Partial<ContactRow>;
  /** The other merges, with their states recomputed without the merge. */
  readonly others: readonly Pick<PastMerge, "id" | "before" | "after">[];
  /** Fields changed by the merge and edited since: they keep their current values. */
  readonly left: readonly string[];
  /**
   * "Do not contact" and "no phone calls" settings newer than the merge. It is unknown which of the contacts they are
   * meant for, so that all get them.
   */
  readonly wishes: Wishes;
}

type State = Readonly<Record<string, unknown>>;

const columnNames: readonly string[] = Object.values(mergeFields).flatMap(({ columns }) => columns);

/** The states of a merge omit columns in which no contact of the merge had a value. */
const blank = (name: string): unknown => emptyContact[name as keyof ContactColumns];

const text = (value: unknown): string => JSON.stringify(toSnapshot(value)) ?? "";
const same = (one: unknown, other: unknown): boolean => text(one ?? null) === text(other ?? null);

/** A contact's values: columns by their names, custom values by `custom.<slug>`. */
function valuesOf(row: Partial<ContactRow>, definitions: readonly Definition[]): State {
  const columns = columnNames.map((name) => [name, row[name as keyof ContactRow] ?? blank(name)]);
  const custom = definitions.map((definition) => {
    const value = customValue((row.custom ?? {}) as CustomValues, definition.slug);
    return [`custom.${definition.slug}`, value === undefined ? undefined : fitting(value, definition)];
  });
  return Object.fromEntries([...columns, ...custom]);
}

/** A value as its custom field stores it now; undefined if it no longer fits. */
function fitting(value: CustomValueJson, definition: Definition): CustomValueJson | undefined {
  try {
    return readCustomValue(value, definition) ?? undefined;
  } catch (error) {
    if (error instanceof CustomValueError) return undefined;
    throw error;
  }
}

const emailsIn = (values: State): Emails => values as unknown as Emails;
const phonesIn = (values: State) => values.phoneNumbers as readonly string[];

/** Applies to `values` the edits of addresses and phone numbers between `end` and `begin`. */
function editedLists(values: State, end: State, begin: State): State {
  const emails = (state: State) => allEmails(emailsIn(state));
  const key = (address: string) => emailKey(address) ?? address;
  const addresses = edited(emails(values), emails(end), emails(begin), key);
  const phones = edited(phonesIn(values), phonesIn(end), phonesIn(begin), (number) => number);
  const { email, otherEmails } = emailsOf(addresses);
  return { email, otherEmails, phoneNumbers: phones.slice(0, MAX_PHONE_NUMBERS) };
}

/**
 * Applies to a list the edits of another list: removals and additions. If the other list was also reordered, its
 * order comes first.
 *
 * @param was the other list before
 * @param is the other list after
 */
function edited(
  of: readonly string[],
  was: readonly string[],
  is: readonly string[],
  keyOf: (value: string) => string,
): string[] {
  const byKey = (list: readonly string[]) => new Map(list.map((value) => [keyOf(value), value]));
  const [old, now] = [byKey(was), byKey(is)];
  const all = new Map<string, string>();
  for (const value of of) {
    const key = keyOf(value);
    // The new spelling of a value, if the edit changed it.
    const text = old.get(key) === now.get(key) ? value : now.get(key);
    if (text !== undefined) all.set(key, text);
  }
  for (const [key, value] of now) if (!old.has(key) && !all.has(key)) all.set(key, value);
  const inOrder = [...old.keys()].filter((key) => now.has(key));
  const added = [...now.keys()].filter((key) => !old.has(key));
  const arranged = [...inOrder, ...added].join("\n") !== [...now.keys()].join("\n");
  if (!arranged) return [...all.values()];
  const ahead = [...now.keys()].flatMap((key) => all.get(key) ?? []);
  return [...new Set([...ahead, ...all.values()])];
}

/** The values as columns of a contact. */
function rowOf(values: State, tagIds: readonly string[], like: ContactRow): ContactRow {
  const columns = Object.fromEntries(columnNames.map((name) => [name, values[name]]));
  const custom = Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      name.startsWith("custom.") && value !== undefined ? [[name.slice("custom.".length), value]] : [],
    ),
  );
  return { ...like, ...columns, custom: custom as ContactRow["custom"], tagIds: [...tagIds] };
}

/**
 * @param now the current primary contact
 * @param merges all of its merges that were not undone and whose data is still stored, oldest first
 * @param undone id of the merge to compute without
 */
export function withoutMerge(
  now: ContactRow,
  merges: readonly PastMerge[],
  undone: string,
  definitions: readonly Definition[],
): Without {
  const [first] = merges;
  let values = valuesOf(first?.before ?? now, definitions);
  let tagIds: readonly string[] = first?.before.tagIds ?? now.tagIds;
  let lastCallAt = first?.before.lastCallAt ?? null;
  const others: Without["others"][number][] = [];
  const touched = new Set<string>();
  const changedSince = new Set<string>();
  const wishes: Record<string, unknown> = {};
  let behind = false;
  for (const [at, { id, before, after, choices, duplicates }] of merges.entries()) {
    if (id === undone) {
      behind = true;
      const [was, became] = [valuesOf(before, definitions), valuesOf(after, definitions)];
      for (const name of Object.keys(became)) if (!same(was[name], became[name])) touched.add(name);
    } else {
      const primary = { ...rowOf(values, tagIds, now), callCount: before.callCount ?? 0, lastCallAt };
      const unites = "otherEmails" in after;
      const { changes } = planMerge([primary, ...duplicates], choices, definitions, unites);
      const names = Object.keys(changes) as (keyof ContactRow)[];
      const kept = Object.fromEntries(names.map((name) => [name, primary[name]]));
      others.push({ id, before: kept, after: changes });
      values = valuesOf({ ...primary, ...changes }, definitions);
      tagIds = changes.tagIds ?? tagIds;
      lastCallAt = changes.lastCallAt ?? null;
    }
    // Edits before the next merge, or until now.
    const next = merges[at + 1]?.before ?? now;
    const [end, begin] = [valuesOf(after, definitions), valuesOf(next, definitions)];
    const edits = Object.entries(begin).filter(([name, value]) => !same(value, end[name]));
    values = { ...values, ...Object.fromEntries(edits), ...editedLists(values, end, begin) };
    for (const [name, value] of behind ? edits : []) {
      changedSince.add(name);
      if (isWish(name, value)) wishes[name] = value;
    }
    const [had, has] = [new Set(after.tagIds), new Set(next.tagIds)];
    const kept = tagIds.filter((tag) => has.has(tag) || !had.has(tag));
    tagIds = [...new Set([...kept, ...[...has].filter((tag) => !had.has(tag))])];
  }
  // A restored duplicate takes its addresses back, whatever was changed since.
  const leaving = new Set(
    merges.flatMap(({ id, duplicates }) => (id === undone ? duplicates.flatMap(emailKeys) : [])),
  );
  const remaining = allEmails(emailsIn(values)).filter((address) => !leaving.has(emailKey(address) ?? ""));
  const { email, otherEmails } = emailsOf(remaining);
  values = { ...values, email, otherEmails };
  // Values from before the first merge that no longer fit their fields cannot be restored.
  const lost = definitions.filter((field) => {
    const value = customValue((first?.before.custom ?? {}) as CustomValues, field.slug);
    return value !== undefined && fitting(value, field) === undefined && touched.has(`custom.${field.slug}`);
  });
  const kept = valuesOf(now, definitions);
  for (const { slug } of lost) {
    values = { ...values, [`custom.${slug}`]: kept[`custom.${slug}`] };
    changedSince.add(`custom.${slug}`);
  }
  const { custom, ...row } = rowOf(values, tagIds, now);
  const columns = Object.fromEntries(columnNames.map((name) => [name, row[name as keyof typeof row]]));
  return {
    columns: {
      ...columns,
      custom: { ...unknown(now, definitions), ...(custom as object) } as ContactRow["custom"],
      tagIds: row.tagIds,
      lastCallAt,
    },
    others,
    left: [...touched].filter((name) => changedSince.has(name)),
    wishes,
  };
}

/** Values whose custom field was deleted are ignored. */
const unknown = ({ custom }: ContactRow, definitions: readonly Definition[]): CustomValues =>
  Object.fromEntries(
    Object.entries(custom as CustomValues).filter(
      ([slug]) => !definitions.some((field) => field.slug === slug),
    ),
  );
