import { expect, test } from "vitest";
import { readKeyOptions } from "../../src/cli/key-options.ts";
import { UsageError } from "../../src/cli/run.ts";

const now = new Date("2030-01-01T00:00:00Z");

test("a key from the command line has all scopes and does not expire by default", () => {
  expect(readKeyOptions({}, now)).toEqual({ scopes: ["ADMIN"], sources: [], expiresAt: null });
  expect(
    readKeyOptions({ scopes: "read, Write,read", sources: "hubspot,SKIPCALL", expires: "2030-01-31" }, now),
  ).toEqual({
    scopes: ["READ", "WRITE"],
    sources: ["HUBSPOT", "SKIPCALL"],
    expiresAt: new Date("2030-01-31T00:00:00Z"),
  });
  expect(readKeyOptions({ expires: "2030-01-01T01:30:00+01:00" }, now).expiresAt).toEqual(
    new Date("2030-01-01T00:30:00Z"),
  );
});

test.each([
  [{ scopes: "read,all" }, '--scopes has "all"; it takes read, write, admin'],
  [{ scopes: "" }, '--scopes has ""'],
  [
    { sources: "salesforce" },
    '--sources has "salesforce"; it takes api, import, skipcall, hubspot, pipedrive',
  ],
  [{ expires: "tomorrow" }, '--expires has "tomorrow"; it takes a day such as'],
  [{ expires: "2030-02-30" }, '--expires has "2030-02-30"'],
  [{ expires: "2030-01-31T09:00:00" }, "--expires has"],
  [{ expires: "2030-01-01" }, "--expires must be in the future"],
])("%o is refused with what could be used", (given, told) => {
  expect(() => readKeyOptions(given, now)).toThrow(UsageError);
  expect(() => readKeyOptions(given, now)).toThrow(told);
});
