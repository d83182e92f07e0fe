import type { Check } from "./leak.ts";

/**
 * What the product says on purpose of rows that a caller does not see: an address, or the value of a unique field, that
 * one of them has is taken, without a word of by whom.
 */

interface Exception {
  /** What the answer says, where the one that it is compared with says something else. */
  readonly says: RegExp;
  readonly check: Check;
  /** Fields as `Type.field`. */
  readonly field: RegExp;
  readonly because: string;
}

const exceptions: readonly Exception[] = [
  {
    says: /"code":"EMAIL_TAKEN"/,
    check: "hidden rows",
    field: /^Mutation\./,
    because:
      "an address is one contact's in the whole organization: a second one with it would be a duplicate",
  },
  {
    says: /"code":"VALUE_TAKEN"/,
    check: "hidden rows",
    field: /^Mutation\./,
    because: "the value of a unique field is one record's in the whole organization",
  },
];

/** Whether two answers may differ. */
export const allowed = (field: string, check: Check, one: string, two: string): boolean =>
  exceptions.some(
    (exception) =>
      exception.check === check &&
      exception.field.test(field) &&
      exception.says.test(one) !== exception.says.test(two),
  );
