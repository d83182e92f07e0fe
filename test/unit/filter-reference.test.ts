import { expect, test } from "vitest";
import { lies } from "../filter/proof/days.ts";
import type { Input, Json, Row } from "../filter/proof/model.ts";
import { fulfils, matches } from "../filter/proof/reference.ts";

/** What the proof's evaluator says of records that a person can judge, so that the two cannot be wrong together. */

const now = Date.parse("2026-03-29T00:30:00Z");
const last = (amount: number, unit: string): Json => ({ last: { amount, unit } });

test.each<[string, string, Json, string, boolean]>([
  // Paris is an hour ahead until 01:00 UTC, and two from then on.
  ["2026-03-28T22:59:59.999Z", "on", "2026-03-29", "Europe/Paris", false],
  ["2026-03-28T23:00:00.000Z", "on", "2026-03-29", "Europe/Paris", true],
  ["2026-03-29T21:59:59.999Z", "on", "2026-03-29", "Europe/Paris", true],
  ["2026-03-29T22:00:00.000Z", "on", "2026-03-29", "Europe/Paris", false],
  // It is the 29th already in Kiritimati, and still the 28th at UTC-12.
  ["2026-03-28T10:00:00.000Z", "within", { this: "DAY" }, "Pacific/Kiritimati", true],
  ["2026-03-28T10:00:00.000Z", "within", { this: "DAY" }, "Etc/GMT+12", false],
  ["2026-03-28T12:00:00.000Z", "within", { this: "DAY" }, "Etc/GMT+12", true],
  ["2026-03-29T00:00:00.000Z", "within", { this: "WEEK" }, "UTC", true],
  ["2026-03-28T23:59:59.999Z", "within", { this: "WEEK" }, "UTC", false],
  ["2026-02-28T12:00:00.000Z", "within", { previous: "MONTH" }, "UTC", true],
  ["2025-10-01T00:00:00.000Z", "within", { previous: "QUARTER" }, "UTC", true],
  ["2026-03-29T23:00:00.000Z", "within", last(1, "DAY"), "UTC", true],
  ["2026-03-28T23:59:59.999Z", "within", last(1, "DAY"), "UTC", false],
  ["2026-02-28T23:59:59.999Z", "within", last(1, "MONTH"), "UTC", false],
  ["2026-03-01T00:00:00.000Z", "within", last(1, "MONTH"), "UTC", true],
  ["2026-03-29T00:30:00.000Z", "within", last(1, "HOUR"), "UTC", false],
  ["2026-03-28T23:30:00.000Z", "within", last(1, "HOUR"), "UTC", true],
  ["2026-03-22T23:59:59.999Z", "olderThan", "P7D", "UTC", true],
  ["2026-03-23T00:00:00.000Z", "olderThan", "P7D", "UTC", false],
])("%s %s %o in %s is %s", (value, op, said, timeZone, expected) => {
  expect(lies(value, "dateTime", op, said, { now, timeZone })).toBe(expected);
});

const deal = (status: string): Row => ({ status, expectedCloseOn: null, activities: [] });
const ann: Row = {
  name: "Ann 50% Straße",
  email: "Ann@Bücher.de",
  company: null,
  phone: ["+33612345678"],
  tags: ["VIP"],
  owner: null,
  custom: { number: 0.1 },
  deals: [deal("WON"), deal("LOST")],
};
const at = { now, timeZone: "UTC" };

test.each<[Input, boolean]>([
  [{ name: { contains: "50% STRAßE" } }, true],
  [{ name: { contains: "5_%" } }, false],
  [{ email: { eq: " ann@xn--bcher-kva.DE " } }, true],
  [{ company: { ne: "x" } }, true],
  [{ company: { contains: "" } }, false],
  [{ company: { in: [] } }, false],
  [{ company: { notIn: [] } }, true],
  [{ phone: { startsWith: "+33 6-12" } }, true],
  [{ tags: { hasAll: [" vip "] } }, true],
  [{ owner: { role: { ne: "ADMIN" } } }, true],
  [{ customFields: [{ slug: "number", number: { eq: "0.100" } }] }, true],
  [{ customFields: [{ slug: "number", number: { lt: "0.100000000001" } }] }, true],
  [{ deals: { some: { status: { eq: "won" } }, count: { gte: 2 } } }, true],
  [{ deals: { none: { status: { eq: "WON" } } } }, false],
  [{ and: [] }, true],
  [{ or: [] }, false],
  [{ not: { and: [] } }, false],
])("%o of Ann is %s", (filter, expected) => {
  expect(matches(filter, ann, "contact", at)).toBe(expected);
});

test.each<[Input, boolean]>([
  [{ field: "deals.status", op: "EQ", value: "WON" }, true],
  [{ field: "deals.status", op: "NE", value: "WON" }, false],
  [{ field: "deals.status", op: "NE", value: "OPEN" }, true],
  [{ field: "deals.expectedCloseOn", op: "IS_EMPTY" }, true],
  [{ field: "deals.activities.kind", op: "NE", value: "CALL" }, true],
  [{ field: "deals.count", op: "GT", value: 1 }, true],
  [{ field: "company", op: "IS_NOT_EMPTY", value: false }, true],
  [{ field: "tag", op: "CONTAINS", value: "VIP" }, true],
])("the condition %o of Ann is %s", (condition, expected) => {
  expect(fulfils({ groups: [{ conditions: [condition] }] }, ann, "contact", at)).toBe(expected);
});
