import { lineProblem } from "./exact.ts";
import { invisibleInUrl } from "./invisible.ts";

/**
 * Why a text is not an absolute http or https address; null if it is one. Other schemes could run code where the
 * address is shown as a link. Invisible characters, line breaks and tabs are refused first, because a URL parser
 * ignores them.
 *
 * @returns words that continue "url …"
 */
export function urlProblem(text: string): string | null {
  const unseen = invisibleInUrl(text);
  if (unseen !== null) return `has a character that cannot be seen, ${unseen}: remove it`;
  const isUrl = lineProblem(text) === null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isUrl ? null : "is not a web address, such as https://example.com";
}

/** Whether nobody on the way can alter the answers from an address: https, or http on this machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
  );
}
