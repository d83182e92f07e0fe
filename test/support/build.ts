import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Makes dist/ what the sources are, for tests that start what an operator starts. */
export default async function build() {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  await promisify(execFile)(process.execPath, [join(typescript, "bin/tsc"), "-p", "tsconfig.build.json"]);
}
