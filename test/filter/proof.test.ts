import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Proof, type Subject } from "./proof/proof.ts";
import { prove } from "./proof/run.ts";
import { nows } from "./proof/values.ts";
import { plant, type World } from "./proof/world.ts";

/** Random filters over random rows: every form finds what the reference evaluator finds. */

/** Number of random filters: they take a minute. `npm run test:filters` runs more. */
const cases = Number(process.env.FILTER_CASES ?? 400);
const seed = Number(process.env.FILTER_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Three moments of queries, so that many rows are close to each. */
const [asked = []] = fc.sample(fc.subarray([...nows], { minLength: 3, maxLength: 3 }), { seed, numRuns: 1 });

let world: World;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: asked[0] ?? 0 });
  world = await plant(seed, asked);
});
afterAll(() => void vi.useRealTimers());

test(`${cases} random filters (seed ${seed}) find the same in both filter forms, stored, in pages, and by the reference`, async () => {
  const proof = await Proof.of(world);
  await prove(proof, { cases, seed, asked });
  expect(proof.asked).toMatchObject({ typed: cases, not: cases });
  // The query form can express most filters, and nearly all of those can be stored.
  expect(proof.asked.generic).toBeGreaterThan(cases / 4);
  expect(proof.asked.stored).toBeGreaterThan(cases / 6);
}, 3_600_000);

const share = Math.max(40, Math.ceil(cases / 20));
const others: readonly Subject[] = [
  { entity: "contact", isRestricted: true },
  { entity: "deal", isRestricted: true },
  { entity: "deal", isRestricted: false },
  { entity: "lead", isRestricted: true },
  { entity: "lead", isRestricted: false },
];

test.each(
  others.map(
    (subject) => [subject.entity, subject.isRestricted ? "see what is theirs" : "see all", subject] as const,
  ),
)(
  `${share} random filters of a %s (seed ${seed}) do so for members who %s`,
  async (_entity, _who, subject) => {
    const proof = await Proof.of(world, undefined, subject);
    expect(proof.rows.length).toBeGreaterThan(0);
    // The clock does not go back.
    await prove(proof, { cases: share, seed, asked: asked.slice(-1) });
    expect(proof.asked).toMatchObject({ typed: share, not: share });
    expect(proof.asked.generic).toBeGreaterThan(share / 8);
  },
  3_600_000,
);
