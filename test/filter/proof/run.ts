import fc from "fast-check";
import { vi } from "vitest";
import type { Case, Proof } from "./proof.ts";
import { Trees } from "./trees.ts";
import { nows, timeZones } from "./values.ts";

/** Runs random cases in batches, and says the smallest one that differs. */

const CASES_A_BATCH = 15;

/** The moments of asking, first to last: the embedded database does not bear a clock that goes back. */
export const moments = [...nows].sort((one, other) => one - other);

/** Random filters for a world, asked in any of the time zones or where the organization is. */
export const caseOf = (proof: Proof): fc.Arbitrary<Case> =>
  fc.record({
    tree: new Trees(proof.world).contacts(),
    timeZone: fc.option(fc.constantFrom(...timeZones), { nil: null, freq: 6 }),
  });

/**
 * Checks as many cases as are wanted, batch by batch, the clock going on from moment to moment.
 *
 * @param arbitrary what cases there are
 * @throws Error with the seed, the path and the shrunk case, when the doors and the reference differ
 */
export async function prove(
  proof: Proof,
  { cases, seed, shrink = true }: { cases: number; seed: number; shrink?: boolean },
  arbitrary = caseOf(proof),
): Promise<void> {
  for (let from = 0; from < cases; from += CASES_A_BATCH) {
    const batch = { seed: seed + from, numRuns: Math.min(CASES_A_BATCH, cases - from) };
    const now = moments[Math.floor((from / cases) * moments.length)] ?? 0;
    vi.setSystemTime(now);
    const sample = fc.sample(arbitrary, batch);
    try {
      await proof.check(now, sample);
    } catch (error) {
      if (shrink) await smallest(proof, arbitrary, now, batch);
      throw error;
    }
  }
}

/** The same cases one by one, so that the one that differs can be shrunk. */
const smallest = (
  proof: Proof,
  arbitrary: fc.Arbitrary<Case>,
  now: number,
  batch: { seed: number; numRuns: number },
) =>
  fc.assert(
    fc.asyncProperty(arbitrary, (one) => proof.check(now, [one])),
    { ...batch, unbiased: true, interruptAfterTimeLimit: 60_000 },
  );
