import type { Definition } from "../../filter/registry/fields.ts";
import type { Warning } from "../../graphql/context.ts";
import { type Refusal, refusal } from "../../lib/errors.ts";
import { fold, isBlank } from "../../lib/fold.ts";
import { applyCustom } from "../../records/custom.ts";
import { applyEmails } from "./contact.emails.ts";
import type { ContactInput } from "./contact.inputs.ts";
import { type ContactColumns, emptyContact } from "./contact.row.ts";
import { addressNames } from "./contact.table.ts";

/** A contact as an input would make it, with refusals and warnings. */
export interface Applied {
  readonly after: ContactColumns;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/**
 * Applies an input to a contact: absent fields stay as they are, null clears a field.
 *
 * @returns the contact as it would be, without changes of owner and tags
 */
export function applyInput(
  before: ContactColumns,
  input: ContactInput,
  definitions: readonly Definition[],
): Applied {
  const {
    name: _,
    ownerId: _owner,
    address,
    customFields,
    createMissingTags: _tags,
    phoneNumbers,
    email,
    otherEmails,
    ...plain
  } = input;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const { custom, warnings, refusals: found } = applyCustom(before.custom, customFields ?? [], definitions);
  const { refusals: badEmails, ...emails } = applyEmails(before, { email, otherEmails });
  const refusals = [...badEmails, ...found];
  const after: ContactColumns = {
    ...before,
    ...given,
    ...applyAddress(address),
    ...applyName(before, input),
    ...emails,
    ...(phoneNumbers !== undefined && { phoneNumbers: phoneNumbers ?? [] }),
    custom,
  };
  if (isBlank(after.name)) {
    refusals.push(refusal("REQUIRED", ["input", "name"], "name is required, or firstName and lastName"));
  }
  // A contact that had neither address nor number before may still be changed in other ways.
  const reachable = before === emptyContact || before.email !== null || before.phoneNumbers.length > 0;
  if (reachable && after.email === null && after.phoneNumbers.length === 0) {
    refusals.push(refusal("REQUIRED", ["input", "email"], "an e-mail address or a phone number is required"));
  }
  return { after, refusals, warnings };
}

type Name = Pick<ContactColumns, "name" | "firstName" | "lastName">;

/**
 * The full name is derived from first and last name, unless it is given. Given alone, it clears the first or last name
 * that it does not contain. A full name that was once given by itself stays as long as it contains the new first and
 * last name.
 */
function applyName(before: Name, { name, firstName, lastName }: ContactInput): Partial<Name> {
  if (firstName === undefined && lastName === undefined) {
    if (name === undefined) return {};
    const kept = (part: string | null) => (part !== null && hasWords(name, part) ? part : null);
    return { name: name ?? "", firstName: kept(before.firstName), lastName: kept(before.lastName) };
  }
  const parts = {
    firstName: firstName === undefined ? before.firstName : firstName,
    lastName: lastName === undefined ? before.lastName : lastName,
  };
  const own = words(before.name) !== words(joined(before));
  const stays = own && [parts.firstName, parts.lastName].every((part) => hasWords(before.name, part));
  return { ...parts, name: name ?? (stays ? before.name : joined(parts)) };
}

const joined = ({ firstName, lastName }: Omit<Name, "name">): string =>
  [firstName, lastName].filter((part) => part !== null).join(" ");

/** The words of a text in comparison form, with a space around each. */
const words = (text: string): string =>
  ` ${fold(text)
    .replace(/[\s,]+/g, " ")
    .trim()} `;

const hasWords = (name: string | null, part: string | null): boolean =>
  part === null || (name !== null && words(name).includes(words(part)));

function applyAddress(address: ContactInput["address"]): Partial<ContactColumns> {
  if (address === undefined) return {};
  if (address === null) return Object.fromEntries(addressNames.map((name) => [name, null]));
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
}
