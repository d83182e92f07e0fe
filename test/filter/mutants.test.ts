import { existsSync } from "node:fs";
import { resolve } from "node:path";
import SchemaBuilder from "@pothos/core";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { read } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { addressOf } from "../support/mutation.ts";
import { type Mutant, mutants } from "./proof/mutants.ts";
import { Proof, type Send } from "./proof/proof.ts";
import { prove } from "./proof/run.ts";
import { plant, type World } from "./proof/world.ts";

/** Tests the proof itself: with one fault in the filter, at least one random case must differ. */

const seed = 20_260_731;
/** One moment for all faults: on the embedded database, the clock must not go back. */
const now = Date.parse("2026-10-25T00:30:00Z");
const run = { cases: 300, seed, shrink: false, asked: [now] };
let world: World;

/** Each run plants a quarter of the faults, each day another one; `npm run test:filters -- --faults` plants all. */
const today = Math.floor(Date.now() / 86_400_000);
const chosen = mutants.filter((_, at) => process.env.FILTER_FAULTS === "all" || (at + today) % 4 === 0);

beforeAll(async () => {
  // The modules are loaded again for each fault, and register the builder's plugin again.
  SchemaBuilder.allowPluginReRegistration = true;
  vi.useFakeTimers({ toFake: ["Date"], now });
  world = await plant(seed, [now]);
});
afterAll(() => void vi.useRealTimers());

/** A new gateway from the modules with the current fault. */
async function gateway(): Promise<Send> {
  const { createServer } = await import("../../src/server/server.ts");
  const yoga = createServer({
    database: await testDatabase(),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
  });
  const headers = { "content-type": "application/json", authorization: `Bearer ${world.organization.key}` };
  return async (query, variables) =>
    read(
      await yoga.fetch("http://test/graphql", {
        method: "POST",
        headers,
        body: JSON.stringify({ query, variables }),
      }),
    );
}

test("without a fault nothing differs", async () => {
  await prove(await Proof.of(world, await gateway()), run);
}, 120_000);

test.each(chosen.map((mutant): [string, Mutant] => [mutant.name, mutant]))(
  "it is noticed when %s",
  async (_name, mutant) => {
    const module = resolve("src", mutant.file);
    expect(existsSync(module), "a module that is not there would be replaced by nothing").toBe(true);
    vi.resetModules();
    vi.doMock(module, () => import(/* @vite-ignore */ addressOf(mutant)));
    try {
      const proof = await Proof.of(world, await gateway());
      await expect(prove(proof, { ...run, ...mutant, cases: 900 })).rejects.toThrow(
        /differs from the reference/,
      );
    } finally {
      vi.doUnmock(module);
    }
  },
  120_000,
);
