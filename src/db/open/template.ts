import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { root } from "../../root.ts";

/**
 * The template: a file with an empty database, from which new embedded databases are made. `npm run build` writes it.
 * PGlite would otherwise run initdb for each, which takes nine seconds of CPU; unpacking the file takes one.
 */

/** In `dist/`, whether this module runs from there or from `src/`. */
const build = join(root, "dist");

/** The file for the installed version of PGlite: another version may have another format. */
async function pathOf(): Promise<string> {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const { version } = JSON.parse(await readFile(join(dirname(main), "../package.json"), "utf8"));
  return join(build, `embedded-${version}.tar.gz`);
}

/** The template; undefined if there is none for the installed version of PGlite. */
export async function readTemplate(): Promise<Blob | undefined> {
  const bytes = await readFile(await pathOf()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return bytes && new Blob([bytes], { type: "application/gzip" });
}

/** Writes the template, unless there is one for the installed version of PGlite. */
export async function writeTemplate(): Promise<void> {
  if (await readTemplate()) return;
  const database = await PGlite.create();
  const dump = await database.dumpDataDir("gzip");
  await database.close();
  const path = await pathOf();
  const unfinished = `${path}.${process.pid}`;
  await mkdir(build, { recursive: true });
  await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
  await rename(unfinished, path);
}
