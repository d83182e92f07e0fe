import { lineProblem } from "./exact.ts";
import { invisibleInUrl } from "./invisible.ts";

/**
 * Why a text is no absolute http or https address; null when it is one. Other schemes could run code where it is shown
 * as a link. What nobody sees, line breaks and tabs are looked for first: reading it as an address would pass over
 * them.
 *
 * @returns words that continue "url …"
 */
export function urlProblem(text: string): string | null {
  const unseen = invisibleInUrl(text);
  if (unseen !== null) return `has a character that cannot be seen, ${unseen}: take it away`;
  const isUrl = lineProblem(text) === null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isUrl ? null : "is not a web address, such as https://example.com";
}

/** Whether nobody on the way can alter what an address answers: https, or http on this machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
  );
}
