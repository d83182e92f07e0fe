import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { trashedOf } from "../../entities/contact/contact.address.ts";
import { tagKey } from "../../lib/accents.ts";
import { emailKeys } from "../../lib/email.ts";
import { isBlank } from "../../lib/fold.ts";
import { findTags } from "../../records/tags.ts";
import { uniqueValuesOf } from "../../records/unique.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { Holders, ImportColumns, ImportEntity } from "./entity.ts";
import { type Grounds, judge } from "./judge.ts";
import { customKey, identifiedBy, type Meant } from "./meant.ts";
import { nameFromEmail } from "./name-from-email.ts";
import * as messages from "./notes.ts";
import { Owners } from "./owners.ts";
import { found, fresh, type Pending, writeAll } from "./pending.ts";
import { type ImportMatch, idKey, keysOf, traitsOf } from "./recognise.ts";
import { firstProblems, type ImportRow, type RowProblem } from "./row.ts";
import type { ImportValues } from "./values.ts";
import { AddressBook, matchRow } from "./who.ts";

/** Many rows in one transaction: each is created, updated, skipped or refused, and counted once. */

export interface BatchSettings {
  readonly mode: "SKIP" | "UPDATE";
  readonly dryRun: boolean;
  /** By what a row's record is recognised, in this order; null for the address, else name and phone number. */
  readonly matchOn: readonly ImportMatch[] | null;
  /** What becomes of a new record without a name: FROM_EMAIL takes one from its address. */
  readonly missingName: "REFUSE" | "FROM_EMAIL";
  /** What becomes of a row with values that are wrong: LEAVE_OUT imports the others. */
  readonly invalidValues: "REFUSE_ROW" | "LEAVE_OUT";
  readonly createMissingTags: boolean;
  /** Of amounts without one: ISO 4217. */
  readonly defaultCurrency: string | null;
  /** Tags that every row gets, by name or id; checked when the import was made. */
  readonly tags: readonly string[];
  /** Row id of the member to whom new records are assigned. */
  readonly ownerId: string | null;
  /** By what a dry run would recognise the records that it would have written, with the row that each would be of. */
  readonly seen: Map<string, number>;
}

export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  /** Of those: rows that made a contact whose address one in the trash has. */
  readonly inTrash: number;
  /** Of those: rows that went to the contact into which the one was merged that had their address. */
  readonly redirected: number;
  /** Values of theirs that were left out. */
  readonly leftOut: number;
  readonly errors: readonly RowNote[];
  /** Notes about rows that were not refused. */
  readonly notes: readonly RowNote[];
  /** What became of each row, in the order of the file. */
  readonly outcomes: readonly RowOutcome[];
}

/** What became of a row, or would become. */
export interface RowOutcome {
  readonly row: ImportRow;
  readonly outcome: "CREATED" | "UPDATED" | "SKIPPED" | "REFUSED";
  /** Its record; null when it is refused, or when several are meant. */
  readonly pending: Pending | null;
  /** Names of the tags that it gets. */
  readonly tags: readonly string[];
}

interface RowNote {
  readonly row: ImportRow;
  readonly problems: readonly RowProblem[];
}

/** Rows, e-mail addresses and values of custom fields that are checked before the event loop turns. */
const TURN = 500;

/**
 * Imports rows. A record is recognised by what the caller chose (`matchOn`); where nothing was chosen, by its e-mail
 * address, and where a row has none, by its name together with one of its phone numbers. Two rows that are recognised
 * so are the same record. The address of a contact that was merged leads to the one that it was merged into. An import
 * only adds: what a row does not say stays as it is, and no row takes back a wish not to be contacted.
 *
 * @param rows in the order of the file
 */
