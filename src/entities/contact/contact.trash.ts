import type { ContactRow } from "../../db/prisma/rows.ts";
import type { Caller } from "../../graphql/context.ts";
import { emailKeys } from "../../lib/email.ts";
import { RefusalError } from "../../lib/errors.ts";
import { lockContact } from "../../records/lock-contact.ts";
import { checkVersion } from "../../records/version.ts";
import { write } from "../../records/write/write.ts";
import { type Address, addressesOf, inherited, isAddressTaken, wishKept } from "./contact.address.ts";

/**
 * Moves a contact to the trash; its deals and conversations stay. A contact that is in the trash is returned unchanged.
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
 * Restores a contact from the trash. A contact that is not in the trash is returned unchanged.
 *
 * @throws RefusalError NOT_FOUND, ALREADY_MERGED, or EMAIL_TAKEN with the contact that has its address now
 */
export async function restoreContact(caller: Caller, id: string): Promise<ContactRow> {
  let keys: readonly string[] = [];
  try {
    return await write(caller, async (writer) => {
      // Read before the contact is locked: another record may have one of its unique values by now.
      await writer.catalogue("CONTACT");
      const before = await lockContact(writer, id, ["id"], "refuse");
      if (before.deletedAt === null) return before;
      keys = emailKeys(before);
      const { addresses, wishes } = await inherited(writer.tx, before);
      const held = heldBy(addresses);
      if (held.length > 0) throw restoreConflict(held);
      if (Object.keys(wishes).length > 0) writer.warn(wishKept(["id"]));
      return writer.update("contact", before, { deletedAt: null, ...wishes });
    });
  } catch (error) {
    if (!isAddressTaken(error)) throw error;
    throw restoreConflict(heldBy(await addressesOf(caller.db, keys)));
  }
}

/** An address, and the contact that has it now; null if the caller may not see that contact. */
interface Held {
  readonly key: string;
  readonly by: string | null;
}

/** The addresses that live contacts have. */
export const heldBy = (addresses: ReadonlyMap<string, Address>): Held[] =>
  [...addresses].flatMap(([key, { holder }]) =>
    holder === null || holder.merged ? [] : [{ key, by: holder.visible ? holder.id : null }],
  );

/** @param held empty if it is no longer known which of its addresses another contact has */
export const restoreConflict = (held: readonly Held[]): RefusalError =>
  new RefusalError(
    (held.length > 0 ? held : [{ key: null, by: null }]).map(({ key, by }) => ({
      kind: "restoreConflict",
      code: "EMAIL_TAKEN",
      path: ["id"],
      message: `another contact has its e-mail address${key === null ? "" : ` ${key}`} now: change the address of that contact first`,
      blockedById: by,
    })),
  );
