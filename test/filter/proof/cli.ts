import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

/**
 * The proof of the filter with more cases, or those of a run before: `npm run test:filters -- --cases 50000`,
 * `-- --seed 1234567`, `-- --project pglite`.
 */

const { values } = parseArgs({
  options: { cases: { type: "string" }, seed: { type: "string" }, project: { type: "string" } },
});
for (const name of ["cases", "seed"] as const) {
  if (values[name] !== undefined && !/^\d{1,9}$/.test(values[name])) {
    console.error(`--${name} must be a whole number, such as 50000`);
    process.exit(2);
  }
}

const { cases = "50000", seed, project } = values;
const chosen = project === undefined ? [] : ["--project", project];
spawn("npx", ["vitest", "run", ...chosen, "test/filter/proof.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, FILTER_CASES: cases, ...(seed !== undefined && { FILTER_SEED: seed }) },
}).on("exit", (code) => {
  process.exitCode = code ?? 1;
});
