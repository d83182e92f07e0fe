import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * `npm run bench`: installs what the benchmark alone needs, when it is not there, and runs it. With `--growth` it runs
 * the table of growth instead.
 */

const bench = fileURLToPath(new URL(".", import.meta.url));

const run = (file, args, cwd) => {
  const { status } = spawnSync(file, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

const growth = process.argv.includes("--growth");
for (const folder of growth ? [bench] : [bench, `${bench}peer/`]) {
  const [installed, lock] = [`${folder}node_modules/.package-lock.json`, `${folder}package-lock.json`];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) continue;
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
}
const asked = process.argv.slice(2).filter((word) => word !== "--growth");
// The product is measured as it is now, not as it was when it was installed.
if (!growth && !asked.some((word) => word === "--help" || word === "-h"))
  run("npm", ["run", "build", "--silent"], `${bench}..`);
// The benchmark stops its servers when it is interrupted: this process has to wait for that.
const args = ["--import", "tsx", growth ? "growth.ts" : "servers.ts", ...asked];
const child = spawn(process.execPath, args, { cwd: bench, stdio: "inherit" });
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
