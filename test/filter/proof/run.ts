import fc from "fast-check";
import { vi } from "vitest";
import type { Type } from "./model.ts";
import type { Case, Proof } from "./proof.ts";
import { Trees } from "./trees.ts";
import { timeZones } from "./values.ts";

/** Runs random cases in batches, and reports the smallest case that differs. */

const CASES_A_BATCH = 15;

/** Random filters for a world, in any of the time zones or in the organization's. */
const caseOf = (
  { world, subject }: Proof,
  { about, inside }: Pick<Run, "about" | "inside">,
): fc.Arbitrary<Case> =>
  fc.record({
    tree: new Trees(world, about, subject.isRestricted).filters(subject.entity, inside),
    timeZone: fc.option(fc.constantFrom(...timeZones), { nil: null, freq: 6 }),
  });

interface Run {
  readonly cases: number;
  readonly seed: number;
  /** Whether to search for a smaller case that differs too. */
  readonly shrink?: boolean;
  /** The moments of the queries, in this order: on the embedded database, the clock must not go back. */
  readonly asked: readonly number[];
  /** The types of fields to filter by; all of them by default. */
  readonly about?: readonly Type[];
  /** The relations from the listed records to the records to filter by. */
  readonly inside?: readonly string[];
}

/**
 * Checks the requested number of cases in batches; the clock moves on from moment to moment.
 *
 * @throws Error with the seed, the path and the shrunk case, if the forms and the reference differ
 */
export async function prove(proof: Proof, run: Run): Promise<void> {
  const { cases, seed, shrink = true, asked } = run;
  const any = caseOf(proof, run);
  const days = caseOf(proof, { about: ["date", "dateTime"], ...run });
  for (let from = 0; from < cases; from += CASES_A_BATCH) {
    const batch = { seed: seed + from, numRuns: Math.min(CASES_A_BATCH, cases - from) };
    const now = asked[Math.floor((from / cases) * asked.length)] ?? 0;
    // Faults in the calculation of days show in few cases: every fifth batch is only about days.
    const arbitrary = (from / CASES_A_BATCH) % 5 === 4 ? days : any;
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

/** Runs the same cases one by one, so that the failing case can be shrunk. */
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
