import { type Addresses, emailKeys } from "../../lib/email.ts";

/**
 * E-mail addresses of live contacts, unique within the organization: the rows of contact_email. They are derived from
 * the contacts by every write (`row-statements.ts`, `bulk.ts`), in the same statement.
 */

/** The unique indexes that prevent two live contacts with the same address. */
export const ADDRESS_INDEXES = ["contact_email_pkey", "contact_email_live"] as const;

/** The columns of a contact that determine its addresses. */
export type Movable = Addresses & { readonly deletedAt?: Date | null };

/** Comparison keys that a contact gets, and those that it loses. */
export interface AddressMoves {
  readonly come: readonly string[];
  readonly gone: readonly string[];
}

const none: AddressMoves = { come: [], gone: [] };

const held = (contact: Movable): string[] => (contact.deletedAt == null ? emailKeys(contact) : []);

/**
 * Addresses to add and remove for a change.
 *
 * @param before null for a new contact
 * @param change columns by Prisma's field names
 */
export function addressMoves(
  before: Movable | null,
  change: Readonly<Record<string, unknown>>,
): AddressMoves {
  if (!("email" in change || "otherEmails" in change || "deletedAt" in change)) return none;
  const blank: Movable = { email: null, otherEmails: [] };
  const had = before === null ? [] : held(before);
  const has = held({ ...(before ?? blank), ...(change as Partial<Movable>) });
  const [old, now] = [new Set(had), new Set(has)];
  return { come: has.filter((key) => !old.has(key)), gone: had.filter((key) => !now.has(key)) };
}
