import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  isInputObjectType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";
import { fieldsWithArguments, type Operation, type Plan, questions, shallower } from "./operations.ts";
import { situationsOf } from "./situations.ts";
import { operationsOf, type Scene, type Walk } from "./tour.ts";
import type { Walker } from "./walker.ts";

/** The course of a walk: which operations which callers ask. */

export interface Course {
  /**
   * How much: everything by every caller (`all`); each argument at least once, and a part of the rest (`short`); what
   * others have, by a restricted member and a few others (`faults`).
   */
  readonly share: "all" | "short" | "faults";
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
  const long = course.share === "all";
  const [restricted, owner, ...others] = scene.callers;
  if (!restricted || !owner) throw new Error("nobody calls");
  // One who sees more comes first: what is kept of their requests would be given to the others.
  const among = course.share === "faults" ? [owner, restricted, ...others.slice(0, 3)] : scene.callers;
  const asking = among.map((walk) => ({ walk, operations: operationsOf(walk, long) }));
  const [first] = asking;
  if (!first) throw new Error("nobody calls");
  const ask = async (walk: Walk, operation: Operation, repeats: boolean) => {
    walked.callers.add(walk.caller.name);
    return walker.walk(walk, operation, repeats);
  };
  const asked = new Set<string>();
  for (const [parent, field] of [...questions(), ...fieldsWithArguments()]) {
    const key = `${parent.name}.${field.name}`;
    if (asked.has(key) || !(course.about?.test(key) ?? true)) continue;
    asked.add(key);
    course.onField?.(key);
    // As much of an answer as the server's limits let through.
    while (TOO_MUCH.test((await walker.probe(first.walk, first.operations.plain(parent, field))).body))
      if (!shallower(key)) throw new Error(`${key} asks for too much: test/tenancy/operations.ts`);
    for (const [at, { walk, operations }] of asking.entries())
      if (long || course.share === "faults" || at < 2 || chance(course.seed, `${key} ${at}`) < 0.05)
        await ask(walk, operations.plain(parent, field), course.share !== "faults");
    for (const [at, { walk, operations }] of asking.entries()) {
      for (const plan of operations.plans(parent, field)) {
        const isNew = plan.places.some((place) => !walked.places.has(place));
        const text = `${key} ${plan.arg.name} ${plan.choice.kind} ${plan.choice.type} ${at}`;
        const isChosen =
          course.share === "faults"
            ? walk === restricted && isForeign(plan)
            : long ||
              isNew ||
              chance(course.seed, text) < (walk === restricted && isForeign(plan) ? 0.05 : 0.001);
        if (!isChosen) continue;
        for (const place of plan.places) walked.places.add(place);
        walked.kinds.add(plan.choice.kind.split(" ").at(-1) ?? "");
        await ask(walk, operations.of(plan), long || chance(course.seed, text) < 0.02);
      }
    }
  }
  if (course.share !== "faults")
    for (const { walk, operations } of long ? asking : asking.slice(0, 3))
      for (const operation of situationsOf(walk.cast, operations))
        if (course.about?.test(operation.field) ?? true)
          await ask(walk, operation, operation.file === undefined);
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
