import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutFormula, withoutTextMark } from "../../src/lib/formula.ts";

test("a cell comes back as it was, whatever apostrophes and signs it begins with, and no spreadsheet calculates it", () => {
  const beginning = fc.string({
    unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "\uff1d", "5", "a", '"', " "),
  });
  fc.assert(
    fc.property(beginning, fc.string(), (first, rest) => {
      const cell = withoutFormula(first + rest);
      expect(withoutTextMark(cell)).toBe(first + rest);
      expect(cell).not.toMatch(/^[=+\-@\t\r\uff1d]/);
    }),
    { numRuns: 5000 },
  );
});

test.for([
  ["'01067", "01067"],
  ["'+491512345678", "+491512345678"],
  ["'tis", "'tis"],
  ["''-1", "'-1"],
])("%s of a spreadsheet is the text %s", ([cell = "", read]) => {
  expect(withoutTextMark(cell)).toBe(read);
});