export async function importBatch(
  writer: Writer,
  entity: ImportEntity,
  rows: readonly ImportRow[],
  settings: BatchSettings,
): Promise<BatchResult> {
  const { mode, dryRun, matchOn, seen } = settings;
  const names = [...settings.tags, ...rows.flatMap(({ input }) => input?.tags ?? [])];
  const catalogue = await writer.catalogue(entity.entity, [...new Set(names)]);
  const { definitions } = catalogue;
  if (!dryRun) await writer.tx.lock.imports();
  const named = findTags(names, catalogue);
  const missing = new Set(named.missing.map(tagKey));
  const owners = await Owners.of(writer, rows);
  const { marks, ids, values } = await identifiedBy(writer, entity, rows, definitions, matchOn);
  const { records, people, addresses } = await entity.find(writer, {
    marks: marks.filter((each) => each !== null),
    matchOn,
    also: [
      ...[...ids.values()].filter((id) => id !== ""),
      ...(matchOn?.includes("CUSTOM_FIELD") ? [...values.values()].map(({ id }) => id) : []),
    ],
    lock: mode === "UPDATE" && !dryRun,
  });
  const count = { created: 0, updated: 0, skipped: 0, failed: 0, inTrash: 0, redirected: 0, leftOut: 0 };
  const errors: RowNote[] = [];
  const notes: RowNote[] = [];
  const outcomes: RowOutcome[] = [];
  const fail = (row: ImportRow, problems: readonly RowProblem[]) => {
    count.failed += 1;
    errors.push({ row, problems: firstProblems(problems) });
    outcomes.push({ row, outcome: "REFUSED", pending: null, tags: [] });
  };
  const pending: Pending[] = [];
  const byKey = new Map<string, Pending>();
  const byId = new Map<string, Pending>();
  const known = withMeant(people, records, ids, values);
  const addressBook = new AddressBook(seen, rows[0]?.row ?? 0);
  const grounds: Grounds = {
    entity,
    definitions,
    tags: named,
    missing,
    createMissingTags: settings.createMissingTags,
    defaultCurrency: settings.defaultCurrency,
    leaveOut: settings.invalidValues === "LEAVE_OUT",
    owners,
    addresses,
    addressBook,
    values,
    byKey,
  };
  let turn = 0;
  for (const [at, row] of rows.entries()) {
    const mark = marks[at];
    for (const { value } of row.input?.customFields ?? []) turn += Array.isArray(value) ? value.length : 1;
    turn += 1 + (mark?.emails.length ?? 0);
    if (turn > TURN) {
      turn = 0;
      await setImmediate();
    }
    if (row.input === null || mark == null) {
      fail(row, row.problems);
      continue;
    }
    const who = matchRow(traitsOf(mark, matchOn), { people: known, byKey, byId, seen }, row.row);
    if (who.several && mode === "UPDATE") {
      fail(row, [messages.severalMatch(entity.nouns.many, who.by)]);
      continue;
    }
    if (matchOn?.includes("ID") && row.input.id != null && !known.has(idKey(mark.id ?? ""))) {
      fail(row, [messages.noSuchId(row.columnOf(["id"]), entity.nouns.one)]);
      continue;
    }
    const before = who.pending ?? (who.holder ? found(who.holder, entity) : null);
    const there = before !== null || who.several || who.earlier !== null;
    const keys = entity.ownsAddress ? emailKeys({ email: null, otherEmails: mark.emails }) : [];
    const merged = new Set(
      keys.filter((key) => {
        const holder = addresses.get(key)?.holder;
        return holder?.merged && holder.id === before?.before?.id;
      }),
    );
    const given = there || settings.missingName === "REFUSE" ? row.input : withName(row.input, mark.name);
    const { input, remarks } = withoutRetracting(entity, before, given, merged);
    const verdict = judge(grounds, row, withKept(before, input, row.kept), {
      before,
      earlier: who.earlier,
      several: who.several,
      merged,
    });
    const { columns, problems, leftOut, unmade } = verdict;
    if (problems.length > 0) {
      fail(row, problems);
      continue;
    }
    if (merged.size > 0) count.redirected += 1;
    if (there && mode === "SKIP") {
      count.skipped += 1;
      if (merged.size > 0) notes.push({ row, problems: [messages.redirectedNote] });
      outcomes.push({ row, outcome: "SKIPPED", pending: before, tags: [] });
      continue;
    }
    const trashed = there ? [] : trashedOf(keys.flatMap((key) => addresses.get(key) ?? []));
    const wishes = entity.keptWishes(columns, trashed);
    if (trashed.some(({ visible }) => visible)) {
      count.inTrash += 1;
      remarks.push(messages.trashNote);
    }
    if (Object.keys(wishes).length > 0) remarks.push(messages.wishNote);
    if (verdict.unknownOwner !== null) remarks.push(verdict.unknownOwner);
    count.leftOut += leftOut.length;
    remarks.push(...firstProblems(leftOut.map(messages.leftOutNote)));
    if (remarks.length > 0) notes.push({ row, problems: remarks });
    const entry = before ?? fresh(entity, settings.ownerId);
    const after = { ...columns, ...wishes, ownerId: verdict.ownerId ?? entry.columns.ownerId };
    const tagNames = [...settings.tags, ...(verdict.input.tags ?? [])];
    const tags = tagNames.map(tagKey);
    if (there) count.updated += 1;
    else count.created += 1;
    outcomes.push({ row, outcome: there ? "UPDATED" : "CREATED", pending: entry, tags: tagNames });
    entry.changed ||= before === null || !changesNothing(before, after, tags, named.ids);
    entry.columns = after;
    for (const tag of tags) entry.tags.add(tag);
    for (const tag of unmade) missing.delete(tagKey(tag));
    if (entry !== who.pending) pending.push(entry);
    if (entry.before !== null) byId.set(entry.before.id, entry);
    const unique = uniqueValuesOf(columns.custom, definitions).map(customKey);
    const marksNow = { ...entity.marksOf(columns), id: entry.before?.id, unique };
    // An address that was left out is somebody else's.
    const whole = leftOut.length === row.leftOut.length;
    for (const trait of [...(whole ? keysOf(mark, matchOn) : []), ...keysOf(marksNow, matchOn)]) {
      byKey.set(trait, entry);
      if (dryRun && !seen.has(trait)) seen.set(trait, who.earlier ?? row.row);
    }
    for (const key of whole ? keys : emailKeys({ email: null, otherEmails: marksNow.emails })) {
      addressBook.give(key, entry);
    }
  }
  if (!dryRun) await writeAll(writer, entity, pending, named, names);
  return { ...count, errors, notes, outcomes };
}

