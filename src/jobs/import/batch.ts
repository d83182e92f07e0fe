import type { ContactRow } from "../../db/prisma/rows.ts";
import { type ContactColumns, contactColumns, emptyContact } from "../../entities/contact/contact.columns.ts";
import { applyInput } from "../../entities/contact/contact.rules.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { emailKey } from "../../lib/email.ts";
import { newId } from "../../lib/typeid.ts";
import { findTags, makeTags, tagKey } from "../../records/tags.ts";
import type { Writer } from "../../records/writer.ts";
import type { ImportRow, RowProblem } from "./row.ts";

/** Many rows in one transaction: each is created, updated, skipped or refused, and counted once. */

export interface BatchSettings {
  readonly mode: "SKIP" | "UPDATE";
  readonly dryRun: boolean;
  readonly createMissingTags: boolean;
  /** Tags that every row gets, by name or id; checked when the import was made. */
  readonly tags: readonly string[];
  /** Row id of the member to whom new contacts are assigned. */
  readonly ownerId: string | null;
  /** Addresses that a dry run would have created so far. */
  readonly seen: Set<string>;
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

/**
 * Imports rows. A contact is recognised by its e-mail address; two rows with the same one are the same contact.
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
  const people = await holders(writer, rows, settings.mode);
  const count = { created: 0, updated: 0, skipped: 0, failed: 0 };
  const errors: { row: ImportRow; problems: readonly RowProblem[] }[] = [];
  const fail = (row: ImportRow, problems: readonly RowProblem[]) => {
    count.failed += 1;
    errors.push({ row, problems });
  };
  const pending: Pending[] = [];
  const byEmail = new Map<string, Pending>();
  for (const row of rows) {
    const { input } = row;
    if (input === null) {
      fail(row, row.problems);
      continue;
    }
    const key = input.email == null ? null : emailKey(input.email);
    const mine = key === null ? undefined : byEmail.get(key);
    const holder = key === null ? undefined : people.get(key);
    const there = mine !== undefined || holder !== undefined || (key !== null && settings.seen.has(key));
    if (holder === "hidden" && mine === undefined) {
      fail(row, [
        { column: "email", code: "EMAIL_TAKEN", message: "another contact has this e-mail address" },
      ]);
      continue;
    }
    const before = mine ?? (holder !== undefined && holder !== "hidden" ? found(holder) : null);
    const { problems, columns } = check(before?.columns ?? emptyContact, row, catalogue.definitions);
    const unknown = settings.createMissingTags
      ? []
      : (input.tags ?? []).filter((tag) => missing.has(tagKey(tag)));
    if (problems.length + unknown.length > 0) {
      fail(row, [...problems, ...unknown.map(unknownTag)]);
      continue;
    }
    if (there && settings.mode === "SKIP") {
      count.skipped += 1;
      continue;
    }
    if (there) count.updated += 1;
    else count.created += 1;
    const entry = before ?? fresh(settings.ownerId);
    entry.columns = { ...columns, ownerId: entry.columns.ownerId };
    for (const tag of [...settings.tags, ...(input.tags ?? [])]) entry.tags.add(tagKey(tag));
    entry.changed = true;
    if (entry !== mine) pending.push(entry);
    if (key !== null) {
      byEmail.set(key, entry);
      if (settings.dryRun) settings.seen.add(key);
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

const unknownTag = (name: string): RowProblem => ({
  column: "tags",
  code: "UNKNOWN_REFERENCE",
  message: `there is no tag "${name}"; set createMissingTags to make it`,
});

function check(before: ContactColumns, { input }: ImportRow, definitions: readonly Definition[]) {
  const { tags: _, ...given } = input ?? {};
  const { after, refusals } = applyInput(before, given, definitions);
  const problems = refusals.map(
    ({ path, code, message }): RowProblem => ({ column: path[1] ?? null, code, message }),
  );
  return { columns: after, problems };
}

/** Who has the rows' addresses: contacts of the caller's, held where they may be changed, or somebody else's. */
async function holders(
  { tx }: Writer,
  rows: readonly ImportRow[],
  mode: BatchSettings["mode"],
): Promise<ReadonlyMap<string, ContactRow | "hidden">> {
  const keys = rows.flatMap(({ input }) => (input?.email == null ? [] : (emailKey(input.email) ?? [])));
  const all = await tx.bulk.emailHolders([...new Set(keys)]);
  const ids = all.map(({ id }) => id);
  if (mode === "UPDATE") await tx.lock.rows("contact", ids, "update");
  const visible = new Map(
    (ids.length === 0 ? [] : await tx.contact.findMany({ where: { id: { in: ids }, deletedAt: null } })).map(
      (row) => [row.id, row],
    ),
  );
  return new Map(all.map(({ key, id }) => [key, visible.get(id) ?? "hidden"]));
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
