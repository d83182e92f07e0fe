import { setImmediate } from "node:timers/promises";
import type { ContactRow } from "../../db/prisma/rows.ts";
import { type ContactColumns, contactColumns, emptyContact } from "../../entities/contact/contact.columns.ts";
import type { ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { applyInput } from "../../entities/contact/contact.rules.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import type { Refusal } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { newId } from "../../lib/typeid.ts";
import { findDefinition } from "../../records/custom.ts";
import { applyOwner } from "../../records/owner.ts";
import { findTags, makeTags, tagKey, tagRefusals } from "../../records/tags.ts";
import type { Writer } from "../../records/writer.ts";
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
  readonly errors: readonly { readonly row: ImportRow; readonly problems: readonly RowProblem[] }[];
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
 * of its phone numbers; two rows that are recognised so are the same contact. An import only adds: what a row does not
 * say stays as it is.
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
  const named = findTags(names, catalogue);
  const missing = new Set(named.missing.map(tagKey));
  const owners = await ownersOf(writer, rows);
  const people = await holders(writer, rows, settings.mode);
  const count = { created: 0, updated: 0, skipped: 0, failed: 0 };
  const errors: { row: ImportRow; problems: readonly RowProblem[] }[] = [];
  const fail = (row: ImportRow, problems: readonly RowProblem[]) => {
    count.failed += 1;
    errors.push({ row, problems: firstProblems(problems) });
  };
  const pending: Pending[] = [];
  const byKey = new Map<string, Pending>();
  let turn = 0;
  for (const row of rows) {
    const { input } = row;
    turn += 1 + (input?.customFields?.length ?? 0);
    if (turn > TURN) {
      turn = 0;
      await setImmediate();
    }
    if (input === null) {
      fail(row, row.problems);
      continue;
    }
    const keys = recognisedBy(input);
    const mine = firstOf(keys, byKey);
    const holder = firstOf(keys, people);
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
    if (there && settings.mode === "SKIP") {
      count.skipped += 1;
      continue;
    }
    if (there) count.updated += 1;
    else count.created += 1;
    const entry = before ?? fresh(settings.ownerId);
    entry.columns = { ...columns, ownerId: owner?.ownerId ?? entry.columns.ownerId };
    for (const tag of [...settings.tags, ...(input.tags ?? [])]) entry.tags.add(tagKey(tag));
    for (const tag of unmade.missing) missing.delete(tagKey(tag));
    entry.changed = true;
    if (entry !== mine) pending.push(entry);
    for (const key of [...keys, ...personKeys(columns.name, columns.phoneNumbers)]) {
      byKey.set(key, entry);
      if (settings.dryRun && !settings.seen.has(key)) settings.seen.set(key, row.row);
    }
  }
  if (!settings.dryRun) await writeAll(writer, pending, named, names);
  return { ...count, errors };
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

/** Who a row's contact may be: one of the caller's, somebody else's, or more than one of the caller's. */
type Holder = ContactRow | "hidden" | "several";

/** Who has what the rows are recognised by; those of the caller's are held where they may be changed. */
async function holders(
  { tx }: Writer,
  rows: readonly ImportRow[],
  mode: BatchSettings["mode"],
): Promise<ReadonlyMap<string, Holder>> {
  const keys = rows.flatMap(({ input }) => (input?.email == null ? [] : (emailKey(input.email) ?? [])));
  const all = await tx.bulk.emailHolders([...new Set(keys)]);
  const ids = [...new Set([...all.map(({ id }) => id), ...(await namesakes(tx, rows))])];
  if (mode === "UPDATE") await tx.lock.rows("contact", ids, "update");
  const visible = new Map(
    (ids.length === 0 ? [] : await tx.contact.findMany({ where: { id: { in: ids }, deletedAt: null } })).map(
      (row) => [row.id, row],
    ),
  );
  const held = new Map<string, Holder>(all.map(({ key, id }) => [key, visible.get(id) ?? "hidden"]));
  for (const row of visible.values()) {
    for (const key of personKeys(row.name, row.phoneNumbers)) held.set(key, held.has(key) ? "several" : row);
  }
  return held;
}

/** Ids of contacts that have a name and a phone number of rows without an address. */
async function namesakes(tx: Writer["tx"], rows: readonly ImportRow[]): Promise<string[]> {
  const keys = rows.flatMap(({ input }) =>
    input === null || input.email != null ? [] : recognisedBy(input),
  );
  if (keys.length === 0) return [];
  const [phones, names] = [0, 1].map((part) => [...new Set(keys.map((key) => key.split("\n")[part] ?? ""))]);
  // No two imports make the same person at once: who is not there yet has no row to hold.
  await tx.lock.phones(["of an import"]);
  const found = await tx.contact.findMany({
    where: { deletedAt: null, nameKey: { in: names ?? [] }, phoneNumbers: { hasSome: phones ?? [] } },
    select: { id: true },
  });
  return found.map(({ id }) => id);
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
  await writer.insertContacts(created);
  await writer.updateContacts(updated);
}

async function tagIdsByKey({ tx }: Writer, names: readonly string[]): Promise<Map<string, string>> {
  const tags = await tx.tag.findMany({ where: { nameKey: { in: names.map(tagKey) } } });
  return new Map(tags.map(({ nameKey, id }) => [nameKey, id]));
}
