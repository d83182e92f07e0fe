import type { Context } from "../../context.ts";
import { violates } from "../../db/faults.ts";
import type { ContactRow } from "../../db/rows.ts";
import type { Db } from "../../db/scoped.ts";
import { type Refusal, RefusalError } from "../../errors.ts";
import { emailKey } from "../../lib/email.ts";
import { isBlank } from "../../lib/fold.ts";
import { decodeId, newId } from "../../lib/typeid.ts";
import type { CustomValueJson } from "../filter/derive.ts";
import { ContactCreate, ContactUpdate, type ContactUpdateValues } from "./contact.inputs.ts";
import {
  applyInput,
  applyOwner,
  type ContactColumns,
  deriveContact,
  emptyContact,
  findTags,
  type NamedTags,
  refusal,
  tagKey,
  zodRefusals,
} from "./contact.rules.ts";

type Caller = Pick<Context, "viewer" | "db" | "now">;

/**
 * Creates a contact in one transaction: the row with its derived columns, its tags, and new tags when asked.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export async function createContact(caller: Caller, raw: unknown): Promise<ContactRow> {
  const parsed = ContactCreate.safeParse(raw);
  if (!parsed.success) throw new RefusalError(zodRefusals(parsed.error));
  const { tags: names, ...input } = parsed.data;
  const { db, now } = caller;
  const catalogue = await db.catalogue("CONTACT", names ?? []);
  const { after, refusals } = applyInput(emptyContact, input, catalogue.definitions);
  const owner = await applyOwner(caller, null, input.ownerId);
  const tags = findTags(names ?? [], catalogue);
  const found = [
    ...refusals,
    ...owner.refusals,
    ...tagRefusals(tags, ["input", "tags"], input.createMissingTags),
    ...(await duplicates(db, after.email, null)),
  ];
  if (found.length > 0) throw new RefusalError(found);
  const contact = { ...after, ownerId: owner.ownerId };
  const id = newId();
  return orDuplicate(caller, contact.email, () =>
    db.transaction(async (tx) => {
      const tagIds = await tagIdsOf(tx, tags, names ?? [], now);
      const row = await tx.contact.create({
        data: {
          ...contact,
          ...deriveContact(contact, catalogue.definitions),
          orgId: db.orgId,
          id,
          tagIds,
          createdAt: now,
          updatedAt: now,
        },
      });
      await carryTags(tx, caller, id, tagIds);
      return row;
    }),
  );
}

/** Attempts against a contact that others write at the same time. */
const ATTEMPTS = 5;

/**
 * Changes a contact in one transaction. The row is written only if it is still the one that was read, so that two
 * callers at once never lose each other's change.
 *
 * @param id a contact's id as callers see it
 * @param expectedVersion refuses when the contact is at another version
 * @throws RefusalError with everything that is wrong
 */
export async function updateContact(
  caller: Caller,
  id: string,
  raw: unknown,
  expectedVersion: number | null | undefined,
): Promise<ContactRow> {
  const parsed = ContactUpdate.safeParse(raw);
  if (!parsed.success) throw new RefusalError(zodRefusals(parsed.error));
  const decoded = decodeId(id);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = decoded?.type === "Contact" ? await findLive(caller.db, decoded.uuid) : null;
    if (!before) {
      throw new RefusalError([
        { kind: "notFound", code: "NOT_FOUND", path: ["id"], message: "there is no such contact" },
      ]);
    }
    if (expectedVersion != null && expectedVersion !== before.version)
      throw versionConflict(before, expectedVersion);
    const row = await tryUpdate(caller, before, parsed.data);
    if (row) return row;
  }
  throw new RefusalError([
    refusal("VERSION_CONFLICT", ["id"], "the contact is being changed by others; try again"),
  ]);
}

const findLive = (db: Db, id: string) => db.contact.findFirst({ where: { id, deletedAt: null } });

const versionConflict = (current: ContactRow, expected: number) =>
  new RefusalError([
    {
      kind: "versionConflict",
      code: "VERSION_CONFLICT",
      path: ["expectedVersion"],
      message: `the contact is at version ${current.version}, not ${expected}`,
      currentId: current.id,
    },
  ]);

