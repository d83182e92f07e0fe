import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../root.ts";

/**
 * Stacks of the built program, in terms of its sources. Node.js can do this by itself (`--enable-source-maps`), but it
 * would read every map at the start, and map the stacks of expected refusals too.
 */

const here = pathToFileURL(root).href;
/** A place in a module of the build. */
const place = /(file:\S+\/dist\/[\w.-]+\.js):(\d+):(\d+)/g;
/** Maps that have been read, by the module's URL; null if there is none. */
const maps = new Map<string, SourceMap | null>();

/** Replaces places in the build by those in the sources, such as `src/filter/compile/compile.ts:10:5`. */
export const sourceStack = (stack: string): string =>
  stack.replace(place, (found, url: string, line: string, column: string) => {
    const entry = url.startsWith(here) && mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !("originalSource" in entry)) return found;
    // The map names its sources relative to itself.
    const source = new URL(entry.originalSource, url).href.replace(here, "");
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });

function mapOf(url: string): SourceMap | null {
  let map = maps.get(url);
  if (map === undefined) {
    try {
      map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), "utf8")));
    } catch {
      map = null;
    }
    maps.set(url, map);
  }
  return map;
}
