import { expect, test } from "vitest";
import { latest, readmeAgrees, readmeTable } from "../../bench/servers/readme.ts";

test("the README's table says what the last run of the benchmark has found", async () => {
  expect(await readmeAgrees(await latest())).toBe(true);
});

test("every goal is in the table as met, missed or not measured", async () => {
  const report = await latest();
  const table = readmeTable(report);
  for (const { workload, goal, met } of report.goals) {
    const word = met === null ? "not measured" : met ? "met" : "**missed**";
    expect(table.split("\n").find((line) => line.startsWith(`| ${workload} | ${goal} |`))).toContain(word);
  }
  expect(new Set(report.goals.map(({ workload }) => workload))).toEqual(
    new Set(["a", "b", "c", "d", "e", "f", "g", "h", "i", "soak"]),
  );
});