/** One attempt; null when the contact was changed in the meantime. */
async function tryUpdate(
  caller: Caller,
  before: ContactRow,
  values: ContactUpdateValues,
): Promise<ContactRow | null> {
  const { tags: change, ...input } = values;
  const { db, now } = caller;
  const { set, add, remove } = change ?? {};
  const names = [...(set ?? []), ...(add ?? []), ...(remove ?? [])];
  const catalogue = await db.catalogue("CONTACT", names);
  const custom = before.custom as Readonly<Record<string, CustomValueJson>>;
  const { after, refusals } = applyInput(columnsOf({ ...before, custom }), input, catalogue.definitions);
  const owner = await applyOwner(caller, before.ownerId, input.ownerId);
  const wanted = findTags([...(set ?? []), ...(add ?? [])], catalogue);
  const unwanted = findTags(remove ?? [], catalogue);
  const found = [
    ...refusals,
    ...owner.refusals,
    ...tagRefusals(wanted, ["input", "tags", set ? "set" : "add"], input.createMissingTags),
    ...(await duplicates(db, after.email, before.id)),
  ];
  if (found.length > 0) throw new RefusalError(found);
  const contact = { ...after, ownerId: owner.ownerId };
  return orDuplicate(caller, contact.email, () =>
    db.transaction(async (tx) => {
      const named = await tagIdsOf(tx, wanted, [...(set ?? []), ...(add ?? [])], now);
      const removed = new Set(unwanted.ids.values());
      const kept = set == null ? before.tagIds.filter((tag) => !removed.has(tag)) : [];
      const tagIds = change == null ? before.tagIds : [...new Set([...kept, ...named])];
      const [row] = await tx.contact.updateManyAndReturn({
        where: { id: before.id, version: before.version, deletedAt: null },
        data: {
          ...contact,
          ...deriveContact(contact, catalogue.definitions),
          tagIds,
          lastModificationSource: "API",
          version: before.version + 1,
          updatedAt: now,
        },
      });
      if (!row) return null;
      if (change != null) {
        await tx.contactTag.deleteMany({ where: { contactId: before.id, tagId: { notIn: tagIds } } });
        await carryTags(
          tx,
          caller,
          before.id,
          tagIds.filter((tag) => !before.tagIds.includes(tag)),
        );
      }
      return row;
    }),
  );
}

function columnsOf(row: Omit<ContactRow, "custom"> & Pick<ContactColumns, "custom">): ContactColumns {
  const names = Object.keys(emptyContact) as (keyof ContactColumns)[];
  return Object.fromEntries(names.map((name) => [name, row[name]])) as unknown as ContactColumns;
}

function tagRefusals(
  { missing }: NamedTags,
  path: readonly string[],
  create: boolean | null | undefined,
): Refusal[] {
  return missing.flatMap((name) => {
    if (isBlank(name)) return [refusal("REQUIRED", path, "a tag's name must not be blank")];
    const isId = decodeId(name) !== null;
    if (create && !isId) return [];
    const message = `there is no tag "${name}"${isId ? "" : "; set createMissingTags to make it"}`;
    return [refusal("UNKNOWN_REFERENCE", path, message)];
  });
}

/** The ids of the named tags, in the order of the names; missing ones are made. */
async function tagIdsOf(
  tx: Db,
  { ids, missing }: NamedTags,
  names: readonly string[],
  now: Date,
): Promise<string[]> {
  const made = new Map<string, string>();
  if (missing.length > 0) {
    const rows = missing.map((name) => ({
      orgId: tx.orgId,
      id: newId(),
      name,
      nameKey: tagKey(name),
      createdAt: now,
      updatedAt: now,
    }));
    // Another caller may make the same tag at this moment: then that one is it.
    await tx.tag.createMany({ data: rows, skipDuplicates: true });
    for (const tag of await tx.tag.findMany({ where: { nameKey: { in: rows.map((row) => row.nameKey) } } })) {
      made.set(tag.nameKey, tag.id);
    }
  }
  return [
    ...new Set(
      names.map((name) => ids.get(tagKey(name)) ?? made.get(tagKey(name))).filter((id) => id !== undefined),
    ),
  ];
}

async function carryTags(
  tx: Db,
  { viewer, now }: Caller,
  contactId: string,
  tagIds: readonly string[],
): Promise<void> {
  if (tagIds.length === 0) return;
  await tx.contactTag.createMany({
    data: tagIds.map((tagId) => ({
      orgId: tx.orgId,
      contactId,
      tagId,
      addedById: viewer.memberId,
      createdAt: now,
    })),
  });
}

/** Whether another contact that the caller may see has the address; the unique index knows of the others. */
async function duplicates(db: Db, email: string | null, exceptId: string | null): Promise<Refusal[]> {
  const key = email === null ? null : emailKey(email);
  if (key === null) return [];
  const existing = await db.contact.findFirst({
    where: { emailKey: key, deletedAt: null },
    select: { id: true },
  });
  return existing && existing.id !== exceptId ? [duplicate(existing.id)] : [];
}

const duplicate = (existingId: string | null): Refusal => ({
  kind: "duplicateContact",
  code: "EMAIL_TAKEN",
  path: ["input", "email"],
  message: "another contact has this e-mail address",
  existingId,
});

/** Runs a write; when the unique index refuses the address, says who has it, if the caller may know. */
async function orDuplicate<T>({ db }: Caller, email: string | null, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!violates(error, "contact_email_live")) throw error;
    const [seen] = await duplicates(db, email, null);
    throw new RefusalError([seen ?? duplicate(null)]);
  }
}
