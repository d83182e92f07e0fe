import { expect, test } from "vitest";
import { Groups, MOST_TOGETHER, scoreOf } from "../../src/jobs/duplicates/groups.ts";

test("contacts that share keys come together, whatever the order in which they are met", () => {
  const groups = new Groups();
  groups.unite(["d", "c"], "SIMILAR_EMAIL");
  groups.unite(["a", "b"], "SAME_PHONE");
  groups.unite(["b", "c"], "SAME_PHONE");
  groups.unite(["x", "y"], "SAME_NAME_AND_COMPANY");
  expect(groups.all()).toEqual([
    { ids: ["a", "b", "c", "d"], reasons: ["SIMILAR_EMAIL", "SAME_PHONE"], score: 91 },
    { ids: ["x", "y"], reasons: ["SAME_NAME_AND_COMPANY"], score: 60 },
  ]);
});

test("what would make a group of more than fifty is passed over", () => {
  const groups = new Groups();
  const ids = Array.from({ length: 60 }, (_, at) => `c${String(at).padStart(2, "0")}`);
  for (const [at, id] of ids.entries()) if (at > 0) groups.unite([ids[at - 1] ?? "", id], "SAME_PHONE");
  const sizes = groups.all().map((group) => group.ids.length);
  expect(sizes).toEqual([MOST_TOGETHER, 10]);
});

test("each further reason leaves less doubt", () => {
  expect(scoreOf([])).toBe(0);
  expect(scoreOf(["SAME_NAME_AND_COMPANY"])).toBeLessThan(scoreOf(["SAME_PHONE"]));
  expect(scoreOf(["SAME_PHONE", "SIMILAR_EMAIL"])).toBe(91);
  expect(scoreOf(["SAME_PHONE", "SIMILAR_EMAIL", "SAME_NAME_AND_COMPANY"])).toBe(97);
});
