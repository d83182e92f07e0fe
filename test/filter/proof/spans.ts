import fc from "fast-check";
import type { Json } from "./model.ts";

/** Relative date ranges and durations, for filters. */

const unit = fc.constantFrom("DAY", "WEEK", "MONTH", "QUARTER", "YEAR");
/** Units of ranges with a count; days are the most likely. */
export const counted = fc.constantFrom("DAY", "DAY", "DAY", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR");
const amountOf = (units: fc.Arbitrary<string>) =>
  fc.record({ amount: fc.constantFrom(1, 2, 3, 7, 30, 1, 2, 3, 7, 10_000), unit: units });
/** A relative date range, such as the last 7 days. */
export const relative = (units: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc.oneof(
    fc.record({ last: amountOf(units) }),
    fc.record({ next: amountOf(units) }),
    fc.record({ this: unit }),
    fc.record({ previous: unit }),
  );
export const withHours = fc.oneof(counted, counted, counted, fc.constant("HOUR"));
/** Durations of days, and of hours. */
export const dayDurations = ["P1D", "P7D", "P30D", "P1W", "P1M", "P1Y6M", "P2Y"];
export const timedDurations = ["PT1H", "PT12H", "P1DT1H", "PT90M", "P1MT1H"];
