import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

/** What a start from a build says of sources beside it. */
async function told(): Promise<{ directory: string; start: () => Promise<string> }> {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-stale-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await cp("dist", join(directory, "dist"), { recursive: true });
  await symlink(resolve("node_modules"), join(directory, "node_modules"));
  const start = async () =>
    (await promisify(execFile)(process.execPath, ["dist/main.js", "key", "--help"], { cwd: directory }))
      .stderr;
  return { directory, start };
}

test("a build that is older than a source says so in one line; without sources, or with older ones, nothing", async () => {
  const { directory, start } = await told();
  expect(await start()).toBe("");
  const source = join(directory, "src/lib/edited.ts");
  await mkdir(join(directory, "src/lib"), { recursive: true });
  await writeFile(source, "");
  await utimes(source, 0, 0);
  expect(await start()).toBe("");
  const later = Date.now() / 1000 + 60;
  await utimes(source, later, later);
  expect(await start()).toMatch(/^The build is older than src\/: run npm run build.*\n$/);
});
