import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryBuckets } from "../../src/server/rates/buckets.ts";
import { documents } from "../same/documents.ts";
import { plantWorld } from "../same/world.ts";
import { statementsOf } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { ask, asking, serverWith } from "./asking.ts";

/** What an operation took of what it may cost, and what a caller may ask for in a minute. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

describe("extensions.cost", () => {
  test("is told where it is asked for, and the rest of the answer is the same", async () => {
    const own = await Organization.make();
    const { id } = await own.contact({ name: "Ann" });
    for (let deal = 0; deal < 3; deal += 1) await own.deal({ contactId: id });
    const server = await serverWith({});
    const query = "{ contacts(first: 10) { nodes { name deals(first: 5) { nodes { name } } } } }";
    const plain = await ask(server, own.key, query);
    expect(plain.extensions).toBeUndefined();
    for (const header of [{ "x-cost": "true" }, { "X-Cost": "1" }, { "x-cost": "TRUE" }]) {
      const { data, extensions } = await ask(server, own.key, query, {}, header);
      expect(data).toEqual(plain.data);
      // contacts, nodes, name and deals of a contact, nodes of its deals, and each name.
      expect(extensions?.cost).toEqual({
        requested: 1 + 1 + 10 * (1 + 1 + 1 + 5),
        actual: 1 + 1 + 1 * (1 + 1 + 1 + 3),
        limit: 50_000,
      });
    }
    expect((await ask(server, own.key, query, {}, { "x-cost": "no" })).extensions).toBeUndefined();
  });

  test("a mutation that is refused took what its payload says, and a list of any length no more than was assumed", async () => {
    const own = await Organization.make();
    const { globalId: id } = await own.contact({
      name: "Ann",
      tags: Array.from({ length: 14 }, (_, at) => `tag ${at}`),
    });
    const server = await serverWith({});
    const refused = await ask(
      server,
      own.key,
      'mutation { tagDelete(id: "tag_x") { deletedId errors { code } } }',
      {},
      asking,
    );
    expect(refused.extensions?.cost).toMatchObject({ requested: 10 + 1 + 1 + 10, actual: 10 + 1 + 1 + 1 });
    const tags = await ask(
      server,
      own.key,
      "query ($id: ID!) { contact(id: $id) { tags { name } } }",
      { id },
      asking,
    );
    expect(tags.data).toMatchObject({ contact: { tags: Array(14).fill({}) } });
    expect(tags.extensions?.cost).toMatchObject({ requested: 12, actual: 12 });
  });

  test("1000 random operations cost at most their estimate", async () => {
    const world = await plantWorld();
    const server = await serverWith({ compileAfter: Number.POSITIVE_INFINITY });
    const seed = Number(process.env.COST_SEED ?? Math.floor(Math.random() * 2 ** 31));
    let counted = 0;
    for (const { query, variables } of fc.sample(documents(world.ids), { seed, numRuns: 1000 })) {
      const set = variables[counted % variables.length] ?? {};
      const { extensions, data } = await ask(server, world.organization.key, query, set, asking);
      if (!extensions?.cost) continue;
      const { requested, actual } = extensions.cost;
      const told = `seed ${seed}: ${query}\n${JSON.stringify(set)}`;
      expect(actual, told).toBeLessThanOrEqual(requested);
      if (data && Object.keys(data).length > 0) expect(actual, told).toBeGreaterThan(0);
      counted += 1;
    }
    expect(counted).toBeGreaterThan(500);
  }, 300_000);

  test("fragments that double twenty times over what is left out are walked at once", async () => {
    const fragments = Array.from(
      { length: 40 },
      (_, at) => `fragment F${at} on Contact { ...F${at + 1} ...F${at + 1} }`,
    );
    const query = `query ($no: Boolean = false) { contacts(first: 1) { nodes { ...F0 } } } ${fragments.join(" ")}
      fragment F40 on Contact { name @include(if: $no) }`;
    const own = await Organization.make();
    await own.contact({ name: "Ann" });
    const { data, extensions } = await ask(await serverWith({}), own.key, query, {}, asking);
    expect(data).toEqual({ contacts: { nodes: [{}] } });
    expect(extensions?.cost).toMatchObject({ requested: 2, actual: 2 });
  });
});

/** Costs 12. */
const query = "{ contacts(first: 10) { nodes { id } } }";

