import { violates } from "../../db/faults.ts";
import type { CustomFieldFolder } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { refuse } from "../../lib/errors.ts";
import { readInput } from "../../records/inputs.ts";
import { lockRow } from "../../records/lock-row.ts";
import { type IdempotencyKey, repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { FolderCreate, FolderUpdate } from "./custom-field.inputs.ts";

/** Creates a folder after the others. */
export function createFolder(
  caller: Caller,
  raw: unknown,
  idempotencyKey?: IdempotencyKey,
): Promise<CustomFieldFolder> {
  const { entity, name } = readInput(FolderCreate, raw);
  return orNameTaken(() =>
    write(
      caller,
      async (writer) => {
        const position = await writer.tx.customFieldFolder.count({ where: { entity } });
        return writer.insert("customFieldFolder", { entity, name, position });
      },
      {
        repeatable: repeatable("customFieldFolder", "customFieldFolderCreate", raw, idempotencyKey),
      },
    ),
  );
}

/** Renames a folder, or moves it to another position among the folders of its entity. */
export function updateFolder(caller: Caller, id: string, raw: unknown): Promise<CustomFieldFolder> {
  const { name, position } = readInput(FolderUpdate, raw);
  return orNameTaken(() =>
    write(caller, async (writer) => {
      const { tx } = writer;
      await tx.lock.fields();
      const before = await lockRow(writer, "customFieldFolder", id);
      if (position == null) return writer.update("customFieldFolder", before, { name });
      const all = await tx.customFieldFolder.findMany({
        where: { entity: before.entity },
        orderBy: [{ position: "asc" }, { id: "asc" }],
      });
      const order = all.filter((folder) => folder.id !== before.id);
      order.splice(Math.min(position, order.length), 0, before);
      for (const [place, folder] of order.entries()) {
        if (folder.id === before.id || folder.position === place) continue;
        await writer.update("customFieldFolder", folder, { position: place });
      }
      return writer.update("customFieldFolder", before, { name, position: order.indexOf(before) });
    }),
  );
}

/** Deletes a folder; its fields are kept, without a folder. */
export function deleteFolder(caller: Caller, id: string): Promise<CustomFieldFolder> {
  return write(caller, async (writer) => {
    await writer.tx.lock.fields();
    const before = await lockRow(writer, "customFieldFolder", id);
    const inside = await writer.tx.customField.updateManyAndReturn({
      where: { folderId: before.id },
      data: { folderId: null, updatedAt: caller.now },
    });
    writer.trail.note(
      "UPDATED",
      "CustomField",
      inside.map(({ id }) => id),
      ["folder"],
    );
    await writer.tx.customFieldFolder.deleteMany({ where: { id: before.id } });
    writer.trail.note("DELETED", "CustomFieldFolder", [before.id]);
    return before;
  });
}

async function orNameTaken<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!violates(error, "custom_field_folder_name_idx") && !violates(error, "lower")) throw error;
    throw refuse("NAME_TAKEN", ["input", "name"], "another folder of the entity has this name");
  }
}
