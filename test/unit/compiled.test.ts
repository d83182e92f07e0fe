import { type DocumentNode, getVariableValues, type OperationDefinitionNode, parse, print } from "graphql";
import * as jit from "graphql-jit";
import { describe, expect, test } from "vitest";
import { rolograph } from "../../bench/servers/rolograph.ts";
import type { Letter } from "../../bench/servers/types.ts";
import type { World } from "../../bench/servers/world-data.ts";
import { exampleQuery } from "../../src/demo/examples.ts";
import { withLeaves } from "../../src/graphql/compiled/document.ts";
import { Forms } from "../../src/graphql/compiled/forms.ts";
import { newId } from "../../src/lib/typeid.ts";
import { schema } from "../../src/schema.ts";

/** What is fast by being compiled stays compiled, and what would not be the same is left alone. */

const org = { id: newId(), key: "key", size: 1, scale: 1, tags: new Map(), definitions: [] };
const place = { row: 10, id: newId(), createdAt: "2026-01-01T00:00:00Z" };
const world: World = {
  url: "",
  size: 2,
  org,
  heavy: org,
  cards: [newId()],
  targets: [newId()],
  deep: place,
  counts: { contacts: 1, deals: 1, activities: 1, conversations: 1 },
};
const cursorAnswer = async () => ({ data: { contacts: { edges: [{ cursor: "cursor" }] } } });

function isCompiled(document: DocumentNode, variables: Record<string, unknown> = {}): boolean {
  const [operation] = document.definitions as OperationDefinitionNode[];
  const { coerced, errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variables);
  expect(errors).toBeUndefined();
  return new Forms(schema, document).query(jit, coerced ?? {}) !== null;
}

describe("compiled are", () => {
  test.each<Letter>(["a", "b", "c", "d", "e", "f"])(
    "the questions of the benchmark's workload %s",
    async (letter) => {
      for (const { body } of await rolograph.sendings(letter, world, cursorAnswer)) {
        const { query, variables } = JSON.parse(body);
        const document = parse(query);
        expect(isCompiled(document, variables)).toBe(true);
        // The database writes all of the answer.
        expect(print(withLeaves(schema, document)).match(/_as_json/g)).toHaveLength(1);
      }
    },
  );

  test("the query of the README, and documents whose flags are known", () => {
    expect(isCompiled(parse(exampleQuery))).toBe(true);
    const flags = parse("query ($yes: Boolean!) { tags { name @include(if: $yes) color @skip(if: $yes) } }");
    expect(isCompiled(flags, { yes: true })).toBe(true);
    expect(isCompiled(flags, { yes: false })).toBe(true);
  });
});

describe("left to graphql-js are", () => {
  test.each<[query: string, variables?: Record<string, unknown>]>([
    ['mutation { tagDelete(id: "x") { errors { code } } }'],
    ["{ __schema { types { name } } }"],
    [`{ tags { name } ...F } fragment F on Query { __type(name: "Tag") { name } }`],
    ["query A { tags { name } } query B { tags { name } }"],
    ["query ($n: String) { contacts(filter: { name: { eq: $n } }) { totalCount } }"],
    ["query ($id: ID!) { nodes(ids: [$id]) { id } }", { id: "x" }],
    ["query ($f: Boolean = true) { tags @skip(if: $f) { name } }", { f: null }],
  ])("%s", (query, variables) => {
    expect(isCompiled(parse(query), variables)).toBe(false);
  });

  test("flags in more combinations than are worth their code", () => {
    const names = ["a", "b", "c", "d"];
    const forms = new Forms(
      schema,
      parse(
        `query (${names.map((name) => `$${name}: Boolean!`).join(" ")}) { tags { ${names
          .map((name) => `${name}: name @include(if: $${name})`)
          .join(" ")} } }`,
      ),
    );
    const all = Array.from({ length: 16 }, (_, at) =>
      Object.fromEntries(names.map((name, bit) => [name, (at & (1 << bit)) > 0])),
    );
    const compiled = () => all.filter((flags) => forms.query(jit, flags) !== null).length;
    expect(compiled()).toBe(8);
    expect(compiled()).toBe(8);
  });
});
