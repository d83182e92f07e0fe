import type { Definition } from "../../filter/registry/fields.ts";
import { tagKey } from "../../lib/accents.ts";
import { emailKey } from "../../lib/email.ts";
import { type Refusal, refusal } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { findDefinition } from "../../records/custom.ts";
import { type NamedTags, tagRefusals } from "../../records/tags.ts";
import { uniqueValuesOf } from "../../records/unique.ts";
import type { Holders, ImportColumns, ImportEntity } from "./entity.ts";
import { type Reduced, without } from "./leave-out.ts";
import { customKey, type Meant } from "./meant.ts";
import * as messages from "./notes.ts";
import type { Owners } from "./owners.ts";
import type { Pending } from "./pending.ts";
import { type ImportRow, leftOutOf, problemAt, type RowProblem } from "./row.ts";
import type { ImportValues } from "./values.ts";
import type { AddressBook } from "./who.ts";

/** Validates the input of a row against its record. */

/** What is known about a batch while its rows are validated. */
export interface Grounds {
  readonly entity: ImportEntity;
  readonly definitions: readonly Definition[];
  readonly tags: NamedTags;
  /** Comparison keys of tags that do not exist and that no earlier row creates. */
  readonly missing: ReadonlySet<string>;
  readonly createMissingTags: boolean;
  /** ISO 4217 code for amounts without a currency. */
  readonly defaultCurrency: string | null;
  readonly leaveOut: boolean;
  readonly owners: Owners;
  readonly addresses: Holders["addresses"];
  readonly addressBook: AddressBook;
  readonly values: Meant["values"];
  /** Records that this batch will write, by the keys of its rows. */
  readonly byKey: ReadonlyMap<string, Pending>;
}

/** The record that a row is about. */
export interface About {
  readonly before: Pending | null;
  /** In a dry run, the earlier row that would have created the record. */
  readonly earlier: number | null;
  /** Whether the row matches several records; then it is not compared with other records. */
  readonly several: boolean;
  /** Comparison keys of addresses that the record has because of a merge. */
  readonly merged: ReadonlySet<string>;
}

export interface Verdict {
  /** The input, without the values that were left out. */
  readonly input: ImportValues;
  /** Reasons to refuse the row; empty if it is not refused. */
  readonly problems: readonly RowProblem[];
  readonly leftOut: readonly RowProblem[];
  readonly columns: ImportColumns;
  readonly ownerId: string | null | undefined;
  /** Why the owner named in the row is not used. */
  readonly unknownOwner: RowProblem | null;
  /** Names of tags to create. */
  readonly unmade: readonly string[];
}

/** Validates the input of a row; invalid values are left out if the caller wants that. */
export function judge(grounds: Grounds, row: ImportRow, given: ImportValues, about: About): Verdict {
  const leftOut: RowProblem[] = [...row.leftOut];
  const stated = withoutBlanks(given, grounds.definitions);
  let { input } = stated;
  let columnOf: ImportRow["columnOf"] = (path) => row.columnOf(stated.origin(path));
  for (;;) {
    const { refusals, unknown, ...columns } = check(grounds, input, about);
    const unknownOwner = unknown === null ? null : messages.unknownOwner(columnOf(["owner"]), unknown);
    const verdict = { ...columns, unknownOwner };
    const paths = refusals.map(({ path }) => path.slice(1));
    const problems = refusals.map((each, at) => problemOf(each, paths[at] ?? [], columnOf));
    if (problems.length === 0) return { ...verdict, input, problems, leftOut };
    const less = grounds.leaveOut ? without(input, paths) : null;
    if (less === null) return { ...verdict, input, problems: [...leftOut, ...problems], leftOut: [] };
    leftOut.push(...leftOutOf(problems, less.values));
    const before = columnOf;
    columnOf = (path) => before(less.origin(path));
    input = less.input;
  }
}

/** A refusal as a row's problem, with the column's heading. */
function problemOf(refusal: Refusal, path: readonly string[], columnOf: ImportRow["columnOf"]): RowProblem {
  const { code, message } = refusal;
  const problem = problemAt({ code, path, message }, columnOf);
  const named =
    refusal.kind === "customField" && problem.column !== null && message.startsWith(`${refusal.slug} `);
  return named ? { ...problem, message: `${problem.column}${message.slice(refusal.slug.length)}` } : problem;
}

