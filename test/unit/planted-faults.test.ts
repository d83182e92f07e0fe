import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { mutants } from "../filter/proof/mutants.ts";
import { faults } from "../tenancy/faults.ts";

/** Not every run plants every fault: one whose fragment the sources no longer have would be noticed days later. */

test.each([...faults, ...mutants].map((fault) => [fault.name, fault] as const))(
  "the sources have once what the fault %j replaces",
  async (_name, { file, fragment }) => {
    const source = await readFile(new URL(`../../src/${file}`, import.meta.url), "utf8");
    expect(source.split(fragment)).toHaveLength(2);
  },
);
