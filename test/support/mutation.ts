import type { Plugin } from "vite";

/** Faults planted in the sources, each one fragment said wrongly, so that a suite shows that it would notice them. */

export interface Fault {
  /** A sentence, unlike every other one's. */
  readonly name: string;
  /** In src. */
  readonly file: string;
  readonly fragment: string;
  readonly instead: string;
}

/** How the source with a fault in it is imported: beside the real module, under another address. */
export const addressOf = ({ name, file }: Fault): string =>
  `/src/${file}?fault=${encodeURIComponent(name.replaceAll("%", "percent"))}`;

const queryOf = (fault: Fault): string => addressOf(fault).slice(addressOf(fault).indexOf("?") + 1);

/**
 * Gives such addresses their sources. A fragment that is not there exactly once stops the run: the list is out of date.
 */
export function mutation(faults: readonly Fault[]): Plugin {
  const byQuery = new Map(faults.map((fault) => [queryOf(fault), fault]));
  return {
    name: "mutation",
    enforce: "pre",
    transform(source, id) {
      const query = /[?&](fault=[^&]+)/.exec(id)?.[1];
      const chosen = query === undefined ? undefined : byQuery.get(query);
      if (!chosen) return null;
      const parts = source.split(chosen.fragment);
      if (parts.length !== 2) {
        throw new Error(`${chosen.file} has ${parts.length - 1} times what "${chosen.name}" replaces`);
      }
      return { code: parts.join(chosen.instead), map: null };
    },
  };
}
