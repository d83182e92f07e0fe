import type { entities } from "../../db/entities.ts";
import type { IdType } from "../../db/ids.ts";
import { type FilteredName, ownedModels } from "../../db/models.ts";
import type { Definition } from "../../db/read/catalogue.ts";
import type { CustomFieldEntity, CustomFieldType } from "../../generated/prisma/enums.ts";
import type { SortType } from "../../lib/page.ts";

/** The type of filterable fields, and the fields of custom field definitions; for built-in fields see `built-in.ts`. */

/** The entities that can be filtered, by the table of models. */
export type FilterEntity = Uppercase<(typeof entities)[FilteredName]["table"]>;

interface FilteredModel {
  readonly type: FilteredName;
  readonly nouns: readonly [one: string, many: string];
}

/** The model of what can be filtered, which is the GraphQL type of its name too, and what its records are called. */
export const filteredModels = Object.fromEntries(
  ownedModels.flatMap(([type, { table, nouns, filtered }]) =>
    filtered ? [[table.toUpperCase(), { type, nouns }]] : [],
  ),
) as unknown as Readonly<Record<FilterEntity, FilteredModel>>;

/** The entities that have custom fields. */
export type Entity = CustomFieldEntity;
export type { Definition };

/** What kind of values a field has: decides its operators and how operands are read. */
export type FieldType =
  | "text"
  | "email"
  | "phone"
  | "boolean"
  | "integer"
  | "number"
  | "currency"
  | "date"
  | "dateTime"
  | "enum"
  | "select"
  | "multiSelect"
  | "tags"
  | "id"
  | "member"
  | "smartList"
  | "relation";

/** Where a field's values are stored in the form in which they are compared. */
export type Storage =
  /**
   * A column. `searched` says that `search_text` holds the text too, whose trigram index then helps; `shown` is the key
   * of `keys` that holds the shown form of the text, where that differs; `others` says where further addresses of the
   * row are; `via` are the relations, each to one row, that lead to the row with the column.
   */
  | {
      readonly kind: "column";
      readonly column: string;
      readonly nullable: boolean;
      readonly searched?: boolean;
      readonly shown?: string;
      readonly others?: OtherAddresses;
      readonly via?: readonly string[];
    }
  /** Folded text under a key of `keys`, with a token in `facets` while it is short. */
  | { readonly kind: "key"; readonly key: string }
  /**
   * Phone numbers of one row, each between line feeds, in one column. `whole` has them by themselves: a column with
   * one number, or the relation to a row for each.
   */
  | {
      readonly kind: "lines";
      readonly column: string;
      readonly whole: { readonly column: string; readonly relation?: string };
    }
  /** An array column of ids. */
  | { readonly kind: "array"; readonly column: string }
  /** A JSON value under a slug of `custom`, with tokens in `facets` for options and booleans. */
  | { readonly kind: "custom"; readonly slug: string }
  /** Other records. */
  | { readonly kind: "relation"; readonly relation: Relation }
  /** Other filters, which take the field's place before anything is compiled. */
  | { readonly kind: "lists" };

/**
 * Further addresses of a row, any of which will do: each under a token of `facets`, and all of them, in their shown
 * forms too, each between line feeds, under a key of `keys`.
 */
export interface OtherAddresses {
  /** The column that callers write. */
  readonly from: string;
  readonly key: string;
}

/** The records of another kind that belong to a record. */
export interface Relation {
  readonly target: FilterEntity;
  /** Prisma's name of it. */
  readonly relation: string;
  /** Whether there is one such record at most. */
  readonly one?: boolean;
  /** Whether records in the trash are left out. */
  readonly live?: boolean;
}

/** One thing that can be filtered. */
export interface FilterField {
  /** Its name in the query form, such as `createdAt`, `custom.industry` or `deals.count`. */
  readonly path: string;
  /** Further names in the query form. */
  readonly aliases: readonly string[];
  readonly type: FieldType;
  /** For people. */
  readonly label: string;
  readonly description: string;
  readonly storage: Storage;
  /** The column that callers write, where the storage is a derived column computed from it. */
  readonly from?: string;
  /** The index by which it can be looked up; absent when every row is read. */
  readonly index?: string;
  /** Whether only members who see all data may use it. */
  readonly allData?: boolean;
  /** What an enum or select field may hold, in order. */
  readonly options?: readonly string[];
  /** Whose ids an id, member or list field takes. */
  readonly idType?: IdType;
  /** The column that sorts it; absent when it cannot be sorted. */
  readonly sort?: {
    readonly column: string;
    readonly nullable: boolean;
    readonly type: SortType;
  };
}

/** Whether the column in which a field is compared holds order keys: the column that sorts it by words. */
export const holdsOrderKeys = ({ storage, sort }: FilterField): boolean =>
  sort?.type === "words" && storage.kind === "column" && storage.column === sort.column;

const customTypes = {
  TEXT: "text",
  URL: "text",
  NUMBER: "number",
  BOOLEAN: "boolean",
  DATE: "date",
  DATE_TIME: "dateTime",
  SELECT: "select",
  MULTI_SELECT: "multiSelect",
} as const satisfies Record<CustomFieldType, FieldType>;

/** The kind of slot that a type's values are copied into; MULTI_SELECT and BOOLEAN have tokens only. */
export const slotKinds = {
  TEXT: "text",
  URL: "text",
  SELECT: "text",
  NUMBER: "number",
  DATE: "date",
  DATE_TIME: "date",
  BOOLEAN: null,
  MULTI_SELECT: null,
} as const satisfies Record<CustomFieldType, "text" | "number" | "date" | null>;

/** The filterable field that a custom field's definition makes. */
export function customField(definition: Definition): FilterField {
  const { slug, slot, type, name, entity } = definition;
  const slotKind = slotKinds[type];
  const storage = customStorage(definition);
  const index = customIndex(entity, storage, type);
  return {
    path: `custom.${slug}`,
    aliases: [],
    type: customTypes[type],
    label: name,
    description: name,
    storage,
    ...(index !== null && { index }),
    ...(slot &&
      slotKind && { sort: { column: slot, nullable: true, type: slotKind === "text" ? "words" : slotKind } }),
    ...((type === "SELECT" || type === "MULTI_SELECT") && { options: definition.options }),
  };
}

function customStorage({ slug, slot, type }: Definition): Storage {
  if (slot && type !== "SELECT") return { kind: "column", column: slot, nullable: true };
  if (type === "TEXT" || type === "URL") return { kind: "key", key: `custom.${slug}` };
  return { kind: "custom", slug };
}

function customIndex(entity: Entity, storage: Storage, type: CustomFieldType): string | null {
  const table = entity.toLowerCase();
  if (storage.kind === "column") {
    return `${table}_${storage.column.replace(/\d/, (number) => `_${number}`)}_idx`;
  }
  return storage.kind === "key" || ["SELECT", "MULTI_SELECT", "BOOLEAN"].includes(type)
    ? `${table}_facets_idx`
    : null;
}

/**
 * The key of `keys` that holds a row's e-mail addresses without accents, as far as they have any: searches look there.
 */
export const PLAIN_ADDRESSES = "emailPlain";

/** Longest text that has an equality token. Counted in UTF-16 units of the folded text. */
export const MAX_TOKEN_VALUE = 64;

/** The token of one value of one field; folded text, an option, or `true` and `false`. */
export const facetToken = (fieldKey: string, value: string): string => `${fieldKey}:${value}`;

/** The token of a custom field that has any value; the tokens of its values begin with it. */
export const presenceToken = (slug: string): string => `custom.${slug}`;
