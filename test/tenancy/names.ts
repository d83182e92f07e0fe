import { entities } from "../../src/db/entities.ts";
import { encodeId, type IdType } from "../../src/db/ids.ts";
import { type Cast, idModels, type Part } from "./cast.ts";

/** The types of the ids in arguments, and ids of each kind. */

/** The place of a value: the field of the operation, the argument, and the nested input fields. */
export type Place = readonly string[];

/** A value for one place. */
export interface Choice {
  readonly kind: string;
  readonly value: unknown;
  /** The same value for a record that never existed: the answer must be the same. */
  readonly absent?: unknown;
  /** The record's type, if it must be selected by a fragment on this type. */
  readonly type?: string;
  /** The input fields that contain the value, as `Type.field`, the innermost first. */
  readonly at?: readonly string[];
}

const NO_UUID = "01900000-0000-7000-8000-000000000000";

const lower = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** Arguments and input fields that are ids, by their names. */
const byName: Readonly<Record<string, IdType>> = {
  ownerId: "Member",
  memberId: "Member",
  from: "Member",
  to: "Member",
  reassignTo: "Member",
  contactId: "Contact",
  leadId: "Lead",
  dealId: "Deal",
  primaryId: "Contact",
  duplicateIds: "Contact",
  fromId: "Contact",
  expectedVersions: "Contact",
  mergeId: "ContactMerge",
  apiKeyId: "ApiKey",
  recordId: "Contact",
  jobId: "ImportJob",
  folderId: "CustomFieldFolder",
  inSmartList: "SmartList",
  owner: "Member",
  author: "Member",
};

/** Lists of ids and inputs with ids, by the field of the operation. */
const byField: Readonly<Record<string, IdType>> = {
  customFieldsReorder: "CustomField",
  smartListsReplace: "SmartList",
};

/** Inputs whose `id` is a comparison, by the field that has this input. */
const byRelation: Readonly<Record<string, IdType>> = {
  contact: "Contact",
  lead: "Lead",
  deals: "Deal",
  leads: "Lead",
  activities: "Activity",
  conversations: "Conversation",
};

/** Fields of operations that filter another entity than contacts. */
const byRoot: readonly (readonly [prefix: string, type: IdType])[] = [
  ["deal", "Deal"],
  ["lead", "Lead"],
];

/**
 * The type of the ids at a place; null for any type.
 *
 * @throws Error that names the place, if no table has it
 */
export function namedBy(place: Place): IdType | null {
  const [root = "", ...path] = place;
  if (root === "node" || root === "nodes") return null;
  const inner = path.filter(
    (name) => !["and", "or", "not", "some", "none", "input", "filter"].includes(name),
  );
  const comparison = inner.findLast((name) => byName[name] !== undefined);
  if (comparison !== undefined) return byName[comparison] ?? null;
  if (byField[root]) return byField[root] as IdType;
  if (path.includes("filter")) {
    const relation = inner.findLast((name) => byRelation[name] !== undefined);
    if (relation !== undefined) return byRelation[relation] ?? null;
    return byRoot.find(([prefix]) => root.startsWith(prefix))?.[1] ?? "Contact";
  }
  const [type] = idModels
    .map(([model]) => model)
    .filter((model) => root.startsWith(lower(model)))
    .sort((a, b) => b.length - a.length);
  if (type && (path.at(-1) === "id" || path.at(-1) === "ids")) return type;
  throw new Error(`the type of the ids in ${place.join(".")} is unknown: add it to test/tenancy/names.ts`);
}

const parts: readonly Part[] = ["own", "hidden", "foreign"];

/** The last word of the name of each kind of id. */
export const idKinds: readonly string[] = [
  ...parts,
  "type",
  "merged",
  "trashed",
  "purged",
  "never",
  "malformed",
  "uuid",
];

/** Ids of every kind: of one type, or of all types. */
export function idChoices(place: Place, cast: Cast): Choice[] {
  const type = namedBy(place);
  if (type !== null) return idsOf(type, cast);
  return idModels.flatMap(([model]) => idsOf(model, cast).map((choice) => ({ ...choice, type: model })));
}

function idsOf(type: IdType, cast: Cast): Choice[] {
  const absent = cast.never(type);
  const choices: Choice[] = [];
  for (const part of parts) {
    const row = cast.rows[part][type];
    if (!row) continue;
    const id = encodeId(type, row.id);
    choices.push({ kind: part, value: id, ...(part !== "own" && { absent }) });
  }
  const other = type === "Contact" ? "Lead" : "Contact";
  for (const part of ["own", "foreign"] as const) {
    const row = cast.rows[part][other];
    if (!row) continue;
    const kind = `${part} of another type`;
    choices.push({
      kind,
      value: encodeId(other, row.id),
      ...(part === "foreign" && { absent: cast.never(other) }),
    });
  }
  for (const [state, ids] of Object.entries(cast.states)) {
    const id = ids[type];
    if (id !== undefined) choices.push({ kind: state, value: id });
  }
  const raw = cast.rows.foreign[type] ?? cast.rows.own[type];
  choices.push(
    { kind: "never", value: absent },
    { kind: "malformed", value: `${prefixOf(type)}_nonsense` },
    { kind: "uuid", value: raw?.id ?? NO_UUID, absent: NO_UUID },
  );
  return choices;
}

const prefixOf = (type: IdType): string => entities[type].table;
