import { violates } from "../../db/open/faults.ts";
import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Caller } from "../../graphql/context.ts";
import { RefusalError } from "../../lib/errors.ts";
import { lockContact } from "../../records/lock-contact.ts";
import { checkVersion } from "../../records/version.ts";
import { write } from "../../records/write/write.ts";
import { inherited, wishKept } from "./contact.address.ts";
import { holderOf } from "./contact.find.ts";

/**
 * Moves a contact to the trash; its deals and conversations stay. One that is there already stays as it is.
 *
 * @throws RefusalError NOT_FOUND, ALREADY_MERGED or VERSION_CONFLICT
 */
export const deleteContact = (
  caller: Caller,
  id: string,
  expectedVersion?: number | null,
): Promise<ContactRow> =>
  write(caller, async (writer) => {
    const before = await lockContact(writer, id, ["id"], "refuse");
    checkVersion(before, expectedVersion, "Contact");
    return before.deletedAt === null ? writer.update("contact", before, { deletedAt: caller.now }) : before;
  });

/**
 * Takes a contact out of the trash. One that is not there stays as it is.
 *
 * @throws RefusalError NOT_FOUND, ALREADY_MERGED, or EMAIL_TAKEN with the contact that has its address now
 */
export async function restoreContact(caller: Caller, id: string): Promise<ContactRow> {
  let email: string | null = null;
  try {
    return await write(caller, async (writer) => {
      // Before the contact is locked: its values of unique fields may be another one's by now.
      await writer.catalogue("CONTACT");
      const before = await lockContact(writer, id, ["id"], "refuse");
      if (before.deletedAt === null) return before;
      email = before.email;
      const { address, wishes } = await inherited(writer.tx, before);
      if (address.holder && !address.holder.merged) throw restoreConflict(await holderOf(writer.tx, email));
      if (Object.keys(wishes).length > 0) writer.warn(wishKept(["id"]));
      return writer.update("contact", before, { deletedAt: null, ...wishes });
    });
  } catch (error) {
    if (!violates(error, "contact_email_live")) throw error;
    throw restoreConflict(await holderOf(caller.db, email));
  }
}

export const restoreConflict = (blockedById: string | null): RefusalError =>
  new RefusalError([
    {
      kind: "restoreConflict",
      code: "EMAIL_TAKEN",
      path: ["id"],
      message: "another contact has its e-mail address now: change that one's address first",
      blockedById,
    },
  ]);
