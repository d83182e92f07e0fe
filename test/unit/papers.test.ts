import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** What the papers say of the tree is there. */

const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md"],
  ...(await readdir("docs", { recursive: true }))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

test.each(pages)("the files and folders that %s names exist, and so do its links", async (page) => {
  const text = await readFile(page, "utf8");
  const named = [
    ...text.matchAll(/`((?:src|test|prisma|bench|docs|\.ci)\/[\w./-]*)`/g),
    // What is made of a name, as in `<name>.schema.ts`, is no file.
  ].map(([, path = ""]) => path);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) =>
    join(dirname(page), path),
  );
  expect([...named, ...linked].filter((path) => !existsSync(path))).toEqual([]);
});
