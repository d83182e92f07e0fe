import { expect, test } from "vitest";
import { hasTrigram } from "../../src/filter/compile/parts.ts";
import { searchWhere } from "../../src/filter/compile/search.ts";

test.each(["abc", ".ab", "ab@", ".0@", "+33", "éà1", "xx.yz"])("the trigram index knows %j", (text) => {
  expect(hasTrigram(text)).toBe(true);
});

test.each(["", "a", "xq", "a.", "...", "a.b", "%_%"])(
  "the trigram index would be read whole for %j",
  (text) => {
    expect(hasTrigram(text)).toBe(false);
  },
);

test("a short word is looked for in the columns, a longer one in the text that has the index", () => {
  expect(searchWhere({ text: "Xq corp" }, null)).toEqual({
    AND: [
      {
        OR: [
          { nameKey: { contains: "xq" } },
          { emailKey: { contains: "xq" } },
          { keys: { path: ["email"], string_contains: "xq" } },
          { keys: { path: ["otherEmails"], string_contains: "xq" } },
          { keys: { path: ["emailPlain"], string_contains: "xq" } },
          { companyKey: { contains: "xq" } },
          { phoneKey: { contains: "xq" } },
        ],
      },
      { searchText: { contains: "corp" } },
    ],
  });
});
