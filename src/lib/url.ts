import { lineProblem } from "./exact.ts";

/**
 * Whether a text is an absolute http or https address; other schemes could run code where it is shown as a link. Line
 * breaks and tabs are looked for first: reading it as an address would pass over them.
 */
export const isWebUrl = (text: string): boolean =>
  lineProblem(text) === null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Whether nobody on the way can alter what an address answers: https, or http on this machine. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
  );
}
