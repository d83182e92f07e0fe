import { InvalidArgumentError } from "commander";
import { decodeId } from "../db/ids.ts";
import { emailKey } from "../lib/email.ts";
import { isBlank } from "../lib/fold.ts";

/** Arguments of several commands. Each reader throws InvalidArgumentError whose message says what is valid. */

export interface Address {
  /** As typed, without surrounding spaces. */
  readonly email: string;
  /** The comparison key of the address. */
  readonly key: string;
}

export function readAddress(text: string): Address {
  const key = emailKey(text);
  if (key === null) throw new InvalidArgumentError("It must be an e-mail address, such as me@example.com.");
  return { email: text.trim(), key };
}

/** @returns the organization's UUID */
export function readOrganizationId(text: string): string {
  const decoded = decodeId(text.trim());
  if (decoded?.type === "Organization") return decoded.uuid;
  throw new InvalidArgumentError(
    decoded
      ? `It is the id of a ${decoded.type}, not of an organization.`
      : "It must be an organization's id, such as organization_01h455vb4pex5vsknk084sn02q: is a character missing or mistyped?",
  );
}

/** Longest name from the command line, in characters. */
const MAX_NAME = 200;

/** A name: one line that is not blank. */
export function readName(text: string): string {
  const name = text.trim();
  if (isBlank(name)) throw new InvalidArgumentError("It must not be blank.");
  if (name.length > MAX_NAME)
    throw new InvalidArgumentError(`It must not be longer than ${MAX_NAME} characters.`);
  if (/\p{Cc}/u.test(name))
    throw new InvalidArgumentError("It must not have line breaks or other control characters.");
  return name;
}

/** Texts that look like a (possibly incomplete) id or UUID, and are refused as names. */
const likeAnId = /^((organi[sz]ation|org)_|([a-z_-]+[_-])?[0-9][0-9a-z]{19,}$|[0-9a-f]{8}-[0-9a-f]{4}-)/i;

/**
 * An existing organization by its id, or a new one by its name. A text that looks like an id is not accepted as a
 * name.
 */
export const readOrganization = (text: string): { readonly id: string } | { readonly name: string } =>
  likeAnId.test(text.trim()) ? { id: readOrganizationId(text) } : { name: readName(text) };

/** One of some words, in any case. */
export const readOneOf =
  <Word extends string>(...words: readonly Word[]) =>
  (text: string): Word => {
    const found = words.find((word) => word === text.trim().toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`It must be ${words.join(" or ")}.`);
    return found;
  };
