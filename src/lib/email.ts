import { domainToASCII } from "node:url";
import { fold } from "./fold.ts";

/** RFC 5321: what fits between MAIL FROM's angle brackets. */
const MAX_LENGTH = 254;

/** A dot-atom as in RFC 5322, letters of any script included (RFC 6531). Quoted local parts are not accepted. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** Labels of letters, digits and hyphens of any script: no character with a special meaning in the host of a URL. */
const domainName = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** A domain in ASCII. Its last label begins with a letter, so that no form of an IP address passes. */
const hostname = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Characters that show nothing, such as variation selectors and Hangul fillers. */
const invisible = /\p{Default_Ignorable_Code_Point}/u;

/**
 * The key by which e-mail addresses are compared: trimmed, case-folded, the domain as A-labels. Every character is
 * checked before anything is converted, so that two addresses share a key only if they differ in nothing but case,
 * composition and punycode.
 *
 * @returns the key, or null if the text is not an e-mail address
 */
export function emailKey(text: string): string | null {
  // Long texts are refused first, because some of the checks below take more than linear time.
  if (text.length > 2 * MAX_LENGTH) return null;
  const address = text.replace(/^ +| +$/g, "");
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const name = address.slice(at + 1);
  if (at < 1 || at > 64 || address.length > MAX_LENGTH || invisible.test(address)) return null;
  if (!localPart.test(local) || !domainName.test(name)) return null;
  // NFKC turns wide, circled and ligated letters into plain ones; domains with such letters are refused.
  if (name.normalize("NFKC") !== name.normalize("NFC")) return null;
  // In lower case, because versions of Unicode differ about the capital sharp s: ẞ must become ß, as in texts, not
  // ss.
  const domain = domainToASCII(name.toLowerCase());
  const fits = hostname.test(domain) && local.length + domain.length < MAX_LENGTH;
  return fits ? `${fold(local)}@${domain}` : null;
}

/** The columns with a contact's e-mail addresses. */
export interface Addresses {
  readonly email: string | null;
  readonly otherEmails: readonly string[];
}

/** The comparison keys of a contact's addresses, each once, the primary one first. */
export function emailKeys({ email, otherEmails }: Addresses): string[] {
  if (otherEmails.length === 0) {
    const key = email === null ? null : emailKey(email);
    return key === null ? [] : [key];
  }
  const all = [email, ...otherEmails].map((address) => (address === null ? null : emailKey(address)));
  return [...new Set(all.filter((key) => key !== null))];
}
