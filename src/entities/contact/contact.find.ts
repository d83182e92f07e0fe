import type { Db } from "../../db/scope/db.ts";
import type { Refusal } from "../../lib/errors.ts";
import type { Address } from "./contact.address.ts";

/** Finds contacts by phone number, and refuses e-mail addresses that other contacts have. */

/** Live contacts, at most 11, that have one of these phone numbers in E.164. */
export const withPhone = (db: Db, numbers: readonly string[]): Promise<{ id: string }[]> =>
  numbers.length === 0
    ? Promise.resolve([])
    : db.contact.findMany({
        where: {
          deletedAt: null,
          // The index is on search_text; phone_key ensures that the whole number matches.
          OR: numbers.map((number) => ({
            AND: [{ searchText: { contains: number } }, { phoneKey: { contains: `\n${number}\n` } }],
          })),
        },
        select: { id: true },
        take: 11,
      });

/** The refusal of an address that another contact has, or that a contact merged into it had. */
export const emailTaken = (
  holder: Address["holder"],
  path: readonly string[] = ["input", "email"],
): Refusal => ({
  kind: "duplicateContact",
  code: "EMAIL_TAKEN",
  path,
  // A caller who may not see that contact learns only that there is one.
  message:
    holder?.visible && holder.merged
      ? "a contact that had this e-mail address was merged into another one"
      : "another contact has this e-mail address",
  existingId: holder?.visible ? holder.id : null,
});
