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

/**
 * What a mutation changes on purpose of rows that its caller does not see, in their own organization: answers kept for
 * other callers lose what they say of a person who is erased.
 */
interface Reach {
  readonly field: string;
  readonly table: string;
  /** What is left of the row. */
  readonly leaves: RegExp;
}

const reaches: readonly Reach[] = [
  { field: "Mutation.contactErase", table: "idempotency_key", leaves: /"answer": \{"\$erased": true\}/ },
];

/** Whether a mutation may leave a row so. @param after null for a row that is gone */
export const mayLeave = (field: string, table: string, after: string | null): boolean =>
  reaches.some(
    (reach) => reach.field === field && reach.table === table && after !== null && reach.leaves.test(after),
  );
