import { describe, expect, test } from "vitest";
import { readmeAgrees, readmeTable, reportOf, resultsOf } from "../../bench/servers/readme.ts";

describe.each([...resultsOf.values()])("%s.json", (results) => {
  test("is what the README's table says", async () => {
    expect(await readmeAgrees(results, await reportOf(results))).toBe(true);
  });

  test("has every goal in the table as met, missed or not measured", async () => {
    const report = await reportOf(results);
    const table = readmeTable(report);
    for (const { workload, goal, met } of report.goals) {
      const word = met === null ? "not measured" : met ? "met" : "**missed**";
      expect(table.split("\n").find((line) => line.startsWith(`| ${workload} | ${goal} |`))).toContain(word);
    }
    const workloads = new Set(report.goals.map(({ workload }) => workload));
    expect([...workloads]).toEqual(expect.arrayContaining([..."abcdefghi", "soak"]));
  });
});
