import { z } from "zod";
import { violates } from "../../db/faults.ts";
import { decodeId } from "../../db/ids.ts";
import type { Tag } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { tagKey } from "../../lib/accents.ts";
import { refuse } from "../../lib/errors.ts";
import { checksOf } from "../../records/columns.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { leaveTagByName, lockLists, nameTagById } from "../../records/stored-lists.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { tagTable } from "./tag.columns.ts";

const TagUpdate = z.object(checksOf(tagTable, "update"));
const TagCreate = z.object(checksOf(tagTable, "create"));

/**
 * Creates a tag.
 *
 * @throws RefusalError NAME_TAKEN if another tag has the name, without regard to case or outer spaces
 */
export function createTag(caller: Caller, raw: unknown, idempotencyKey?: IdempotencyKey): Promise<Tag> {
  const { name, color: shade } = readInput(TagCreate, raw);
  return orNameTaken(() =>
    write(caller, (writer) => writer.insert("tag", { name, nameKey: tagKey(name), color: shade ?? null }), {
      repeatable: repeatable("tag", "tagCreate", raw, idempotencyKey),
    }),
  );
}

/** Renames or recolours a tag. Records and smart lists that have it keep it. */
export function updateTag(caller: Caller, id: string, raw: unknown): Promise<Tag> {
  const { name, color: shade } = readInput(TagUpdate, raw);
  return orNameTaken(() =>
    write(caller, async (writer) => {
      const lists = name === undefined ? [] : await lockLists(writer);
      const before = await lockRow(writer, "tag", id);
      if (name !== before.name) await nameTagById(writer, lists, before);
      return writer.update("tag", before, {
        name,
        nameKey: name === undefined ? undefined : tagKey(name),
        color: shade,
      });
    }),
  );
}

export interface DeletedTag {
  readonly id: string;
  /** Number of contacts and leads that had it, including the trash. */
  readonly contacts: number;
  readonly leads: number;
}

/**
 * Deletes a tag and removes it from all records, in one transaction. Smart lists that name it report a problem until
 * they are changed, or another tag gets its name.
 */
export function deleteTag(caller: Caller, id: string): Promise<DeletedTag> {
  return write(
    caller,
    async (writer) => {
      const { tx } = writer;
      const lists = await lockLists(writer);
      const decoded = decodeId(id);
      // Read without a lock, because records with the tag are locked before it. The lock on the lists keeps its name
      // unchanged.
      const tag = decoded?.type === "Tag" ? await tx.tag.findFirst({ where: { id: decoded.uuid } }) : null;
      if (tag !== null) await leaveTagByName(writer, lists, tag);
      const stamp = { now: caller.now, source: caller.viewer.source };
      const counts = tag === null ? null : await tx.bulk.removeTag(tag.id, stamp);
      if (tag === null || counts === null) throw refuse("NOT_FOUND", ["id"], "there is no such tag");
      writer.trail.note("DELETED", "Tag", [tag.id]);
      return { id: tag.id, ...counts };
    },
    { timeout: 300_000 },
  );
}

async function orNameTaken<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!violates(error, "name_key")) throw error;
    throw refuse(
      "NAME_TAKEN",
      ["input", "name"],
      "another tag has this name, without regard to case and outer spaces",
    );
  }
}
