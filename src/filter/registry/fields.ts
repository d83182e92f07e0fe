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

/** By entity, the name of its GraphQL type and its nouns in messages. */
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
   * A column. `searched`: `search_text` contains the text too, and its trigram index helps. `shown`: the key of
   * `keys` with the shown form of the text, where that differs. `others`: further addresses of the row. `via`: the
   * relations, each to one row, that lead to the row with the column.
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
  /** Folded text under a key of `keys`; short texts also have a token in `facets`. */
  | { readonly kind: "key"; readonly key: string }
  /**
   * Phone numbers of one row in one column, separated by line feeds. `whole`: where the numbers are one by one, in a
   * column with one number or a relation with a row for each.
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
  /** The number of related records (`of`), in a view that has a row for each record with any. */
  | { readonly kind: "count"; readonly relation: string; readonly of: Relation }
  /** Related records. */
  | { readonly kind: "relation"; readonly relation: Relation }
  /** Smart lists, which are replaced by their filters before anything is compiled. */
  | { readonly kind: "lists" };

/**
 * Further addresses of a row, of which one has to match. Each has a token in `facets`; a key of `keys` has all of
 * them, with their shown forms, separated by line feeds.
 */
export interface OtherAddresses {
  /** The column that callers write. */
  readonly from: string;
  readonly key: string;
}

/** Records of another entity that belong to a record. */
export interface Relation {
  readonly target: FilterEntity;
  /** Name of the relation in Prisma. */
  readonly relation: string;
  /** Whether there is at most one such record. */
  readonly one?: boolean;
  /** Whether records in the trash are excluded. */
  readonly live?: boolean;
}

/** A field that can be filtered. */
export interface FilterField {
  /** Its name in the query form, such as `createdAt`, `custom.industry` or `deals.count`. */
  readonly path: string;
  /** Further names in the query form. */
  readonly aliases: readonly string[];
  readonly type: FieldType;
  /** Display name. */
  readonly label: string;
  readonly description: string;
  readonly storage: Storage;
  /** The column that callers write, where the storage is a derived column computed from it. */
  readonly from?: string;
  /** The index that finds its values; absent if every row is read. */
  readonly index?: string;
  /** Whether only members who see all data may use the field. */
  readonly allData?: boolean;
  /** The allowed values of an enum or select field, in order. */
  readonly options?: readonly string[];
  /** The type of ids that an id, member or list field accepts. */
  readonly idType?: IdType;
  /** The column that sorts by the field; absent if the field is not sortable. */
  readonly sort?: {
    readonly column: string;
    readonly nullable: boolean;
    readonly type: SortType;
  };
}

/** Whether the field is compared in a column of order keys, which sorts texts without regard to accents. */
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

/** The kind of slot column that values of a type are copied into; MULTI_SELECT and BOOLEAN have only tokens. */
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

/** The filterable field of a custom field. */
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

/** The key of `keys` with a row's e-mail addresses without accents, if any has accents: searches look there. */
export const PLAIN_ADDRESSES = "emailPlain";

/** Longest text that has an equality token, in UTF-16 units of the folded text. */
export const MAX_TOKEN_VALUE = 64;

/** The token of a value: folded text, an option, or `true` or `false`. */
export const facetToken = (fieldKey: string, value: string): string => `${fieldKey}:${value}`;

/** The token of a custom field that has any value; the tokens of its values start with it. */
export const presenceToken = (slug: string): string => `custom.${slug}`;
