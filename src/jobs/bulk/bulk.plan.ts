import { type Fingerprint, nothing } from "../../db/read/sets.ts";
import type { Db } from "../../db/scope/db.ts";
import type { Where } from "../../filter/compile/compile.ts";
import { searchWhere, termsOf } from "../../filter/compile/search.ts";
import type { Leaf, Normal } from "../../filter/language/ast.ts";
import { type FilterArgs, readArgs } from "../../filter/list/filter.service.ts";
import type { Context } from "../../graphql/context.ts";
import { type CursorBinding, decodeCursor, encodeCursor, fingerprint } from "../../lib/cursor.ts";
import { type Refusal, RequestError, refusal } from "../../lib/errors.ts";
import type { BulkChange } from "./bulk.change.ts";
import { PLAN_MINUTES } from "./bulk.inputs.ts";

/** The selection of contacts of a bulk change, and the token with which the caller confirms it. */

export interface Selection extends FilterArgs {
  /** Whether every contact may be changed. */
  readonly all?: boolean | null | undefined;
}

export interface ReadSelection {
  /** The live contacts to change. */
  readonly where: Where;
  readonly refusals: readonly Refusal[];
}

/** Reads the selection of contacts, with all of its problems. */
export async function readSelection(
  { now, viewer }: Pick<Context, "now" | "viewer">,
  db: Db,
  selection: Selection,
): Promise<ReadSelection> {
  const { search, all, ...args } = selection;
  const { where, tree, problems } = await readArgs({ db, now, viewer }, "CONTACT", args);
  const words = readWords(search, viewer.defaultCountry);
  const refusals = [
    ...problems.map(({ path, message }) =>
      refusal("INVALID_FILTER", path.split(/[.[\]]+/).filter(Boolean), message),
    ),
    ...words.refusals,
  ];
  if (refusals.length === 0 && words.where === null && matchesEverything(tree) && !all) {
    const message = "the filter matches every contact; to change all of them, set all: true";
    refusals.push(refusal("CONFIRM_ALL_REQUIRED", ["all"], message));
  }
  return { where: { AND: [{ deletedAt: null }, where, words.where ?? {}] }, refusals };
}

/** Free text without a word counts as none. */
function readWords(
  search: Selection["search"],
  country: string | null,
): { where: Where | null; refusals: Refusal[] } {
  if (search == null) return { where: null, refusals: [] };
  try {
    const where = searchWhere(search, country);
    return { where: termsOf(search.text).length === 0 ? null : where, refusals: [] };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const path = (error.details.field ?? "search").split(".");
    return { where: null, refusals: [refusal("INVALID_FILTER", path, error.message)] };
  }
}

/** Whether a filter matches everything, or contains only an empty text. */
function matchesEverything(node: Normal): boolean {
  switch (node.kind) {
    case "all":
      return true;
    case "and":
      return node.nodes.every(matchesEverything);
    case "or":
      return node.nodes.some(matchesEverything);
    case "leaf":
      return isBlankText(node);
    default:
      return false;
  }
}

const textual: ReadonlySet<string> = new Set(["contains", "startsWith", "endsWith"]);

const isBlankText = ({ comparator, operands: [operand], negated }: Leaf): boolean =>
  !negated && textual.has(comparator) && operand === "";

/** A change, and the selection of contacts that it is for. */
export interface Plan {
  readonly change: BulkChange;
  readonly selection: Selection;
}

/** Canonical form of a plan, without `all`, which must be sent each time. */
export const canonicalForm = ({
  change,
  selection: { filter, query, search, timeZone },
}: Plan): readonly unknown[] => [
  change.kind,
  change.input,
  filter ?? null,
  query ?? null,
  search ?? null,
  timeZone ?? null,
];

/** What a plan token is bound to. */
const bindingOf = ({ viewer }: Pick<Context, "viewer">, plan: Plan): CursorBinding => ({
  secret: viewer.cursorSecret,
  list: fingerprint(["bulk plan", canonicalForm(plan), viewer.memberId]),
});

/** A token that confirms a plan for the set of contacts that the dry run counted. */
export function signPlan(
  context: Pick<Context, "viewer" | "now">,
  plan: Plan,
  { count, fingerprint: set }: Fingerprint,
): string {
  const expires = context.now.getTime() + PLAN_MINUTES * 60_000;
  return encodeCursor(bindingOf(context, plan), [expires, count, set]);
}

/** The set that a token was signed for, or why the token is not valid for this plan. */
export function readPlan(
  context: Pick<Context, "viewer" | "now">,
  plan: Plan,
  token: string | null | undefined,
): { set: Fingerprint; refusals: readonly Refusal[] } {
  const invalid = (message: string) => ({
    set: nothing,
    refusals: [refusal("INVALID_PLAN", ["planToken"], message)],
  });
  if (token == null)
    return invalid("planToken is required: run with dryRun: true first, then send the token from its result");
  try {
    const [expires, count, set] = decodeCursor(bindingOf(context, plan), token, "planToken");
    if (Number(expires) <= context.now.getTime()) {
      return invalid("planToken has expired: run with dryRun: true again");
    }
    return { set: { count: Number(count), fingerprint: String(set) }, refusals: [] };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return invalid("planToken is not valid for this change, filter and caller: run with dryRun: true again");
  }
}