/** Whether a record is already as a row says, tags included. @param ids of tags by their keys */
const changesNothing = (
  { before, columns, tags: added }: Pending,
  after: ImportColumns,
  tags: readonly string[],
  ids: ReadonlyMap<string, string>,
): boolean =>
  isDeepStrictEqual(after, columns) &&
  tags.every((tag) => added.has(tag) || before?.tagIds.includes(ids.get(tag) ?? "") === true);

/** Whom rows mean by what they are recognised by, with those that they mean by an id or a unique value. */
function withMeant(
  people: Holders["people"],
  records: Holders["records"],
  ids: Meant["ids"],
  values: Meant["values"],
): Holders["people"] {
  const all = new Map(people);
  for (const id of ids.values()) {
    const record = records.get(id);
    if (record) all.set(idKey(id), record);
  }
  for (const [key, { id }] of values) {
    const record = records.get(id);
    if (record) all.set(key, record);
  }
  return all;
}

/** The input for an existing record, without what an import must not change, and notes about that. */
function withoutRetracting(
  entity: ImportEntity,
  before: Pending | null,
  given: ImportValues,
  merged: ReadonlySet<string>,
): { readonly input: ImportValues; readonly remarks: RowProblem[] } {
  if (before === null) return { input: given, remarks: [] };
  const { input, kept } = entity.withoutTakingBack(before.columns, given);
  const remarks = [
    ...(merged.size > 0 ? [messages.redirectedNote] : []),
    ...(kept.length > 0 ? [messages.wishNote] : []),
  ];
  // The record keeps the addresses that it has.
  return { input: entity.withoutKnown(before.columns, input, merged), remarks };
}

/** What a row says, with a name from its address where it has none. */
const withName = (input: ImportValues, name: string): ImportValues =>
  isBlank(name) && input.email != null ? { ...input, name: nameFromEmail(input.email) } : input;

/** What a row says, with lines for the notes that they do not have. */
function withKept(before: Pending | null, input: ImportValues, kept: readonly string[]): ImportValues {
  if (kept.length === 0) return input;
  const notes = input.notes ?? before?.columns.notes ?? "";
  const lines = kept.filter((line) => !`\n${notes}\n`.includes(`\n${line}\n`));
  return lines.length === 0
    ? input
    : { ...input, notes: [...(notes === "" ? [] : [notes]), ...lines].join("\n") };
}
