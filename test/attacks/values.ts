import fc from "fast-check";
import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from "graphql";

/** Hostile values of each input type; some of them are well-formed. */

/** Texts that have stopped or confused other servers. */
const texts = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udfff\ud800",
  "\u202egnp.exe",
  "\ufeff",
  "\u200b",
  "ﷺ".repeat(200),
  "İıſK".repeat(50),
  "a\u0301".repeat(500),
  "__proto__",
  "constructor",
  "toString",
  "#{7*7}{{constructor}}",
  "{{custom_values.x}}".repeat(300),
  "{{{{{{".repeat(2_000),
  "' OR 1=1; --",
  "$1 $2 \\x00",
  "%_\\".repeat(300),
  "<script>alert(1)</script>",
  "../../../../etc/passwd",
  "=cmd|'/c calc'!A1",
  `${"a".repeat(60_000)}!`,
  `${"a@".repeat(5_000)}a`,
  `${"0".repeat(5_000)}1`,
  `${"(".repeat(5_000)}`,
  `+${"1".repeat(2_000)}`,
  "1e999999999",
  "-0",
  "NaN",
  "9".repeat(400),
  "2026-02-30T25:61:61Z",
  "+292278994-08-17T07:12:55.807Z",
  "P99999999999D",
  "PT0.0000000001S",
  "contact_01h455vb4pex5vsknk084sn02q",
  "contact_8zzzzzzzzzzzzzzzzzzzzzzzzz",
  "contact_",
  `http://${"a.".repeat(2_000)}example`,
  "http://[::1]:99999/\u0000",
  "xn--\u00fc\u00fc.example",
];

const anything = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...texts) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(0, -1, 1e308, -1e308, 2 ** 53, 0.1, true, false, null) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const named = new Map<string, fc.Arbitrary<unknown>>([
  ["Int", fc.oneof(fc.constantFrom<unknown>(0, 1, 5, 100, -1, 2 ** 31, 1e21), fc.integer())],
  ["Boolean", fc.boolean()],
]);

const ofNamed = (type: GraphQLNamedInputType, depth: number): fc.Arbitrary<unknown> => {
  if (isEnumType(type)) {
    const values = type.getValues().map(({ name }) => name);
    return fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<unknown>(...values) },
      { weight: 1, arbitrary: anything },
    );
  }
  if (!isInputObjectType(type)) return named.get(type.name) ?? anything;
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    return fc
      .constantFrom(...fields)
      .chain((field) => hostileValue(field.type, depth + 1).map((value) => ({ [field.name]: value })));
  }
  return fc
    .subarray(fields, { minLength: Math.min(1, fields.length), maxLength: Math.min(4, fields.length) })
    .chain((some) => {
      const needed = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
      const chosen = [...new Set([...needed, ...some])];
      return fc.record(
        Object.fromEntries(chosen.map((field) => [field.name, hostileValue(field.type, depth + 1)])),
      );
    });
};

/** More items than a list accepts, with short texts, so that the request does not exceed its size limit. */
const manyOf = (item: unknown): unknown[] =>
  Array.from({ length: 600 }, () => (typeof item === "string" ? item.slice(0, 50) : item));

/** Maximum depth of objects; below it, a value of another form is sent. */
const DEEPEST = 6;

/** @returns values of an input type, mostly well-formed, with hostile leaves */
export function hostileValue(type: GraphQLInputType, depth = 0): fc.Arbitrary<unknown> {
  if (depth > DEEPEST) return anything;
  if (isNonNullType(type)) return hostileValue(type.ofType as GraphQLInputType, depth);
  if (isListType(type)) {
    const item = hostileValue(type.ofType as GraphQLInputType, depth + 1);
    return fc.oneof(
      { weight: 8, arbitrary: fc.array(item, { maxLength: 3 }) },
      { weight: 1, arbitrary: item },
      ...(isLeafType(getNamedType(type)) ? [{ weight: 1, arbitrary: item.map(manyOf) }] : []),
    );
  }
  return fc.oneof(
    { weight: 9, arbitrary: ofNamed(type as GraphQLNamedInputType, depth) },
    { weight: 1, arbitrary: anything },
  );
}
