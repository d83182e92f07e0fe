import type { Prisma } from "../generated/prisma/client.ts";

/** What the table of models (`entities.ts`) says of each of them, and what follows from Prisma's own types. */

export type ModelName = Prisma.ModelName;

type Payload<Name extends ModelName> = Prisma.TypeMap["model"][Name]["payload"];

/** A model's columns, by the names of Prisma's fields. */
export type Scalars<Name extends ModelName> = Payload<Name>["scalars"];
type Objects<Name extends ModelName> = Payload<Name>["objects"];

/** The model at a relation's end. */
type EndOf<Relation> = Relation extends readonly { name: infer Name }[] | { name: infer Name } ? Name : never;

/** A model's pointers: relations to one row, by a column of its own that is called after them (`contact`, `contactId`). */
type Pointer<Name extends ModelName> = {
  [Relation in keyof Objects<Name>]: `${Relation & string}Id` extends keyof Scalars<Name> ? Relation : never;
}[keyof Objects<Name>] &
  string;

/** A model's relations to the rows of another one that point to its own. */
type Many<Name extends ModelName> = {
  [Relation in keyof Objects<Name>]: Objects<Name>[Relation] extends readonly unknown[] ? Relation : never;
}[keyof Objects<Name>] &
  string;

/** Where a merge writes down which rows it moved from a duplicate, so that it can be undone. */
export type MovedIds = Extract<keyof Scalars<"ContactMergeSource">, `${string}Ids`>;

/**
 * What becomes of a row when the record that it points to is purged.
 *
 * - `stays`: it stays, and the record as a stub, so that the row can show it as removed.
 * - `goes`: it is erased.
 * - `goesAlone`: it is erased, unless it hangs on another record as well; then it stays.
 * - `blanks`: of the row at the end of another of its pointers, these columns are emptied; they have copies of the
 *   record's data. It goes itself when the database lets the record go.
 */
type OnPurge = "stays" | "goes" | "goesAlone" | { readonly blanks: readonly string[]; readonly of: string };

interface PointerRow<To> {
  /** The model of the row that it leads to. */
  readonly to: To;
  /** Whether a `where` may follow it. */
  readonly followed?: true;
}

interface Purged {
  readonly purge: OnPurge;
}

interface Merged {
  /** What a merge of contacts does with it: where it writes the rows down that it moves, or nothing. */
  readonly merge: MovedIds | "stays";
}

/** What points to a contact must say what a merge and a purge do with it, what points to a lead what a purge does. */
type PointerTo<To> = PointerRow<To> &
  (To extends "Contact" ? Merged & Purged : To extends "Lead" ? Purged : unknown);

/** A model that no scoped client reaches, or through a relation only (`followed`): it belongs to no organization. */
interface SharedModel {
  readonly kind: "shared";
  readonly table: string;
  readonly ids?: true;
  readonly followed?: true;
}

/** A view, which the Prisma schema has as a model so that a `where` can follow a relation to it. */
interface View {
  readonly kind: "view";
  readonly table: string;
}

/** A model whose rows belong each to one organization: a scoped client has it. */
interface OwnedModel<Name extends ModelName> {
  readonly kind: "owned";
  readonly table: string;
  /** What one of its rows is called in messages, and many of them. */
  readonly nouns: readonly [one: string, many: string];
  /** Whether callers see its rows' ids: `<table>_…`, of the GraphQL type that has the model's name. */
  readonly ids?: true;
  /** Whether writes hold its rows, in the order in which the models stand in the table. */
  readonly locked?: true;
  /**
   * What makes a row one of a restricted member's: a column with the member's id, or a pointer to a row that is theirs.
   * One of several is enough. The pointers are what the row hangs on.
   */
  readonly seenBy: "everybody" | readonly (keyof Scalars<Name> | Pointer<Name>)[];
  /** Every pointer that it has; relations to the organization and to views are none. */
  readonly pointers: { readonly [Relation in Pointer<Name>]: PointerTo<EndOf<Objects<Name>[Relation]>> };
  /** Relations to rows that point to its own, and that a `where` may follow. */
  readonly many?: {
    readonly [Relation in Many<Name>]?: EndOf<Objects<Name>[Relation]>;
  };
  /** The view that counts what hangs on its rows. */
  readonly tally?: "tally" extends keyof Objects<Name> ? EndOf<Objects<Name>["tally"]> : never;
  /** Whether filters know its rows, by the name of the table in capitals; its fields are in `filter/registry`. */
  readonly filtered?: true;
  /** How a new one is said to have come, in descriptions: "made", if nothing else. */
  readonly comes?: string;
}

export type ModelRow<Name extends ModelName> = SharedModel | View | OwnedModel<Name>;

/** A pointer's row, whichever it is. */
export interface AnyPointer {
  readonly to: ModelName;
  readonly followed?: true;
  readonly merge?: MovedIds | "stays";
  readonly purge?: OnPurge;
}

/** An organization's model, whichever it is. */
export interface AnyOwned {
  readonly kind: "owned";
  readonly table: string;
  readonly nouns: readonly [one: string, many: string];
  readonly ids?: true;
  readonly locked?: true;
  readonly seenBy: "everybody" | readonly string[];
  readonly pointers: Readonly<Record<string, AnyPointer>>;
  readonly many?: Readonly<Record<string, ModelName>>;
  readonly tally?: ModelName;
  readonly filtered?: true;
  readonly comes?: string;
}

/** A model's row, whichever it is. */
export type AnyModel = SharedModel | View | AnyOwned;
