import { setImmediate } from "node:timers/promises";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { keptWishes, withoutTakingBack } from "../../entities/contact/contact.address.ts";
import { insertContacts, updateContacts } from "../../entities/contact/contact.bulk.ts";
import type { ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { type ContactColumns, contactColumns, emptyContact } from "../../entities/contact/contact.row.ts";
import { applyInput } from "../../entities/contact/contact.rules.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import type { Refusal } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { newId } from "../../lib/typeid.ts";
import { findDefinition } from "../../records/custom.ts";
import { applyOwner } from "../../records/owner.ts";
import { findTags, makeTags, tagKey, tagRefusals } from "../../records/tags.ts";
import type { Writer } from "../../records/write/writer.ts";
import { holders } from "./holders.ts";
import { firstOf, personKeys, recognisedBy } from "./recognise.ts";
import { firstProblems, type ImportRow, type RowProblem } from "./row.ts";

/** Many rows in one transaction: each is created, updated, skipped or refused, and counted once. */

export interface BatchSettings {
  readonly mode: "SKIP" | "UPDATE";
  readonly dryRun: boolean;
  readonly createMissingTags: boolean;
  /** Tags that every row gets, by name or id; checked when the import was made. */
  readonly tags: readonly string[];
  /** Row id of the member to whom new contacts are assigned. */
  readonly ownerId: string | null;
  /** By what a dry run would recognise the contacts that it would have made, with the row that each would be of. */
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

/** A contact that is to be written: a new one, or one that is there. */
interface Pending {
  readonly before: ContactRow | null;
  columns: ContactColumns;
  tags: Set<string>;
  changed: boolean;
}

/** Rows, and values of custom fields, that are checked before the event loop turns. */
const TURN = 500;

/**
 * Imports rows. A contact is recognised by its e-mail address, and where a row has none, by its name together with one
 * of its phone numbers; two rows that are recognised so are the same contact. The address of a contact that was merged
 * leads to the one that it was merged into. An import only adds: what a row does not say stays as it is, and no row takes
 * back a wish not to be contacted.
 *
 * @param rows in the order of the file
 */
export async function importBatch(
  writer: Writer,
  rows: readonly ImportRow[],
  settings: BatchSettings,
): Promise<BatchResult> {
  const names = [...settings.tags, ...rows.flatMap(({ input }) => input?.tags ?? [])];
  const catalogue = await writer.catalogue("CONTACT", [...new Set(names)]);
  if (!settings.dryRun) await writer.tx.lock.imports();
  const named = findTags(names, catalogue);
  const missing = new Set(named.missing.map(tagKey));
  const owners = await ownersOf(writer, rows);
  const { people, addresses } = await holders(writer, rows, settings);
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
  let turn = 0;
  for (const row of rows) {
    for (const { value } of row.input?.customFields ?? []) turn += Array.isArray(value) ? value.length : 1;
    turn += 1;
    if (turn > TURN) {
      turn = 0;
      await setImmediate();
    }
    if (row.input === null) {
      fail(row, row.problems);
      continue;
    }
    const keys = recognisedBy(row.input);
    const holder = firstOf(keys, people);
    const mine = firstOf(keys, byKey) ?? (typeof holder === "object" ? byId.get(holder.id) : undefined);
    const address = row.input.email == null ? undefined : addresses.get(emailKey(row.input.email) ?? "");
    const merged = address?.holder?.merged === true;
    // The batch may run again: what it has seen itself does not count.
    const earlier = keys.some((key) => (settings.seen.get(key) ?? row.row) < row.row);
    const there = mine !== undefined || holder !== undefined || earlier;
    if (holder === "hidden" && mine === undefined) {
      fail(row, [
        { column: "email", code: "EMAIL_TAKEN", message: "another contact has this e-mail address" },
      ]);
      continue;
    }
    if (holder === "several" && mine === undefined && settings.mode === "UPDATE") {
      fail(row, [severalMatch]);
      continue;
    }
    const before = mine ?? (typeof holder === "object" ? found(holder) : null);
    const { input, told } = heard(before, row.input, merged);
    const known = before?.columns ?? (earlier ? nameless : emptyContact);
    const { refusals, columns } = check(known, input, catalogue.definitions);
    const owner = input.ownerId == null ? undefined : owners.get(input.ownerId);
    const unmade = { ids: named.ids, missing: (input.tags ?? []).filter((tag) => missing.has(tagKey(tag))) };
    const create = input.createMissingTags ?? settings.createMissingTags;
    const unknown = tagRefusals(unmade, ["input", "tags"], create);
    const problems = [...refusals, ...(owner?.refusals ?? []), ...unknown].map(problemOf);
    if (problems.length > 0) {
      fail(row, problems);
      continue;
    }
    if (merged) count.redirected += 1;
    if (there && settings.mode === "SKIP") {
      count.skipped += 1;
      if (merged) notes.push({ row, problems: [redirectedNote] });
      continue;
    }
    const trashed = there ? [] : (address?.trashed ?? []);
    const wishes = keptWishes(columns, trashed);
    if (trashed.some(({ visible }) => visible)) {
      count.inTrash += 1;
      told.push(trashNote);
    }
    if (Object.keys(wishes).length > 0) told.push(wishNote);
    if (told.length > 0) notes.push({ row, problems: told });
    if (there) count.updated += 1;
    else count.created += 1;
    const entry = before ?? fresh(settings.ownerId);
    entry.columns = { ...columns, ...wishes, ownerId: owner?.ownerId ?? entry.columns.ownerId };
    for (const tag of [...settings.tags, ...(input.tags ?? [])]) entry.tags.add(tagKey(tag));
    for (const tag of unmade.missing) missing.delete(tagKey(tag));
    entry.changed = true;
    if (entry !== mine) pending.push(entry);
    if (entry.before !== null) byId.set(entry.before.id, entry);
    for (const key of [...keys, ...personKeys(columns.name, columns.phoneNumbers)]) {
      byKey.set(key, entry);
      if (settings.dryRun && !settings.seen.has(key)) settings.seen.set(key, row.row);
    }
  }
  if (!settings.dryRun) await writeAll(writer, pending, named, names);
  return { ...count, errors, notes };
}

const note = (code: string, message: string): RowProblem => ({ column: null, code, message });

const trashNote = note("IN_TRASH", "a contact in the trash has this e-mail address; a new one was made");
const redirectedNote = note(
  "REDIRECTED",
  "the contact that had this e-mail address was merged into another one, which was taken for it",
);
const wishNote = note(
  "WISH_KEPT",
  "whoever has this e-mail address has asked not to be contacted, or not by phone; the wish is kept",
);

/** What a row says of a contact that is there, and what is to be said of it. */
function heard(
  before: Pending | null,
  given: ContactCreateValues,
  merged: boolean,
): { readonly input: ContactCreateValues; readonly told: RowProblem[] } {
  if (before === null) return { input: given, told: [] };
  const { input, kept } = withoutTakingBack(before.columns, given);
  const told = [...(merged ? [redirectedNote] : []), ...(kept.length > 0 ? [wishNote] : [])];
  // The contact keeps the address that it has.
  return { input: merged ? { ...input, email: undefined } : input, told };
}

const found = (row: ContactRow): Pending => ({
  before: row,
  columns: contactColumns(row),
  tags: new Set(),
  changed: false,
});

const fresh = (ownerId: string | null): Pending => ({
  before: null,
  columns: { ...emptyContact, ownerId },
  tags: new Set(),
  changed: false,
});

/** A contact that a dry run would have made: it has a name and can be reached, and nothing of it is looked at. */
const nameless: ContactColumns = { ...emptyContact, name: "?", email: "?" };

const severalMatch: RowProblem = {
  column: null,
  code: "AMBIGUOUS_MATCH",
  message: "several contacts have this name and phone number; give the row an e-mail address",
};

const problemOf = ({ path, code, message }: Refusal): RowProblem => ({
  column: path[1] ?? null,
  code,
  message,
});

function check(before: ContactColumns, input: ContactCreateValues, definitions: readonly Definition[]) {
  const { tags: _, customFields, ...given } = input;
  // A field without a value stays as it is; one that does not exist is refused all the same.
  const said = customFields?.filter(
    ({ slug, value }) => !isNothing(value) || !findDefinition(slug, definitions),
  );
  const { after, refusals } = applyInput(before, { ...given, customFields: said }, definitions);
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

async function writeAll(
  writer: Writer,
  pending: readonly Pending[],
  named: ReturnType<typeof findTags>,
  names: readonly string[],
): Promise<void> {
  const written = pending.filter(({ changed }) => changed);
  const used = new Set(written.flatMap(({ tags }) => [...tags]));
  const wanted = names.filter((name) => used.has(tagKey(name)));
  const missing = named.missing.filter((name) => used.has(tagKey(name)));
  await makeTags(writer, { ids: named.ids, missing }, wanted);
  const made = missing.length === 0 ? new Map() : await tagIdsByKey(writer, missing);
  const tagIdsOf = (tags: ReadonlySet<string>): string[] =>
    [...tags].flatMap((key) => named.ids.get(key) ?? made.get(key) ?? []);
  const created: (ContactColumns & { id: string; tagIds: string[] })[] = [];
  const updated: { before: ContactRow; columns: ContactColumns & { tagIds: string[] } }[] = [];
  for (const { before, columns, tags } of written) {
    const tagIds = [...new Set([...(before?.tagIds ?? []), ...tagIdsOf(tags)])];
    if (before === null) created.push({ ...columns, id: newId(), tagIds });
    else updated.push({ before, columns: { ...columns, tagIds } });
  }
  // In one order, as whoever makes contacts of the same addresses waits for each.
  created.sort((one, other) => (addressKey(one) < addressKey(other) ? -1 : 1));
  await insertContacts(writer, created);
  await updateContacts(writer, updated);
}

const addressKey = ({ email }: ContactColumns): string => (email === null ? "" : (emailKey(email) ?? ""));

async function tagIdsByKey({ tx }: Writer, names: readonly string[]): Promise<Map<string, string>> {
  const tags = await tx.tag.findMany({ where: { nameKey: { in: names.map(tagKey) } } });
  return new Map(tags.map(({ nameKey, id }) => [nameKey, id]));
}
