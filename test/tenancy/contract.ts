import type { Check } from "./leak.ts";

/**
 * What the product intentionally reveals about rows that a caller does not see: that an address, or the value of a
 * unique field, is taken, but not by which row.
 */

interface Exception {
  /** The part of the answer that may differ from the answer that it is compared with. */
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
 * What a mutation intentionally changes in rows that its caller does not see, in their own organization: answers kept
 * for other callers lose the data of a person who is erased.
 */
interface Reach {
  readonly field: string;
  readonly table: string;
  /** The row after the change. */
  readonly leaves: RegExp;
}

const reaches: readonly Reach[] = [
  { field: "Mutation.contactErase", table: "idempotency_key", leaves: /"answer": \{"\$erased": true\}/ },
];

/** Whether a mutation may change a row to this. @param after null for a deleted row */
export const mayLeave = (field: string, table: string, after: string | null): boolean =>
  reaches.some(
    (reach) => reach.field === field && reach.table === table && after !== null && reach.leaves.test(after),
  );
