import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Proof } from "./proof/proof.ts";
import { prove } from "./proof/run.ts";
import { plant } from "./proof/world.ts";

/** Random filters over random rows: every door finds what the reference evaluator finds. */

const cases = Number(process.env.FILTER_CASES ?? 2000);
const seed = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 2 ** 31));

let proof: Proof;

beforeAll(async () => {
  proof = await Proof.of(await plant(seed));
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterAll(() => void vi.useRealTimers());

test(`${cases} random filters find the same through both doors, stored, in pages, and by the reference`, async () => {
  const begin = performance.now();
  await prove(proof, { cases, seed });
  console.log(seed, proof.asked, performance.now() - begin);
  expect(proof.asked.typed).toBe(cases);
}, 3_600_000);