/** Buckets at one moment, from which nothing leaks. */
const still = () => new MemoryBuckets(() => 0);

describe("a minute's cost", () => {
  test("of one key is used up by it alone, and says when to come again", async () => {
    const { key: other } = await organization.member();
    const elsewhere = await Organization.make();
    const server = await serverWith({ rates: { perCaller: 30, perOrganization: 0 }, rateStore: still() });
    const first = await ask(server, organization.key, query, {}, asking);
    expect(first.extensions?.cost).toMatchObject({ requested: 12, remaining: 18 });
    const resetAt = Date.parse(first.extensions?.cost?.resetAt ?? "");
    expect(resetAt - Date.now()).toBeLessThanOrEqual(60_000);
    expect((await ask(server, organization.key, query)).status).toBe(200);

    const { statements } = await statementsOf(async () => {
      const refused = await ask(server, organization.key, query);
      expect(refused).toMatchObject({
        status: 429,
        errors: [
          {
            message: expect.stringMatching(
              /^This credential may use a cost of 30 per minute; 6 is left, and this operation costs 12\. Send it again in 12 s\.$/,
            ),
            extensions: { code: "RATE_LIMITED", requested: 12, limit: 30, remaining: 6 },
          },
        ],
      });
      const { headers } = refused;
      // Of 30 a minute, the 6 that are lacking come in 12 s, and all 24 in 48 s.
      expect(headers.get("retry-after")).toBe("12");
      expect(headers.get("ratelimit-limit")).toBe("30");
      expect(headers.get("ratelimit-remaining")).toBe("6");
      expect(headers.get("ratelimit-reset")).toBe("48");
    });
    // The credential's.
    expect(statements.length).toBe(1);
    // What was refused counted nothing.
    const cheaper = await ask(
      server,
      organization.key,
      "{ contacts(first: 4) { nodes { id } } }",
      {},
      asking,
    );
    expect(cheaper.extensions?.cost).toMatchObject({ requested: 6, remaining: 0 });
    expect((await ask(server, other, query)).status).toBe(200);
    expect((await ask(server, elsewhere.key, query)).status).toBe(200);
  });

  test("of an organization is used up by all of its keys together, and by nobody else's", async () => {
    const own = await Organization.make();
    const elsewhere = await Organization.make();
    const keys = [own.key, (await own.member({ scopes: ["READ"] })).key];
    const server = await serverWith({ rates: { perCaller: 40, perOrganization: 30 }, rateStore: still() });
    for (const key of keys) expect((await ask(server, key, query)).status).toBe(200);
    // More often than the key's own minute would let, if it counted for it.
    for (const key of [...keys, ...keys, ...keys, ...keys]) {
      const { status, errors } = await ask(server, key, query);
      expect(status).toBe(429);
      expect(errors?.[0]?.message).toMatch(/^This organization may use a cost of 30 per minute; 6 is left/);
    }
    // For the key alone it counted nothing either.
    const [first = ""] = keys;
    const fits = await ask(server, first, "{ viewer { scopes } }", {}, asking);
    expect(fits.extensions?.cost).toMatchObject({ remaining: 4 });
    expect((await ask(server, elsewhere.key, query)).status).toBe(200);
  });

  test("is not used up by what is refused before it runs", async () => {
    const own = await Organization.make();
    const server = await serverWith({ rates: { perCaller: 30, perOrganization: 30 }, rateStore: still() });
    for (let time = 0; time < 5; time += 1) {
      for (const wrong of ["{ nope }", "{ contacts(first: $n) { nodes { id } } }", "{"])
        expect(await ask(server, own.key, wrong)).toMatchObject({ errors: [{}] });
    }
    const { extensions } = await ask(server, own.key, query, {}, asking);
    expect(extensions?.cost).toMatchObject({ remaining: 18 });
  });
});
