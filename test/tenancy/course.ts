import {
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from "graphql";
import { schema } from "../../src/schema.ts";
import { idKinds } from "./names.ts";
import {
  type Asked,
  fieldsWithArguments,
  isMutation,
  type Operation,
  type Plan,
  questions,
  shallower,
} from "./operations.ts";
import { shares } from "./shares.ts";
import { situationsOf } from "./situations.ts";
import { operationsOf, type Scene } from "./tour.ts";
import { unreached } from "./unreached.ts";
import type { Walker, Ways } from "./walker.ts";

/** The course of a walk: which callers send which operations. */

export interface Course {
  /**
   * How much to send: everything as every caller (`all`); each argument at least once, and a part of the rest (`broad`)
   * or a smaller part (`short`); values of others, as a restricted member and a few other callers (`faults`).
   */
  readonly share: keyof typeof shares;
  readonly seed: number;
  /** The fields to query, as `Type.field`; all of them by default. */
  readonly about?: RegExp;
  /** Called before each field. */
  readonly onField?: (field: string) => void;
}

/** What a walk has covered. */
export interface Walked {
  /** Arguments and input fields for which values were sent. */
  readonly places: Set<string>;
  readonly kinds: Set<string>;
  readonly callers: Set<string>;
}

/** Answers to operations that exceed a limit, and are then sent with a smaller selection. */
const TOO_MUCH = /"code":"(QUERY_TOO_COMPLEX|QUERY_TOO_DEEP|TOO_MANY_ALIASES|GRAPHQL_PARSE_FAILED)"/;

const REFUSED = /"errors":\[\{/;

/** Refusals that do not depend on the values sent. */
const FORBIDDEN = /"code":"(FORBIDDEN|INSUFFICIENT_SCOPE)"/;

/** Kinds of values that a mutation refuses. */
const REFUSING = /(never|hidden|nonsense|blank|trashed|negative|unknown)$/;

/** Whether a value names a record of others. */
const isForeign = ({ choice }: Plan) => /(hidden|foreign|mixed|uuid)/.test(choice.kind);

/** A pseudo-random number for a text, the same in each run with the same seed. */
function chance(seed: number, text: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

export async function walkCourse(scene: Scene, walker: Walker, course: Course): Promise<Walked> {
  const walked: Walked = { places: new Set(), kinds: new Set(), callers: new Set() };
  const share = shares[course.share];
  const long = course.share === "all";
  const happens = (percent: number, text: string) => chance(course.seed, text) < percent / 100;
  const [restricted, owner, ...others] = scene.callers;
  if (!restricted || !owner) throw new Error("nobody calls");
  // The caller who sees more comes first: if their answers were kept, other callers would get them.
  const among = course.share === "faults" ? [owner, restricted, ...others.slice(0, 3)] : scene.callers;
  const asking = among.map((walk) => ({ walk, operations: operationsOf(walk, long) }));
  type Asking = (typeof asking)[number];

  const ask = async ({ walk }: Asking, operation: Operation, ways: Ways) => {
    walked.callers.add(walk.caller.name);
    return walker.walk(walk, operation, ways);
  };

  /** Sends only required arguments, and selects as much as the limits allow. @returns whether it was refused */
  const askPlainly = async (one: Asking, [parent, field]: Asked): Promise<boolean> => {
    const key = `${parent.name}.${field.name}`;
    const text = `${key} ${one.walk.caller.name}`;
    // Queries test the fields of records, so mutations of a short walk need not select them.
    const isDeep = course.share !== "short" || !isMutation(parent);
    const ways = {
      repeats: happens(share.plainCompiled, `${text} compiled`),
      isCopied: !isMutation(parent) || happens(share.plainCopied, `${text} copied`),
    };
    for (;;) {
      const { body } = await ask(one, one.operations.plain(parent, field, isDeep), ways);
      if (!TOO_MUCH.test(body)) return REFUSED.test(body);
      if (!shallower(key)) throw new Error(`${key} asks for too much: test/tenancy/operations.ts`);
    }
  };

  const askPlan = async (one: Asking, plan: Plan, text: string) => {
    for (const place of plan.places) walked.places.add(place);
    walked.kinds.add(kindOf(plan));
    await ask(one, one.operations.of(plan), {
      repeats: happens(share.compiled, text),
      isCopied: happens(isForeign(plan) ? share.foreignCopied : share.copied, `${text} copied`),
    });
  };

  /** Sends values together. After a refusal, values that it does not name are sent again: it hid their effect. */
  const askTogether = async (one: Asking, plans: readonly Plan[]): Promise<void> => {
    const operation = one.operations.together(plans);
    const { body } = await ask(one, operation, {
      repeats: happens(share.compiled, operation.name),
      isCopied: happens(share.copied, `${operation.name} copied`),
    });
    if (plans.length < 2 || !REFUSED.test(body) || FORBIDDEN.test(body)) return;
    const rest = plans.filter((plan) => !body.includes(`":${JSON.stringify(pathOf(plan)).slice(0, -1)}`));
    const middle = Math.ceil(plans.length / 2);
    const again = rest.length < plans.length ? [rest] : [plans.slice(0, middle), plans.slice(middle)];
    for (const those of again) if (those.length > 0) await askTogether(one, those);
  };

  /** Sends the chosen values of a field's arguments. */
  const askWith = async (one: Asking, [parent, field]: Asked) => {
    const at = asking.indexOf(one);
    const key = `${parent.name}.${field.name}`;
    /** Arguments that have named hidden records. */
    const named = new Set<string>();
    const fresh: Plan[] = [];
    const together = isMutation(parent) ? share.together : share.togetherAsked;
    for (const plan of one.operations.plans(parent, field)) {
      const isNew =
        plan.places.some((place) => !walked.places.has(place)) ||
        (idKinds.includes(kindOf(plan)) && !walked.kinds.has(kindOf(plan)));
      const text = `${key} ${plan.arg.name} ${plan.choice.kind} ${plan.choice.type} ${at}`;
      const isTheirs = one.walk !== restricted || !isForeign(plan);
      const isFirst = !isTheirs && isMutation(parent) && !named.has(plan.arg.name);
      const isChosen =
        course.share === "faults"
          ? !isTheirs
          : isNew || isFirst || happens(isTheirs ? share.others : share.foreign, text);
      if (!isChosen) continue;
      if (isFirst) named.add(plan.arg.name);
      if (together > 1 && isNew && !isForeign(plan)) {
        for (const place of plan.places) walked.places.add(place);
        walked.kinds.add(kindOf(plan));
        fresh.push(plan);
      } else await askPlan(one, plan, text);
    }
    for (const plans of packed(fresh, together)) await askTogether(one, plans);
  };

  /** Sends values that are refused, until a payload has errors. */
  const askRefused = async ([parent, field]: Asked) => {
    const payload = getNamedType(field.type);
    const errors = `${payload.name}.errors`;
    const isThere = isObjectType(payload) && payload.getFields().errors !== undefined;
    if (!isThere || errors in unreached) return;
    for (const one of asking.slice(0, 2))
      for (const plan of one.operations.plans(parent, field)) {
        if (walker.seen.has(errors)) return;
        if (REFUSING.test(plan.choice.kind)) await askPlan(one, plan, plan.choice.kind);
      }
  };

  const asked = new Set<string>();
  for (const of of [...questions(), ...fieldsWithArguments()]) {
    const [parent, field] = of;
    const key = `${parent.name}.${field.name}`;
    if (asked.has(key) || !(course.about?.test(key) ?? true)) continue;
    asked.add(key);
    course.onField?.(key);
    /** The first caller who is not refused. New values are sent by this caller: for others they would do nothing. */
    let first: Asking | undefined;
    for (const [at, one] of asking.entries()) {
      const isSecond = at === 1 && (!isMutation(parent) || !first || happens(share.second, key));
      if (at !== 0 && !isSecond && !(at > 1 && happens(share.plain, `${key} ${at}`))) continue;
      const isRefused = await askPlainly(one, of);
      if (!isRefused) first ??= one;
    }
    const inTurn = first ? [first, ...asking.filter((one) => one !== first)] : asking;
    for (const one of inTurn) await askWith(one, of);
    if (isMutation(parent) && course.share !== "faults") await askRefused(of);
  }
  if (course.share === "faults") return walked;
  for (const one of long ? asking : asking.slice(0, course.share === "short" ? 2 : 3)) {
    const situations = () =>
      situationsOf(one.walk.cast, one.operations).filter(({ field }) => course.about?.test(field) ?? true);
    for (const at of situations().keys()) {
      let operation = situations()[at] as Operation;
      const repeats = course.share !== "short" && operation.file === undefined;
      while (TOO_MUCH.test((await ask(one, operation, { repeats })).body)) {
        if (!shallower(operation.field)) throw new Error(`${operation.field} asks for too much`);
        operation = situations()[at] as Operation;
      }
    }
  }
  return walked;
}

const kindOf = ({ choice }: Plan): string => choice.kind.split(" ").at(-1) ?? "";

/** The place of a plan's value, as in the path of an error. */
const pathOf = ({ arg, choice }: Plan): string[] => {
  const field = choice.at?.at(-1)?.split(".")[1];
  return field === undefined || isListType(getNullableType(arg.type)) ? [arg.name] : [arg.name, field];
};

/** Groups of plans that can be sent together: each sets a different argument or field of an input. */
function packed(plans: readonly Plan[], most: number): Plan[][] {
  const groups: Plan[][] = [];
  for (const plan of plans) {
    const [arg, field] = pathOf(plan);
    const collides = (other: Plan) => {
      const [otherArg, otherField] = pathOf(other);
      return arg === otherArg && (field === otherField || !field || !otherField);
    };
    const open = groups.find((group) => group.length < most && !group.some(collides));
    if (open) open.push(plan);
    else groups.push([plan]);
  }
  return groups;
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
