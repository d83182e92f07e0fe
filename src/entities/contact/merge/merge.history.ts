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
 * What a contact would be if one of its merges had never been. Pure.
 *
 * Each merge keeps what the primary was before and after it. What differs between the end of one and the beginning of
 * the next was changed by somebody, and so was what differs between the last one and the contact as it is now. Those
 * changes and the other merges, done once more in their order, are the contact without the one merge.
 */

/** A merge that is not undone. */
export interface PastMerge {
  readonly id: string;
  readonly before: Partial<ContactRow>;
  readonly after: Partial<ContactRow>;
  /** Whose values its caller chose. */
  readonly choices: readonly WantedChoice[];
  /** The contacts that went into the primary, in the order in which they were given. */
  readonly duplicates: readonly ContactRow[];
}

export interface Without {
  /** The primary's columns as they would be; calls apart from the time of the last one are not among them. */
  readonly columns: Partial<ContactRow>;
  /** The other merges, as if the one had never been. */
  readonly others: readonly Pick<PastMerge, "id" | "before" | "after">[];
  /** Fields that the merge had changed and somebody has changed since: they stay as they are. */
  readonly left: readonly string[];
  /** Wishes that came after the merge. Nobody knows whose of them they are, so that all of them have them. */
  readonly wishes: Wishes;
}

type State = Readonly<Record<string, unknown>>;

const columnNames: readonly string[] = Object.values(mergeFields).flatMap(({ columns }) => columns);

/** A column that no contact of a merge had a value in is in no record of it. */
const blank = (name: string): unknown => emptyContact[name as keyof ContactColumns];

const text = (value: unknown): string => JSON.stringify(toSnapshot(value)) ?? "";
const same = (one: unknown, other: unknown): boolean => text(one ?? null) === text(other ?? null);

/** A contact's values one by one: its columns by their names, its custom values by `custom.<slug>`. */
function valuesOf(row: Partial<ContactRow>, definitions: readonly Definition[]): State {
  const columns = columnNames.map((name) => [name, row[name as keyof ContactRow] ?? blank(name)]);
  const custom = definitions.map((definition) => {
    const value = customValue((row.custom ?? {}) as CustomValues, definition.slug);
    return [`custom.${definition.slug}`, value === undefined ? undefined : fitting(value, definition)];
  });
  return Object.fromEntries([...columns, ...custom]);
}

/** A value as its field keeps it now; undefined when it no longer fits. */
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

/** Addresses and phone numbers after somebody made those of `begin` of those of `end`. */
function editedLists(values: State, end: State, begin: State): State {
  const emails = (state: State) => allEmails(emailsIn(state));
  const key = (address: string) => emailKey(address) ?? address;
  const addresses = edited(emails(values), emails(end), emails(begin), key);
  const phones = edited(phonesIn(values), phonesIn(end), phonesIn(begin), (number) => number);
  const { email, otherEmails } = emailsOf(addresses);
  return { email, otherEmails, phoneNumbers: phones.slice(0, MAX_PHONE_NUMBERS) };
}

/**
 * A list with what somebody did to another one: what was taken away and added. Where that one was put in another order
 * than with what was added at its end, its order comes first.
 *
 * @param was the other one before
 * @param is the other one after
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
    // Written in another way, where somebody did so.
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

/** The values as a contact's columns. */
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
 * @param now the primary as it is
 * @param merges all of its merges that are not undone and whose data are still kept, in their order
 * @param undone the id of the one that is to have never been
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
    // What somebody changed before the next merge, or until now.
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
  // Who leaves takes their addresses along, whatever was done with them meanwhile.
  const leaving = new Set(
    merges.flatMap(({ id, duplicates }) => (id === undone ? duplicates.flatMap(emailKeys) : [])),
  );
  const remaining = allEmails(emailsIn(values)).filter((address) => !leaving.has(emailKey(address) ?? ""));
  const { email, otherEmails } = emailsOf(remaining);
  values = { ...values, email, otherEmails };
  // Values of before the first merge that no longer fit their fields cannot come back.
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

/** Values whose field is gone are nobody's matter. */
const unknown = ({ custom }: ContactRow, definitions: readonly Definition[]): CustomValues =>
  Object.fromEntries(
    Object.entries(custom as CustomValues).filter(
      ([slug]) => !definitions.some((field) => field.slug === slug),
    ),
  );
