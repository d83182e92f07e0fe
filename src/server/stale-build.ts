import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../root.ts";

/**
 * Warns if the running build is older than the sources beside it, since a change would seem to have no effect. Takes
 * a few milliseconds; does nothing without sources, or when the sources run directly.
 */
export function warnOfStaleBuild(): void {
  const here = dirname(fileURLToPath(import.meta.url));
  const built = changed(join(here, "main.js"));
  if (basename(here) !== "dist" || !filesOf(join(root, "src")).some((file) => changed(file) > built)) return;
  process.stderr.write(
    "The build is older than src/: run npm run build, or npm run dev to run src/ itself.\n",
  );
}

const changed = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}
