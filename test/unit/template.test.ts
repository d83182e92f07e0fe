import fc from "fast-check";
import { expect, test } from "vitest";
import { render, tokensIn } from "../../src/entities/custom-value/template.ts";

test("a text without tokens comes back as it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).filter((text) => tokensIn(text).length === 0),
      (text) => {
        expect(render(text, new Map([["a", "b"]]))).toEqual({ text, missing: [] });
      },
    ),
  );
});

test("every token is either filled or listed", () => {
  const name = fc.stringMatching(/^[a-z]{1,5}(\.[a-z]{1,5})?$/);
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), fc.dictionary(name, fc.string()), (names, values) => {
      const tokens = new Map(Object.entries(values));
      const { text, missing } = render(names.map((each) => `{{${each}}}`).join(" "), tokens);
      const known = names.filter((each) => tokens.has(each));
      expect(missing).toEqual([...new Set(names.filter((each) => !tokens.has(each)))]);
      expect(text).toBe(names.map((each) => tokens.get(each) ?? `{{${each}}}`).join(" "));
      expect(known.length + missing.length).toBeLessThanOrEqual(names.length);
    }),
  );
});
