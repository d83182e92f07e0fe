import type { ContactCreateValues } from "../../entities/contact/contact.inputs.ts";
import { emailKey } from "../../lib/email.ts";
import { fold, isBlank } from "../../lib/fold.ts";

/** By what an import recognises a contact. Pure. */

/** The keys by which the contact of a row is recognised. */
export function recognisedBy({
  email,
  name,
  firstName,
  lastName,
  phoneNumbers,
}: ContactCreateValues): string[] {
  if (email != null) return [emailKey(email)].filter((key) => key !== null);
  const full = name ?? [firstName, lastName].filter((part) => part != null).join(" ");
  return personKeys(full, phoneNumbers ?? []);
}

/** Keys of a person with a name and some phone numbers. No address has a line feed. */
export const personKeys = (name: string, phones: readonly string[]): string[] =>
  phones.length === 0 || isBlank(name) ? [] : phones.map((phone) => `${phone}\n${fold(name)}`);

export const firstOf = <Value>(
  keys: readonly string[],
  map: ReadonlyMap<string, Value>,
): Value | undefined => {
  for (const key of keys) if (map.has(key)) return map.get(key);
  return undefined;
};
