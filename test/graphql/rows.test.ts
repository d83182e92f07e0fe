import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type GraphQLObjectType, isObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { allModels, columnsOf } from "../../src/db/models.ts";
import { operations } from "../../src/db/scope/models.ts";
import { schema } from "../../src/schema.ts";

/** Rows come through the scoped client and its loaders; @pothos/plugin-prisma types them and tells their columns. */

/** What the plugin offers that reads rows by itself: unscoped, without a LIMIT, or by Prisma's cursor. */
const readsByItself = [
  "relation",
  "relatedConnection",
  "relatedField",
  "relationCount",
  "prismaField",
  "prismaFieldWithInput",
  "prismaConnection",
  "prismaConnectionHelpers",
  "prismaNode",
  "queryFromInfo",
] as const;

/** Names that are called of something, or imported, in a text; what comments say is left out. */
const calledIn = (source: string): ReadonlySet<string> => {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const calls = [...code.matchAll(/(?<!\bthis)\.\s*(\w+)\s*(?:<[^()]*>)?\(/g)].map(([, name = ""]) => name);
  const imports = [...code.matchAll(/import\s*(?:type\s*)?\{([^}]*)\}/g)].flatMap(([, names = ""]) =>
    names.split(/\W+/),
  );
  return new Set([...calls, ...imports]);
};

/** Files of the product that call something, by their path in `src`. */
async function callersOf(name: string): Promise<string[]> {
  const files = (await readdir("src", { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.startsWith("generated"),
  );
  const sources = await Promise.all(
    files.map(async (file) => [file, await readFile(join("src", file), "utf8")] as const),
  );
  expect(sources.length).toBeGreaterThan(200);
  return sources.flatMap(([file, source]) => (calledIn(source).has(name) ? [file] : []));
}

const models = new Set<string>(allModels.map(([name]) => name));

interface Told {
  readonly pothosPrismaModel?: string;
  readonly pothosPrismaSelect?: object;
}
const told = ({ extensions }: { readonly extensions: object }) => extensions as Told;

const types = Object.values(schema.getTypeMap()).filter(isObjectType);
const modelOf = (type: GraphQLObjectType) => told(type).pothosPrismaModel;

describe("the Prisma plugin", () => {
  test.each(readsByItself)("does not read by %s", async (name) => {
    expect(await callersOf(name)).toEqual(name === "queryFromInfo" ? ["graphql/plan.ts"] : []);
  });

  test("would be noticed if it did", () => {
    const source = `import { queryFromInfo } from "x"; // t.relationCount("deals")
      t.relation("deals", {}); t.prismaField<Deal>({ type: "Deal" }); builder
        .prismaNode ("Deal", {});`;
    expect(readsByItself.filter((name) => calledIn(source).has(name))).toEqual([
      "relation",
      "prismaField",
      "prismaNode",
      "queryFromInfo",
    ]);
  });

  test("finds no way to a single row in the scoped client", () => {
    expect(operations.filter((operation) => operation.startsWith("findUnique"))).toEqual([]);
  });
});

test("every type that is named as a model is made of its rows, but for those that are put together", () => {
  const others = types.filter(({ name }) => models.has(name)).filter((type) => modelOf(type) !== type.name);
  expect(others.map(({ name }) => name).sort()).toEqual(["CustomField", "Member", "Organization"]);
});

describe.each(types.filter((type) => modelOf(type) !== undefined).map((type) => [type.name, type] as const))(
  "%s",
  (_name, type) => {
    const columns = Object.keys(columnsOf((modelOf(type) ?? "") as Parameters<typeof columnsOf>[0]));

    test("selects columns of its own row alone, never another table's", () => {
      for (const each of [type, ...Object.values(type.getFields())]) {
        expect(columns, each.name).toEqual(
          expect.arrayContaining(Object.keys(told(each).pothosPrismaSelect ?? {})),
        );
      }
    });
  },
);
