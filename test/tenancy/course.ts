import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  isInputObjectType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";
import {
  type Asked,
  fieldsWithArguments,
  isMutation,
  type Operation,
  type Plan,
  questions,
  shallower,
} from "./operations.ts";
import { situationsOf } from "./situations.ts";
import { operationsOf, type Scene, type Walk } from "./tour.ts";
import type { Walker, Ways } from "./walker.ts";

/** The course of a walk: which operations which callers ask. */

export interface Course {
  /**
   * How much: everything by every caller (`all`); each argument at least once, and a part of the rest (`broad`), or a
   * small one (`short`); what others have, by a restricted member and a few others (`faults`).
   */
  readonly share: keyof typeof SHARES;
  readonly seed: number;
  /** The fields that are asked, as `Type.field`; all of them when left out. */
  readonly about?: RegExp;
  /** Called before each field. */
  readonly onField?: (field: string) => void;
}

/** What was walked. */
export interface Walked {
  /** Arguments and input fields in which something was said. */
  readonly places: Set<string>;
  readonly kinds: Set<string>;
  readonly callers: Set<string>;
}

/**
 * Of a hundred, chosen by the seed: fields that are asked plainly by those who come after the first two, arguments with
 * what is not the restricted member's, arguments by everybody else, and operations that are also compiled, or also sent
 * to the copy where nothing hidden is named in them.
 */
const SHARES = {
  all: { plain: 100, foreign: 100, others: 100, compiled: 100, plainCompiled: 100, copied: 100 },
  broad: { plain: 5, foreign: 5, others: 0.1, compiled: 2, plainCompiled: 100, copied: 100 },
  short: { plain: 2, foreign: 2, others: 0.03, compiled: 1, plainCompiled: 20, copied: 20 },
  faults: { plain: 100, foreign: 100, others: 0, compiled: 0, plainCompiled: 0, copied: 100 },
} as const;

/** Answers that say that less is to be asked at once. */
const TOO_MUCH = /"code":"(QUERY_TOO_COMPLEX|QUERY_TOO_DEEP|TOO_MANY_ALIASES|GRAPHQL_PARSE_FAILED)"/;

/** Kinds of values that name what others have. */
const isForeign = ({ choice }: Plan) => /(hidden|foreign|mixed|uuid)/.test(choice.kind);

/** A pseudo-random number of a text, the same in each run of a seed. */
function chance(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

export async function walkCourse(scene: Scene, walker: Walker, course: Course): Promise<Walked> {
  const walked: Walked = { places: new Set(), kinds: new Set(), callers: new Set() };
  const share = SHARES[course.share];
  const long = course.share === "all";
  const happens = (percent: number, text: string) => chance(course.seed, text) < percent / 100;
  const [restricted, owner, ...others] = scene.callers;
  if (!restricted || !owner) throw new Error("nobody calls");
  // One who sees more comes first: what is kept of their requests would be given to the others.
  const among = course.share === "faults" ? [owner, restricted, ...others.slice(0, 3)] : scene.callers;
  const asking = among.map((walk) => ({ walk, operations: operationsOf(walk, long) }));
  const ask = async (walk: Walk, operation: Operation, ways: Ways) => {
    walked.callers.add(walk.caller.name);
    return walker.walk(walk, operation, ways);
  };
  /** As much of an answer as the server's limits let through. */
  const askPlainly = async ({ walk, operations }: (typeof asking)[number], [parent, field]: Asked) => {
    const key = `${parent.name}.${field.name}`;
    const repeats = happens(share.plainCompiled, `${key} ${walk.caller.name} compiled`);
    for (;;) {
      const { body } = await ask(walk, operations.plain(parent, field), { repeats });
      if (!TOO_MUCH.test(body)) return;
      if (!shallower(key)) throw new Error(`${key} asks for too much: test/tenancy/operations.ts`);
    }
  };
  const asked = new Set<string>();
  for (const [parent, field] of [...questions(), ...fieldsWithArguments()]) {
    const key = `${parent.name}.${field.name}`;
    if (asked.has(key) || !(course.about?.test(key) ?? true)) continue;
    asked.add(key);
    course.onField?.(key);
    for (const [at, one] of asking.entries())
      if (at < 2 || happens(share.plain, `${key} ${at}`)) await askPlainly(one, [parent, field]);
    for (const [at, { walk, operations }] of asking.entries()) {
      /** Arguments in which what is hidden was named. */
      const named = new Set<string>();
      for (const plan of operations.plans(parent, field)) {
        const isNew = plan.places.some((place) => !walked.places.has(place));
        const text = `${key} ${plan.arg.name} ${plan.choice.kind} ${plan.choice.type} ${at}`;
        const isTheirs = walk !== restricted || !isForeign(plan);
        const isFirst = !isTheirs && isMutation(parent) && !named.has(plan.arg.name);
        const isChosen =
          course.share === "faults"
            ? !isTheirs
            : isNew || isFirst || happens(isTheirs ? share.others : share.foreign, text);
        if (!isChosen) continue;
        if (isFirst) named.add(plan.arg.name);
        for (const place of plan.places) walked.places.add(place);
        walked.kinds.add(plan.choice.kind.split(" ").at(-1) ?? "");
        await ask(walk, operations.of(plan), {
          repeats: happens(share.compiled, text),
          isCopied: isForeign(plan) || happens(share.copied, `${text} copied`),
        });
      }
    }
  }
  if (course.share !== "faults")
    for (const { walk, operations } of long ? asking : asking.slice(0, course.share === "short" ? 2 : 3))
      for (const operation of situationsOf(walk.cast, operations))
        if (course.about?.test(operation.field) ?? true)
          await ask(walk, operation, { repeats: course.share !== "short" && operation.file === undefined });
  return walked;
}

/** Every argument and every field of every input, in the form of `Walked.places`. */
export function allPlaces(): string[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  const fields = types
    .filter((type): type is GraphQLObjectType => isObjectType(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        field.args.map((arg) => `${type.name}.${field.name}(${arg.name})`),
      ),
    );
  const inputs = types
    .filter((type): type is GraphQLInputObjectType => isInputObjectType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
  return [...fields, ...inputs];
}
