import type { Prisma } from "../generated/prisma/client.ts";

/** The columns of the table of models (`entities.ts`), checked against Prisma's generated types. */

export type ModelName = Prisma.ModelName;

type Payload<Name extends ModelName> = Prisma.TypeMap["model"][Name]["payload"];

/** A model's columns, by the names of Prisma's fields. */
export type Scalars<Name extends ModelName> = Payload<Name>["scalars"];
type Objects<Name extends ModelName> = Payload<Name>["objects"];

/** The model that a relation leads to. */
type EndOf<Relation> = Relation extends readonly { name: infer Name }[] | { name: infer Name } ? Name : never;

/** A model's pointers: relations to one row, through a foreign key named after them (`contact`, `contactId`). */
type Pointer<Name extends ModelName> = {
  [Relation in keyof Objects<Name>]: `${Relation & string}Id` extends keyof Scalars<Name> ? Relation : never;
}[keyof Objects<Name>] &
  string;

/** A model's relations to many rows: those of another model that point to it. */
type Many<Name extends ModelName> = {
  [Relation in keyof Objects<Name>]: Objects<Name>[Relation] extends readonly unknown[] ? Relation : never;
}[keyof Objects<Name>] &
  string;

/** Columns in which a merge records the rows that it moved from a duplicate, so that it can be undone. */
export type MovedIds = Extract<keyof Scalars<"ContactMergeSource">, `${string}Ids`>;

/**
 * What a purge of a record does with a row that points to it.
 *
 * - `keep`: keeps the row, and the record as a stub, so that the row can show it as removed.
 * - `delete`: erases the row.
 * - `deleteUnlessShared`: erases the row unless it belongs to another record as well (`visibleThrough`).
 * - `clear`: empties these columns, which hold copies of the record's data, in the row that the pointer `of` leads to.
 *   The row itself is erased by its foreign key (ON DELETE CASCADE) together with the record.
 */
type OnPurge =
  | "keep"
  | "delete"
  | "deleteUnlessShared"
  | { readonly clear: readonly string[]; readonly of: string };

interface PointerRow<To> {
  /** The model that it leads to. */
  readonly to: To;
  /** Whether a `where` may follow it; the pointers of a model that can be filtered must say so. */
  readonly followed?: boolean;
}

interface Purged {
  readonly purge: OnPurge;
}

interface Merged {
  /** The column in which a merge of contacts records the rows that it moves; `keep` if it moves none. */
  readonly merge: MovedIds | "keep";
}

/** A pointer to a contact must say what a merge and a purge do with it; a pointer to a lead, what a purge does. */
type PointerTo<To> = PointerRow<To> &
  (To extends "Contact" ? Merged & Purged : To extends "Lead" ? Purged : unknown);

/**
 * A model that belongs to no organization: a scoped client does not reach it, or only through a relation (`followed`).
 */
interface SharedModel {
  readonly kind: "shared";
  readonly table: string;
  readonly ids?: true;
  readonly followed?: true;
}

/** A database view, declared as a model so that a `where` can follow a relation to it. */
interface View {
  readonly kind: "view";
  readonly table: string;
}

interface OwnedRow<Name extends ModelName> {
  readonly kind: "owned";
  readonly table: string;
  /** Its name in messages, singular and plural. */
  readonly nouns: readonly [one: string, many: string];
  /** Whether scoped clients only read its rows; separate statements write them. */
  readonly readOnly?: true;
  /** Whether writes lock its rows; the order of the table is the order of locks. */
  readonly locked?: true;
  /**
   * Which rows a member restricted to assigned data sees: the member sees a row if one of these columns holds the
   * member's id, or if one of these pointers leads to a row that the member sees. These pointers are the row's parents.
   */
  readonly visibleThrough: "everybody" | readonly (keyof Scalars<Name> | Pointer<Name>)[];
  /** All its pointers. Relations to the organization and to views do not count as pointers. */
  readonly pointers: { readonly [Relation in Pointer<Name>]: PointerTo<EndOf<Objects<Name>[Relation]>> };
  /** The verb for a new one in GraphQL descriptions; "made" if omitted. */
  readonly createdVerb?: string;
}

/**
 * Whether its rows have ids in the API: `<table>_…`, of the GraphQL type with the model's name. A model that has
 * them says whether each change of its rows is an audit event: a transaction without one is then refused
 * (`records/write`).
 */
type Identified = { readonly ids: true; readonly audited: boolean } | { readonly ids?: undefined };

/**
 * A model that can be filtered; its fields are in `filter/registry`, under the table's name in capitals. It says of
 * each of its relations whether a `where` may follow it: one that was forgotten would be refused when it is first used.
 */
type FilteredRow<Name extends ModelName> = {
  readonly filtered: true;
  readonly pointers: { readonly [Relation in Pointer<Name>]: { readonly followed: boolean } };
} & ([Many<Name>] extends [never]
  ? { readonly many?: undefined }
  : {
      /** Its relations to many rows: the model of each, or null for one that no `where` may follow. */
      readonly many: { readonly [Relation in Many<Name>]: EndOf<Objects<Name>[Relation]> | null };
    });

interface UnfilteredRow {
  readonly filtered?: undefined;
  readonly many?: undefined;
}

/** A model whose rows each belong to one organization: scoped clients reach these. */
type OwnedModel<Name extends ModelName> = OwnedRow<Name> & Identified & (FilteredRow<Name> | UnfilteredRow);

export type ModelRow<Name extends ModelName> = SharedModel | View | OwnedModel<Name>;

/** A pointer of any model. */
export interface AnyPointer {
  readonly to: ModelName;
  readonly followed?: boolean;
  readonly merge?: MovedIds | "keep";
  readonly purge?: OnPurge;
}

/** Any model whose rows belong to an organization. */
export interface AnyOwned {
  readonly kind: "owned";
  readonly table: string;
  readonly nouns: readonly [one: string, many: string];
  readonly ids?: true;
  readonly audited?: boolean;
  readonly readOnly?: true;
  readonly locked?: true;
  readonly visibleThrough: "everybody" | readonly string[];
  readonly pointers: Readonly<Record<string, AnyPointer>>;
  readonly many?: Readonly<Record<string, ModelName | null>>;
  readonly filtered?: true;
  readonly createdVerb?: string;
}

/** Any model. */
export type AnyModel = SharedModel | View | AnyOwned;
