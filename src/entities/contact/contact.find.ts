import type { Db } from "../../db/scope/db.ts";
import type { Refusal } from "../../lib/errors.ts";
import type { Address } from "./contact.address.ts";

/** Finding contacts by what they are reached by. */

/** Live contacts that have one of these phone numbers, in E.164. */
export const withPhone = (db: Db, numbers: readonly string[]): Promise<{ id: string }[]> =>
  numbers.length === 0
    ? Promise.resolve([])
    : db.contact.findMany({
        where: {
          deletedAt: null,
          // search_text has the index; phone_key says that it is the whole number.
          OR: numbers.map((number) => ({
            AND: [{ searchText: { contains: number } }, { phoneKey: { contains: `\n${number}\n` } }],
          })),
        },
        select: { id: true },
        take: 11,
      });

/** The address is another contact's, or one that was merged into it had it. */
export const emailTaken = (
  holder: Address["holder"],
  path: readonly string[] = ["input", "email"],
): Refusal => ({
  kind: "duplicateContact",
  code: "EMAIL_TAKEN",
  path,
  // Of a contact that the caller may not see, no more is told than that there is one.
  message:
    holder?.visible && holder.merged
      ? "a contact that had this e-mail address was merged into another one"
      : "another contact has this e-mail address",
  existingId: holder?.visible ? holder.id : null,
});