function check(grounds: Grounds, input: ImportValues, { before, earlier, several, merged }: About) {
  const { entity, definitions, owners, createMissingTags, defaultCurrency } = grounds;
  const { id: _id, owner: _owner, ...given } = input;
  const now = before?.columns ?? (earlier === null ? entity.empty : nameless(entity));
  const { after: columns, refusals } = entity.apply(now, given, definitions, defaultCurrency);
  const owner = owners.find(input);
  const tags = tagsOf(grounds, input, input.createMissingTags ?? createMissingTags);
  return {
    columns,
    ownerId: owner.ownerId,
    unknown: owner.unknown,
    unmade: tags.unmade,
    refusals: [
      ...refusals,
      ...longNotes(input),
      ...owner.refusals,
      ...tags.refusals,
      ...(several ? [] : takenAddresses(grounds, input, before, earlier, merged)),
      ...(several ? [] : takenValues(grounds, input, columns, before)),
    ],
  };
}

/** A record that a dry run would have created: it has a name and an address, and its other columns are not checked. */
const nameless = ({ empty }: ImportEntity): ImportColumns => ({ ...empty, name: "?", email: "?" });

/** Longest notes, in UTF-16 units. */
const MAX_NOTES = 50_000;

/** The refusal of notes that became too long because of kept columns. */
const longNotes = ({ notes }: ImportValues): Refusal[] =>
  (notes?.length ?? 0) <= MAX_NOTES
    ? []
    : [refusal("TOO_LONG", ["input", "notes"], `notes must not be longer than ${MAX_NOTES} characters`)];

function tagsOf({ tags: { ids }, missing }: Grounds, { tags }: ImportValues, create: boolean) {
  const unmade: string[] = [];
  const refusals = (tags ?? []).flatMap((tag, at) => {
    if (!missing.has(tagKey(tag))) return [];
    unmade.push(tag);
    return tagRefusals({ ids, missing: [tag] }, ["input", "tags", String(at)], create);
  });
  return { unmade, refusals };
}

/** The addresses of a row that belong to another record. */
function takenAddresses(
  { entity, addresses, addressBook }: Grounds,
  { email, otherEmails }: ImportValues,
  before: Pending | null,
  earlier: number | null,
  merged: ReadonlySet<string>,
): Refusal[] {
  if (!entity.ownsAddress) return [];
  const isTaken = (address: string): boolean => {
    const key = emailKey(address);
    if (key === null || merged.has(key)) return false;
    const holder = addresses.get(key)?.holder ?? null;
    const others = holder !== null && holder.id !== before?.before?.id;
    return others || addressBook.isTaken(key, before, earlier);
  };
  const further = Array.isArray(otherEmails) ? otherEmails : [];
  return [
    ...(email != null && isTaken(email) ? [messages.emailTaken(["input", "email"])] : []),
    ...further.flatMap((address, at) =>
      isTaken(address) ? [messages.emailTaken(["input", "otherEmails", String(at)])] : [],
    ),
  ];
}

/** The values of unique custom fields that belong to another record. */
function takenValues(
  { entity, definitions, values, byKey }: Grounds,
  { customFields }: ImportValues,
  columns: ImportColumns,
  before: Pending | null,
): Refusal[] {
  return uniqueValuesOf(columns.custom, definitions).flatMap((value) => {
    const key = customKey(value);
    const holder = values.get(key);
    const others = holder !== undefined && holder.id !== before?.before?.id;
    const mine = byKey.get(key);
    if (!others && (mine === undefined || mine === before)) return [];
    const at = customFields?.findIndex(({ slug }) => slug === value.slug) ?? -1;
    const path = ["input", "customFields", ...(at === -1 ? [] : [String(at)])];
    return [messages.valueTaken(entity.nouns.one, value.slug, path)];
  });
}

/** The input without empty custom fields, which keep their values, unless the field does not exist. */
function withoutBlanks(
  input: ImportValues,
  definitions: readonly Definition[],
): Omit<Reduced<ImportValues>, "values"> {
  const nothing = (input.customFields ?? []).flatMap(({ slug, value }, at) =>
    isNothing(value) && findDefinition(slug, definitions) ? [["customFields", String(at)]] : [],
  );
  const whole = { input, origin: (path: readonly string[]) => path };
  return nothing.length === 0 ? whole : (without(input, nothing) ?? whole);
}

const isNothing = (value: unknown): boolean =>
  value == null ||
  (typeof value === "string" && isBlank(value)) ||
  (Array.isArray(value) && value.length === 0);
