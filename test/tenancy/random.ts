import fc from "fast-check";
import { fieldsWithArguments, type Operation, type Operations, type Plan } from "./operations.ts";
import { operationsOf, type Scene, type Walk } from "./tour.ts";
import type { Walker } from "./walker.ts";

/** Random operations with several values at once. */

/** Maximum number of values in one operation, each in its own argument or together in one input. */
const MOST = 4;

interface Drawn {
  readonly caller: number;
  readonly field: number;
  readonly picks: readonly number[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  // The first caller sees least of their organization.
  caller: fc.oneof(fc.constant(0), fc.nat(1_000)),
  field: fc.nat(10_000),
  picks: fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: MOST }),
});

/**
 * Sends a number of random operations.
 *
 * @throws Error with the seed and the smallest operation that leaks
 */
export async function walkRandomly(
  scene: Scene,
  walker: Walker,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): Promise<void> {
  const fields = fieldsWithArguments().filter(([, { args }]) => args.length > 0);
  const asking = new Map<Walk, Operations>();
  const plansOf = new Map<string, Plan[]>();
  const made = ({ caller, field, picks }: Drawn): { walk: Walk; operation: Operation } => {
    const walk = scene.callers[caller % scene.callers.length] as Walk;
    const operations = asking.get(walk) ?? operationsOf(walk, false);
    asking.set(walk, operations);
    const [parent, asked] = fields[field % fields.length] as (typeof fields)[number];
    const key = `${parent.name}.${asked.name} ${walk.caller.name}`;
    const plans = plansOf.get(key) ?? [...operationsOf(walk, false).plans(parent, asked)];
    plansOf.set(key, plans);
    return { walk, operation: operations.together(picks.map((pick) => plans[pick % plans.length] as Plan)) };
  };
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => {
      const { walk, operation } = made(one);
      await walker.walk(walk, operation);
    }),
    { seed, numRuns: runs, interruptAfterTimeLimit: 7_000_000 },
  );
}
