import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Proof } from "./proof/proof.ts";
import { prove } from "./proof/run.ts";
import { nows } from "./proof/values.ts";
import { plant } from "./proof/world.ts";

/** Random filters over random rows: every door finds what the reference evaluator finds. */

const cases = Number(process.env.FILTER_CASES ?? 2000);
const seed = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Three moments of asking, so that many rows lie around each. */
const [asked = []] = fc.sample(fc.subarray([...nows], { minLength: 3, maxLength: 3 }), { seed, numRuns: 1 });

let proof: Proof;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: asked[0] ?? 0 });
  proof = await Proof.of(await plant(seed, asked));
});
afterAll(() => void vi.useRealTimers());

test(`${cases} random filters (seed ${seed}) find the same through both doors, stored, in pages, and by the reference`, async () => {
  await prove(proof, { cases, seed, asked });
  expect(proof.asked).toMatchObject({ typed: cases, not: cases });
  // Most filters can be said in the generic door's words, and nearly all of those can be stored.
  expect(proof.asked.generic).toBeGreaterThan(cases / 3);
  expect(proof.asked.stored).toBeGreaterThan(cases / 4);
}, 3_600_000);
