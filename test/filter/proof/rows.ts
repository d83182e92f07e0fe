import fc from "fast-check";
import { customFields, enums, keyFields, options } from "./model.ts";
import { address, addressOf, amount, anyText, around, count, number, phone, shownText } from "./values.ts";

/** Random records, in which each optional value may be missing. */

export const tagNames = ["VIP", "Hot 100%", "a_b", "Straße", "İ", "Cafe\u0301", "{x:1}"] as const;

const maybe = <T>(arbitrary: fc.Arbitrary<T>, absence = 2) =>
  fc.option(arbitrary, { nil: null, freq: absence });
const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { maxLength: 3 });
const enumOf = (name: string) => fc.constantFrom(...(enums[name] ?? []));
const owner = maybe(fc.nat(2));

/** Any record whose dates are close to one of these moments. */
function recordAround(nows: readonly number[]) {
  const { moment, day } = around(nows);
  const values: Readonly<Record<(typeof customFields)[number]["type"], fc.Arbitrary<unknown>>> = {
    TEXT: shownText,
    URL: shownText,
    SELECT: fc.constantFrom(...options),
    NUMBER: number.map(Number),
    BOOLEAN: fc.boolean(),
    DATE: day,
    DATE_TIME: moment,
    MULTI_SELECT: fc.subarray([...options], { minLength: 1 }),
  };
  const custom = fc
    .record(Object.fromEntries(customFields.map(({ slug, type }) => [slug, values[type]])), {
      requiredKeys: [],
    })
    .map((chosen) => ({ ...chosen }));

  const activity = fc.record({
    kind: enumOf("kind"),
    occurredAt: moment,
    durationSeconds: maybe(count),
    author: owner,
  });

  const deal = fc.record({
    name: shownText,
    stage: shownText,
    status: enumOf("deal.status"),
    value: amount,
    currency: fc.constantFrom("EUR", "USD", "JPY"),
    expectedCloseOn: maybe(day),
    owner,
    createdAt: moment,
    activities: fc.array(activity, { maxLength: 2 }),
  });

  const conversation = fc.record({ channel: enumOf("channel"), lastMessageAt: moment });

  const lead = fc.record({
    name: shownText,
    company: maybe(anyText),
    status: fc.constant("CONVERTED"),
    money: maybe(fc.tuple(amount, fc.constantFrom("EUR", "USD"))),
    source: maybe(anyText),
    owner,
    tags: someOf(tagNames),
    createdAt: moment,
    trashed: fc.boolean(),
  });

  return fc.record({
    name: shownText,
    email: maybe(address),
    otherEmails: fc.array(address, { maxLength: 2 }),
    company: maybe(anyText),
    source: maybe(anyText),
    notes: maybe(anyText),
    keys: fc.record(Object.fromEntries(keyFields.map((name) => [name, maybe(anyText, 1)]))),
    phone: fc.uniqueArray(phone, { maxLength: 3 }),
    tags: someOf(tagNames),
    owner,
    doNotContact: fc.boolean(),
    allowPhoneCalls: fc.boolean(),
    callCount: count,
    lastCallAt: maybe(moment),
    createdAt: moment,
    lastModificationSource: enumOf("lastModificationSource"),
    custom,
    deals: fc.array(deal, { maxLength: 3 }),
    activities: fc.array(activity, { maxLength: 3 }),
    conversations: fc.array(conversation, { maxLength: 2 }),
    leads: fc.array(lead, { maxLength: 1 }),
  });
}

export type Planned = ReturnType<typeof recordAround> extends fc.Arbitrary<infer Value> ? Value : never;

/** Records to insert; the same for the same seed. */
export const planned = (seed: number, howMany: number, nows: readonly number[]): Planned[] =>
  fc.sample(recordAround(nows), { seed, numRuns: howMany }).map((each, index) => ({
    ...each,
    email: each.email === null ? null : addressOf(index, each.email),
    // A contact without a primary address has no others.
    otherEmails:
      each.email === null
        ? []
        : each.otherEmails.map((other, at) => addressOf(1_000 * (at + 1) + index, other)),
  }));
