import { domainToUnicode } from "node:url";
import { fold } from "../../lib/fold.ts";

/**
 * The shown form of an e-mail address's comparison key: its domain in Unicode, `müller.de`, where the key has
 * Punycode, `xn--mller-kva.de`.
 *
 * @param key from `emailKey`
 * @returns null if both are the same
 */
export function shownKey(key: string): string | null {
  const at = key.lastIndexOf("@");
  const domain = key.slice(at + 1);
  // Labels that are not valid Punycode are shown as they are.
  const shown = /(^|\.)xn--/.test(domain) ? fold(domainToUnicode(domain)) : "";
  return shown === "" || shown === domain ? null : `${key.slice(0, at + 1)}${shown}`;
}
