import { domainToASCII } from "node:url";
import { fold } from "./fold.ts";

/** RFC 5321: what fits between MAIL FROM's angle brackets. */
const MAX_LENGTH = 254;

/** A dot-atom as in RFC 5322, letters of any script included (RFC 6531). Quoted local parts are not accepted. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/**
 * The key by which e-mail addresses are the same: trimmed, case-folded, the domain as A-labels.
 *
 * @returns the key, or null when the text is no address
 */
export function emailKey(text: string): string | null {
  const address = text.trim();
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  const wellFormed =
    at > 0 &&
    at <= 64 &&
    localPart.test(local) &&
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(domain) &&
    local.length + domain.length < MAX_LENGTH;
  return wellFormed ? `${fold(local)}@${domain}` : null;
}
