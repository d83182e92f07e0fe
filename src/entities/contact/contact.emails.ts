import { emailKey, emailKeys } from "../../lib/email.ts";
import { quote, type Refusal, refusal } from "../../lib/errors.ts";
import type { ContactColumns } from "./contact.row.ts";
import { MAX_OTHER_EMAILS, type OtherEmailsChange } from "./other-emails.inputs.ts";

/** The e-mail addresses of a contact: a primary one, and further ones only if there is a primary one. Pure. */

export type Emails = Pick<ContactColumns, "email" | "otherEmails">;

/** The addresses in an input. A list as `otherEmails` means addresses to add. */
export interface SaidEmails {
  readonly email?: string | null | undefined;
  readonly otherEmails?: readonly string[] | OtherEmailsChange | null | undefined;
}

const keyOf = (address: string): string => emailKey(address) ?? address;

/** Whether two texts are the same address. */
const same = (one: string) => (other: string) => keyOf(one) === keyOf(other);

/**
 * Makes the first address the primary one and removes duplicates. The order is kept.
 *
 * @returns addresses beyond the limit as `leftOut`
 */
export function emailsOf(addresses: readonly string[]): Emails & { readonly leftOut: readonly string[] } {
  const once = new Map<string, string>();
  for (const address of addresses) {
    const key = keyOf(address);
    if (!once.has(key)) once.set(key, address);
  }
  const [primary = null, ...others] = once.values();
  return {
    email: primary,
    otherEmails: others.slice(0, MAX_OTHER_EMAILS),
    leftOut: others.slice(MAX_OTHER_EMAILS),
  };
}

/** All addresses of a contact, the primary one first. */
export const allEmails = ({ email, otherEmails }: Emails): string[] =>
  email === null ? [...otherEmails] : [email, ...otherEmails];

/**
 * Applies an input to a contact's addresses. If the primary one is removed, the first of the others takes its place.
 *
 * @param before the current addresses; none for a new contact
 */
export function applyEmails(
  before: Emails,
  { email: given, otherEmails: said }: SaidEmails,
): Emails & { readonly refusals: readonly Refusal[] } {
  if (given === undefined && said === undefined) return { ...emailsIn(before), refusals: [] };
  const refusals: Refusal[] = [];
  const change: Partial<OtherEmailsChange> = isList(said) ? { add: [...said] } : (said ?? {});
  const { set, add, remove, makePrimary } = change;
  const path = ["input", "otherEmails"];
  let email = given === undefined ? before.email : given;
  let others: string[] = said === null ? [] : [...(set ?? before.otherEmails)];
  const gone = remove ?? [];
  others = others.filter((address) => !gone.some((each) => same(each)(address)));
  if (email !== null && gone.some(same(email))) {
    const at = gone.findIndex(same(email));
    const message = `${quote(email)} is the primary address: set another one with email or makePrimary first`;
    refusals.push(refusal("INVALID_VALUE", [...path, "remove", at], message));
  }
  others = [...others, ...(add ?? [])];
  if (makePrimary != null) {
    if (given !== undefined) {
      refusals.push(refusal("INVALID_VALUE", [...path, "makePrimary"], "takes either email or makePrimary"));
    }
    const at = others.findIndex(same(makePrimary));
    if (email !== null && same(email)(makePrimary)) {
      // It is the primary address already.
    } else if (at === -1) {
      const message = `${quote(makePrimary)} is not an address of the contact: add it with add`;
      refusals.push(refusal("INVALID_VALUE", [...path, "makePrimary"], message));
    } else {
      const chosen = others[at] as string;
      others = others.flatMap((address, place) => (place === at ? (email ?? []) : address));
      email = chosen;
    }
  }
  const after = emailsOf(email === null ? others : [email, ...others]);
  if (after.leftOut.length > 0) {
    const count = MAX_OTHER_EMAILS + after.leftOut.length;
    const message = `the contact would have ${count} addresses besides the primary one; the limit is ${MAX_OTHER_EMAILS}`;
    refusals.push(refusal("TOO_MANY_ITEMS", path, message));
  }
  return { email: after.email, otherEmails: after.otherEmails, refusals };
}

const emailsIn = ({ email, otherEmails }: Emails): Emails => ({ email, otherEmails });

const isList = (said: SaidEmails["otherEmails"]): said is readonly string[] => Array.isArray(said);

/** An address that a contact gets, by comparison key, and its position in the arguments. */
export interface Claim {
  readonly key: string;
  readonly path: readonly string[];
}

/** Position of an address in the input. */
function pathOf(key: string, { email, otherEmails }: SaidEmails): readonly string[] {
  if (email != null && keyOf(email) === key) return ["input", "email"];
  const lists: [string[], readonly string[]][] = isList(otherEmails)
    ? [[[], otherEmails]]
    : [
        [["set"], otherEmails?.set ?? []],
        [["add"], otherEmails?.add ?? []],
      ];
  for (const [name, list] of lists) {
    const at = list.findIndex((address) => keyOf(address) === key);
    if (at !== -1) return ["input", "otherEmails", ...name, String(at)];
  }
  return ["input", "email"];
}

/** The addresses that a contact gets by an input and did not have before. */
export function claimsOf(before: Emails | null, after: Emails, said: SaidEmails): Claim[] {
  if (before?.email === after.email && before.otherEmails === after.otherEmails) return [];
  const had = new Set(before === null ? [] : emailKeys(before));
  return emailKeys(after).flatMap((key) => (had.has(key) ? [] : [{ key, path: pathOf(key, said) }]));
}

/** Comparison keys of the addresses in an input, each once. */
export const saidKeys = ({ email, otherEmails }: SaidEmails): string[] => {
  const list = isList(otherEmails) ? otherEmails : [...(otherEmails?.set ?? []), ...(otherEmails?.add ?? [])];
  return emailKeys({ email: email ?? null, otherEmails: list });
};

/**
 * An input from another system for an existing contact, without addresses that already lead to it: one of its own
 * further addresses stays a further one, and an address of a contact that was merged into it is not added.
 *
 * @param merged comparison keys of addresses that lead to it because of a merge
 */
export function withoutKnown<Input extends SaidEmails>(
  before: Emails,
  input: Input,
  merged: ReadonlySet<string>,
): Input {
  const { email, otherEmails } = input;
  const further = new Set(emailKeys({ email: null, otherEmails: before.otherEmails }));
  const known = email != null && (further.has(keyOf(email)) || merged.has(keyOf(email)));
  const list = isList(otherEmails)
    ? otherEmails.filter((address) => !merged.has(keyOf(address)))
    : otherEmails;
  return { ...input, ...(known && { email: undefined }), ...(isList(otherEmails) && { otherEmails: list }) };
}
