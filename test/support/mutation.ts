import type { Plugin } from "vite";

/** Faults planted in the sources (one wrong fragment each), to show that a suite of tests finds them. */

export interface Fault {
  /** A unique sentence. */
  readonly name: string;
  /** Path inside src. */
  readonly file: string;
  readonly fragment: string;
  readonly instead: string;
}

/** The address under which the source with the fault is imported; the real module keeps its own. */
export const addressOf = ({ name, file }: Fault): string =>
  `/src/${file}?fault=${encodeURIComponent(name.replaceAll("%", "percent"))}`;

const queryOf = (fault: Fault): string => addressOf(fault).slice(addressOf(fault).indexOf("?") + 1);

/**
 * Provides the sources for these addresses. The run stops if a fragment does not occur exactly once: the list of
 * faults is then out of date.
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
