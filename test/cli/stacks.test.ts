import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { sourceStack } from "../../src/server/stacks.ts";

/** A text that occurs once in the sources. */
const text = '"The build is older than src/: ';

/** `path:line:column` of the text in a file, as a stack has it. */
function placeIn(file: string, as = file): string | null {
  const before = readFileSync(file, "utf8").split(text);
  if (before.length === 1) return null;
  const lines = (before[0] ?? "").split("\n");
  return `${as}:${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}

test("a stack of the built program names its sources", () => {
  const built = readdirSync("dist")
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) => placeIn(`dist/${name}`, pathToFileURL(resolve("dist", name)).href) ?? []);
  expect(built).toHaveLength(1);
  expect(sourceStack(`Error: no\n    at warn (${built[0]})\n    at node:internal/timers:5:7`)).toBe(
    `Error: no\n    at warn (${placeIn("src/server/stale-build.ts")})\n    at node:internal/timers:5:7`,
  );
});

test("frames outside the build, and of a build without maps, are as they were", () => {
  const elsewhere = "at file:///elsewhere/dist/main.js:1:2";
  expect(sourceStack(elsewhere)).toBe(elsewhere);
  const lost = `at ${pathToFileURL(resolve("dist/lost.js")).href}:1:2`;
  expect(sourceStack(lost)).toBe(lost);
});
