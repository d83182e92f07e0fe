import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Builds dist/ from the sources, for tests that start the built program as an operator does. */
export default async function build() {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  await promisify(execFile)(process.execPath, [join(typescript, "bin/tsc"), "-p", "tsconfig.build.json"]);
}
