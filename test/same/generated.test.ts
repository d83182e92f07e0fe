import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { answersOf, ask, TIMES } from "../support/again.ts";
import { serverOf } from "../support/client.ts";
import { documents } from "./documents.ts";
import { plantWorld } from "./world.ts";

/**
 * Random documents: whatever they merge, skip and include, the last answer is the first one to the byte. Nor does it
 * matter whether a record is read together with what is asked about it, or loaders read that after it.
 */

const cases = Number(process.env.SAME_CASES ?? 60);
const seed = Number(process.env.SAME_SEED ?? Math.floor(Math.random() * 2 ** 31));

let world: Awaited<ReturnType<typeof plantWorld>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  world = await plantWorld();
});
afterAll(() => void vi.useRealTimers());

const dataOf = (answer: string | undefined) =>
  answer?.slice(answer.indexOf("\n{")).replace(/"errors":\[.*\],/s, "");

/** The same document, of whose selections nothing is known before: it has a directive. */
const apart = (query: string) => query.replace(/^(query [^{]*)\{/, "$1{ __typename @skip(if: true) ");

test(`${cases} random documents (seed ${seed}) are answered alike ${TIMES} times`, async () => {
  const server = await serverOf(1);
  const interpreting = await serverOf(Number.POSITIVE_INFINITY);
  const keys = [world.organization.key, world.member.key];
  let answered = 0;
  for (const { query, variables } of fc.sample(documents(world.ids), { seed, numRuns: cases })) {
    for (const [at, set] of variables.entries()) {
      const answers = await answersOf(server, keys[at % 2] ?? "", { query, variables: set });
      expect(answers, `${query}\n${JSON.stringify(set)}`).toHaveLength(1);
      const loaded = await ask(interpreting, keys[at % 2] ?? "", { query: apart(query), variables: set });
      expect(dataOf(loaded), `${query}\n${JSON.stringify(set)}`).toBe(dataOf(answers[0]));
      if (answers[0]?.includes(`"data":{`)) answered += 1;
    }
  }
  // The others are refused: by what they ask for, or by the limits of documents.
  expect(answered).toBeGreaterThan(cases / 2);
}, 3_600_000);
