import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { trashedOf } from "../../entities/contact/contact.address.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { tagKey } from "../../lib/accents.ts";
import { emailKey, emailKeys } from "../../lib/email.ts";
import type { Refusal } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { findDefinition } from "../../records/custom.ts";
import { applyOwner } from "../../records/owner.ts";
import { findTags, tagRefusals } from "../../records/tags.ts";
import { uniqueValuesOf } from "../../records/unique.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { Holders, ImportColumns, ImportEntity } from "./entity.ts";
import { customKey, type Meant, meantBy } from "./meant.ts";
import { nameFromEmail } from "./name-from-email.ts";
import * as told from "./notes.ts";
import { found, fresh, type Pending, writeAll } from "./pending.ts";
import { type ImportMatch, idKey, keysOf, traitsOf } from "./recognise.ts";
import { firstProblems, type ImportRow, type RowProblem } from "./row.ts";
import type { ImportValues } from "./values.ts";
import { AddressBook, whoIs } from "./who.ts";

/** Many rows in one transaction: each is created, updated, skipped or refused, and counted once. */

export interface BatchSettings {
  readonly mode: "SKIP" | "UPDATE";
  readonly dryRun: boolean;
  /** By what a row's record is recognised, in this order; null for the address, else name and phone number. */
  readonly matchOn: readonly ImportMatch[] | null;
  /** What becomes of a new record without a name: FROM_EMAIL takes one from its address. */
  readonly missingName: "REFUSE" | "FROM_EMAIL";
  readonly createMissingTags: boolean;
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
  readonly errors: readonly RowTold[];
  /** What is to be said of rows that were not refused. */
  readonly notes: readonly RowTold[];
}

interface RowTold {
  readonly row: ImportRow;
  readonly problems: readonly RowProblem[];
}

/** Rows, and values of custom fields, that are checked before the event loop turns. */
const TURN = 500;

