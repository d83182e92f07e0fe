import { GraphQLError } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import { expect, test } from "vitest";
import { JsonText, stringify } from "../../src/lib/json-text.ts";
import { useJsonText } from "../../src/server/plugins/use-json-text.ts";

/** Answers in which ready JSON stands. */

test("ready JSON stands in an answer as it is, wherever it is", () => {
  const value = {
    first: new JsonText('{ "a": 1 }'),
    list: [new JsonText("[1,2]"), null, new JsonText("null"), { inner: new JsonText('"text"') }],
    last: 1,
  };
  expect(stringify(value)).toBe('{"first":{ "a": 1 },"list":[[1,2],null,null,{"inner":"text"}],"last":1}');
  expect(stringify(new JsonText("[]"))).toBe("[]");
});

test("ready JSON may hold what looks like a replacement, another text, or nothing of the sort", () => {
  const texts = ["$& $1 $$", "\u2028 é 😀", '\\" ,{}[]'].map((text) => JSON.stringify(text));
  expect(stringify(texts.map((text) => new JsonText(text)))).toBe(`[${texts.join(",")}]`);
});

test.each([
  ["quotes, controls and separators", ['"\\\u0000\u001f\u2028\u2029/']],
  ["characters beyond the first plane", ["😀", { "😀": "é" }]],
  ["halves of surrogate pairs", ["\ud800", "\udc00x", { "\udfff": 1 }]],
  ["what JSON has no word for", { left: undefined, out: () => 1, list: [undefined, Number.NaN] }],
  ["moments and numbers", [new Date(0), 1e21, -0, 0.1]],
  ["nothing", [null, {}, [], ""]],
])("%s are written as JSON.stringify writes them", (_what, value) => {
  expect(stringify(value)).toBe(JSON.stringify(value));
  expect(stringify([value, new JsonText("1")])).toBe(JSON.stringify([value, 1]));
});

test("whoever writes JSON without knowing of ready JSON writes the same value", () => {
  const value = { ready: new JsonText('{ "a": [1] }') };
  expect(JSON.stringify(value)).toBe('{"ready":{"a":[1]}}');
});

test("a value that has seen the marker is no way to slip JSON in", () => {
  let seen = "";
  const spy = {
    toJSON() {
      seen = String(new JsonText("0").toJSON());
      return "spied";
    },
  };
  // What the spy takes has no place in the answer either.
  expect(() => stringify([spy])).toThrow("marker");
  expect(() => stringify([seen, new JsonText("1")])).toThrow("marker");
  expect(stringify([seen])).toBe(JSON.stringify([seen]));
});

test("a value that cannot be written leaves nothing behind for the next answer", () => {
  expect(() => stringify([new JsonText("1"), 1n])).toThrow(TypeError);
  expect(stringify([new JsonText("2")])).toBe("[2]");
});

/** A server whose only data are ready. */
const yoga = createYoga({
  schema: createSchema({
    typeDefs: "scalar Ready type Query { ready: Ready broken: Ready refused: Ready }",
    resolvers: {
      Query: {
        ready: () => new JsonText('{ "nodes": [1] }'),
        broken: () => {
          throw new GraphQLError("broken", { extensions: { code: "BROKEN", http: { status: 418 } } });
        },
        refused: () => {
          throw new GraphQLError("refused", { extensions: { code: "REFUSED" } });
        },
      },
    },
  }),
  plugins: [useJsonText()],
  logging: false,
});

const ask = (query: string, accept: string) =>
  yoga.fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify({ query }),
  });

test.each(["application/json", "application/graphql-response+json"])(
  "an answer of type %s has ready JSON as it is, and says its length in bytes",
  async (type) => {
    const response = await ask("{ ready other: ready }", type);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(`${type}; charset=utf-8`);
    expect(response.headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    expect(text).toBe('{"data":{"ready":{ "nodes": [1] },"other":{ "nodes": [1] }}}');
  },
);

test("errors beside ready JSON keep their status, and their http stays inside", async () => {
  const response = await ask("{ ready broken refused }", "application/graphql-response+json");
  expect(response.status).toBe(418);
  const text = await response.text();
  expect(text).toContain('"ready":{ "nodes": [1] }');
  expect(JSON.parse(text)).toMatchObject({
    errors: [
      { message: "broken", path: ["broken"], extensions: { code: "BROKEN" } },
      { message: "refused", path: ["refused"], extensions: { code: "REFUSED" } },
    ],
    data: { ready: { nodes: [1] }, broken: null, refused: null },
  });
  expect(text).not.toMatch(/418|http|stringify/);
});

test.each(["text/event-stream", "multipart/mixed"])("ready JSON arrives by %s too", async (type) => {
  const response = await ask("{ ready }", type);
  expect(response.headers.get("content-type")).toContain(type);
  expect(await response.text()).toContain('{"data":{"ready":{ "nodes": [1] }}}');
});
