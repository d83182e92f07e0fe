import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every row of the table of bad inputs that a request, a file or a fault can bring has its test", () => {
  const folder = "test/bad-inputs";
  const files = [...readdirSync(folder).map((name) => `${folder}/${name}`), "test/cli/killed.test.ts"];
  const found = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\brow\(\s*(\d+),|"row (\d+): /g)].map(([, one, other]) =>
      Number(one ?? other),
    ),
  );
  const first = Array.from({ length: 60 }, (_, at) => at + 1);
  expect([...new Set(found)].sort((a, b) => a - b)).toEqual([
    ...first,
    ...[61, 82, 105, 106, 110, 111, 112, 115],
  ]);
});