/**
 * Imports rows. A record is recognised by what the caller chose (`matchOn`); where nothing was chosen, by its e-mail
 * address, and where a row has none, by its name together with one of its phone numbers. Two rows that are recognised so are
 * the same record. The address of a contact that was merged leads to the one that it was merged into. An import only adds:
 * what a row does not say stays as it is, and no row takes back a wish not to be contacted.
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
  if (!dryRun) await writer.tx.lock.imports();
  const named = findTags(names, catalogue);
  const missing = new Set(named.missing.map(tagKey));
  const owners = await ownersOf(writer, rows);
  const { marks, ids, values } = await meantBy(writer, entity, rows, catalogue.definitions, matchOn);
  const { records, people, addresses } = await entity.find(writer, {
    marks: marks.filter((each) => each !== null),
    matchOn,
    also: [
      ...[...ids.values()].filter((id) => id !== ""),
      ...(matchOn?.includes("CUSTOM_FIELD") ? [...values.values()].map(({ id }) => id) : []),
    ],
    lock: mode === "UPDATE" && !dryRun,
  });
  const count = { created: 0, updated: 0, skipped: 0, failed: 0, inTrash: 0, redirected: 0 };
  const errors: RowTold[] = [];
  const notes: RowTold[] = [];
  const fail = (row: ImportRow, problems: readonly RowProblem[]) => {
    count.failed += 1;
    errors.push({ row, problems: firstProblems(problems) });
  };
  const pending: Pending[] = [];
  const byKey = new Map<string, Pending>();
  const byId = new Map<string, Pending>();
  const known = withMeant(people, records, ids, values);
  const addressBook = new AddressBook(seen, rows[0]?.row ?? 0);
  let turn = 0;
  for (const [at, row] of rows.entries()) {
    const mark = marks[at];
    for (const { value } of row.input?.customFields ?? []) turn += Array.isArray(value) ? value.length : 1;
    turn += 1;
    if (turn > TURN) {
      turn = 0;
      await setImmediate();
    }
    if (row.input === null || mark == null) {
      fail(row, row.problems);
      continue;
    }
    const traits = traitsOf(mark, matchOn);
    const who = whoIs(traits, { people: known, byKey, byId, seen }, row.row);
    if (who.several && mode === "UPDATE") {
      fail(row, [told.severalMatch(entity.nouns.many, who.by)]);
      continue;
    }
    const before = who.pending ?? (who.holder ? found(who.holder, entity) : null);
    const there = before !== null || who.several || who.earlier !== null;
    const keys = entity.ownsAddress ? emailKeys({ email: null, otherEmails: mark.emails }) : [];
    const holderOf = (key: string) => addresses.get(key)?.holder ?? null;
    const merged = new Set(
      keys.filter((key) => holderOf(key)?.merged && holderOf(key)?.id === before?.before?.id),
    );
    const given = there || settings.missingName === "REFUSE" ? row.input : withName(row.input, mark.name);
    const { input, said } = heard(entity, before, given, merged);
    if (matchOn?.includes("ID") && row.input.id != null && !known.has(idKey(mark.id ?? ""))) {
      fail(row, [told.noSuchId(entity.nouns.one)]);
      continue;
    }
    const earlier = before?.columns ?? (who.earlier === null ? entity.empty : nameless(entity));
    const { refusals, columns } = check(entity, earlier, input, catalogue.definitions);
    const owner = input.ownerId == null ? undefined : owners.get(input.ownerId);
    const unmade = { ids: named.ids, missing: (input.tags ?? []).filter((tag) => missing.has(tagKey(tag))) };
    const create = input.createMissingTags ?? settings.createMissingTags;
    const unknown = tagRefusals(unmade, ["input", "tags"], create);
    const problems = [...refusals, ...(owner?.refusals ?? []), ...unknown].map(problemOf);
    for (const key of who.several ? [] : keys.filter((each) => !merged.has(each))) {
      const holder = holderOf(key);
      const others = holder !== null && holder.id !== before?.before?.id;
      if (others || addressBook.isTaken(key, before, who.earlier)) {
        const primary = row.input.email != null && emailKey(row.input.email) === key;
        problems.push(told.emailTaken(primary ? "email" : "otherEmails"));
      }
    }
    if (!who.several) {
      for (const value of uniqueValuesOf(columns.custom, catalogue.definitions)) {
        const key = customKey(value);
        const holder = values.get(key);
        const others = holder !== undefined && holder.id !== before?.before?.id;
        const mine = byKey.get(key);
        if (others || (mine !== undefined && mine !== before)) {
          problems.push(told.valueTaken(entity.nouns.one, value.slug));
        }
      }
    }
    if (problems.length > 0) {
      fail(row, problems);
      continue;
    }
    if (merged.size > 0) count.redirected += 1;
    if (there && mode === "SKIP") {
      count.skipped += 1;
      if (merged.size > 0) notes.push({ row, problems: [told.redirectedNote] });
      continue;
    }
    const trashed = there ? [] : trashedOf(keys.flatMap((key) => addresses.get(key) ?? []));
    const wishes = entity.keptWishes(columns, trashed);
    if (trashed.some(({ visible }) => visible)) {
      count.inTrash += 1;
      said.push(told.trashNote);
    }
    if (Object.keys(wishes).length > 0) said.push(told.wishNote);
    if (said.length > 0) notes.push({ row, problems: said });
    const entry = before ?? fresh(entity, settings.ownerId);
    const after = { ...columns, ...wishes, ownerId: owner?.ownerId ?? entry.columns.ownerId };
    const tags = [...settings.tags, ...(input.tags ?? [])].map(tagKey);
    if (there) count.updated += 1;
    else count.created += 1;
    entry.changed ||= before === null || !changesNothing(before, after, tags, named.ids);
    entry.columns = after;
    for (const tag of tags) entry.tags.add(tag);
    for (const tag of unmade.missing) missing.delete(tagKey(tag));
    if (entry !== who.pending) pending.push(entry);
    if (entry.before !== null) byId.set(entry.before.id, entry);
    const unique = uniqueValuesOf(columns.custom, catalogue.definitions).map(customKey);
    const marksNow = { ...entity.marksOf(columns), id: entry.before?.id, unique };
    for (const trait of [...keysOf(mark, matchOn), ...keysOf(marksNow, matchOn)]) {
      byKey.set(trait, entry);
      if (dryRun && !seen.has(trait)) seen.set(trait, who.earlier ?? row.row);
    }
    for (const key of keys) addressBook.give(key, entry);
  }
  if (!dryRun) await writeAll(writer, entity, pending, named, names);
  return { ...count, errors, notes };
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

/** What a row says of a record that is there, and what is to be said of it. */
function heard(
  entity: ImportEntity,
  before: Pending | null,
  given: ImportValues,
  merged: ReadonlySet<string>,
): { readonly input: ImportValues; readonly said: RowProblem[] } {
  if (before === null) return { input: given, said: [] };
  const { input, kept } = entity.withoutTakingBack(before.columns, given);
  const said = [
    ...(merged.size > 0 ? [told.redirectedNote] : []),
    ...(kept.length > 0 ? [told.wishNote] : []),
  ];
  // The record keeps the addresses that it has.
  return { input: entity.withoutKnown(before.columns, input, merged), said };
}

/** What a row says, with a name from its address where it has none. */
const withName = (input: ImportValues, name: string): ImportValues =>
  isBlank(name) && input.email != null ? { ...input, name: nameFromEmail(input.email) } : input;

/** A record that a dry run would have made: it has a name and can be reached, and nothing of it is looked at. */
const nameless = ({ empty }: ImportEntity): ImportColumns => ({ ...empty, name: "?", email: "?" });

const problemOf = ({ path, code, message }: Refusal): RowProblem => ({
  column: path[1] ?? null,
  code,
  message,
});

function check(
  entity: ImportEntity,
  before: ImportColumns,
  { customFields, id: _id, ...given }: ImportValues,
  definitions: readonly Definition[],
) {
  // A field without a value stays as it is; one that does not exist is refused all the same.
  const said = customFields?.filter(
    ({ slug, value }) => !isNothing(value) || !findDefinition(slug, definitions),
  );
  const { after, refusals } = entity.apply(before, { ...given, customFields: said }, definitions);
  return { columns: after, refusals };
}

const isNothing = (value: unknown): boolean =>
  value == null ||
  (typeof value === "string" && isBlank(value)) ||
  (Array.isArray(value) && value.length === 0);

/** The members to whom rows are to be assigned, by the ids that the rows say, each looked for once. */
async function ownersOf({ tx, caller }: Writer, rows: readonly ImportRow[]) {
  const owners = new Map<string, Awaited<ReturnType<typeof applyOwner>>>();
  for (const id of new Set(rows.flatMap(({ input }) => input?.ownerId ?? []))) {
    owners.set(id, await applyOwner(caller, tx, undefined, id));
  }
  return owners;
}
