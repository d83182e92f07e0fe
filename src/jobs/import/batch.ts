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

/** Imports many rows in one transaction: each row is created, updated, skipped or refused, and counted once. */

export interface BatchSettings {
  readonly mode: "SKIP" | "UPDATE";
  readonly dryRun: boolean;
  /**
   * Keys that match rows to existing records, in this order; null for the default: e-mail address, otherwise name
   * with phone number.
   */
  readonly matchOn: readonly ImportMatch[] | null;
  /** What to do with a new record without a name: FROM_EMAIL makes the name from the e-mail address. */
  readonly missingName: "REFUSE" | "FROM_EMAIL";
  /** What to do with a row that has invalid values: LEAVE_OUT imports the row without them. */
  readonly invalidValues: "REFUSE_ROW" | "LEAVE_OUT";
  readonly createMissingTags: boolean;
  /** ISO 4217 code for amounts without a currency. */
  readonly defaultCurrency: string | null;
  /** Tags added to every row, by name or id; checked when the job was created. */
  readonly tags: readonly string[];
  /** Row id of the member to whom new records are assigned. */
  readonly ownerId: string | null;
  /**
   * In a dry run, the matching keys of records that it would have written, with the number of the first row of each.
   */
  readonly seen: Map<string, number>;
}

export interface BatchResult {
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  /** Number of created contacts whose address is also that of a contact in the trash. */
  readonly inTrash: number;
  /** Number of rows matched to a contact that the contact with their address was merged into. */
  readonly redirected: number;
  /** Number of invalid values that were left out. */
  readonly leftOut: number;
  readonly errors: readonly RowNote[];
  /** Notes about imported rows. */
  readonly notes: readonly RowNote[];
  /** The result of each row, in the order of the file. */
  readonly outcomes: readonly RowOutcome[];
}

/** The result of a row; in a dry run, the expected result. */
export interface RowOutcome {
  readonly row: ImportRow;
  readonly outcome: "CREATED" | "UPDATED" | "SKIPPED" | "REFUSED";
  /** The record to write; null if the row is refused, or matches several records. */
  readonly pending: Pending | null;
  /** Names of the tags that the record gets. */
  readonly tags: readonly string[];
}

interface RowNote {
  readonly row: ImportRow;
  readonly problems: readonly RowProblem[];
}

/** Number of rows, e-mail addresses or custom values after which the event loop may run other work. */
const TURN = 500;

/**
 * Imports rows. A row is matched to a record by `matchOn`; by default by its e-mail address or, without one, by its
 * name together with one of its phone numbers. Rows that match each other are one record. The address of a merged
 * contact matches the contact that it was merged into. An import only adds: fields that a row does not have stay as
 * they are, and no row withdraws a "do not contact" setting.
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
    // A left-out address belongs to another record.
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

/**
 * Whether a record already has the values and tags of a row.
 *
 * @param ids of tags by their keys
 */
const changesNothing = (
  { before, columns, tags: added }: Pending,
  after: ImportColumns,
  tags: readonly string[],
  ids: ReadonlyMap<string, string>,
): boolean =>
  isDeepStrictEqual(after, columns) &&
  tags.every((tag) => added.has(tag) || before?.tagIds.includes(ids.get(tag) ?? "") === true);

/** Adds the records that rows match by an id or a unique value. */
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

/** The input for an existing record without changes that an import must not make, and notes about them. */
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

/** The input with a name from its e-mail address if it has none. */
const withName = (input: ImportValues, name: string): ImportValues =>
  isBlank(name) && input.email != null ? { ...input, name: nameFromEmail(input.email) } : input;

/** The input with the lines that its notes do not have yet. */
function withKept(before: Pending | null, input: ImportValues, kept: readonly string[]): ImportValues {
  if (kept.length === 0) return input;
  const notes = input.notes ?? before?.columns.notes ?? "";
  const lines = kept.filter((line) => !`\n${notes}\n`.includes(`\n${line}\n`));
  return lines.length === 0
    ? input
    : { ...input, notes: [...(notes === "" ? [] : [notes]), ...lines].join("\n") };
}
