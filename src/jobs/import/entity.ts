import type { Address } from "../../entities/contact/contact.address.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Refusal } from "../../lib/errors.ts";
import type { CustomValues } from "../../records/custom.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportMatch, Marks } from "./recognise.ts";
import type { ImportValues } from "./values.ts";

/** What the import needs to know about an entity; implemented by `contacts.ts` and `leads.ts`. */

/** An existing record, as far as all entities have it in common. */
export interface ImportRecord {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly tagIds: readonly string[];
}

/** A record's writable columns, as far as all entities have them in common. */
export interface ImportColumns {
  readonly name: string;
  readonly email: string | null;
  readonly notes: string | null;
  readonly ownerId: string | null;
  readonly custom: CustomValues;
}

/** The match of a row: one record that the caller can see, or several. */
export type Holder = ImportRecord | "several";

export interface Holders {
  /** The matching live records that the caller can see, by row id. */
  readonly records: ReadonlyMap<string, ImportRecord>;
  /** Records by the keys of `recognise.ts`. */
  readonly people: ReadonlyMap<string, Holder>;
  /** For entities with unique addresses, the record of each address, by comparison key. */
  readonly addresses: ReadonlyMap<string, Address>;
}

export interface Looked {
  readonly marks: readonly Marks[];
  readonly matchOn: readonly ImportMatch[] | null;
  /** Row ids of records that rows match by id or by a unique value. */
  readonly also: readonly string[];
  /** Whether the records will be changed, and must be locked. */
  readonly lock: boolean;
}

export interface ImportEntity {
  readonly entity: Entity;
  /** Names in messages. */
  readonly nouns: { readonly one: string; readonly many: string };
  /** Whether addresses are unique within the entity. */
  readonly ownsAddress: boolean;
  readonly empty: ImportColumns;
  columnsOf(row: ImportRecord): ImportColumns;
  /** The keys by which a row or a record can be matched. */
  marksOf(said: ImportValues | ImportColumns): Marks;
  /**
   * Applies an input to a record, except for owner and tags.
   *
   * @param defaultCurrency for an amount without a currency, if the record has none either
   */
  apply(
    before: ImportColumns,
    input: ImportValues,
    definitions: readonly Definition[],
    defaultCurrency: string | null,
  ): { readonly after: ImportColumns; readonly refusals: readonly Refusal[] };
  /** The input without changes that would withdraw a "do not contact" or "no phone calls" setting. */
  withoutTakingBack(
    before: ImportColumns,
    input: ImportValues,
  ): { readonly input: ImportValues; readonly kept: readonly unknown[] };
  /**
   * The input without addresses that the record already has.
   *
   * @param merged comparison keys of addresses that the record has because of a merge
   */
  withoutKnown(before: ImportColumns, input: ImportValues, merged: ReadonlySet<string>): ImportValues;
  /** "Do not contact" settings of contacts in the trash, which a new record takes over with their address. */
  keptWishes(columns: ImportColumns, trashed: Address["trashed"]): Partial<ImportColumns>;
  /**
   * Finds the records that rows match.
   *
   * @throws ConcurrentChange if another request changed the matches meanwhile
   */
  find(writer: Writer, looked: Looked): Promise<Holders>;
  insert(writer: Writer, rows: readonly New[]): Promise<void>;
  update(writer: Writer, rows: readonly Changed[]): Promise<void>;
}

export type New = ImportColumns & { readonly id: string; readonly tagIds: readonly string[] };

export interface Changed {
  readonly before: ImportRecord;
  readonly columns: ImportColumns & { readonly tagIds: readonly string[] };
}

/** The parts of an entity, with its own types of rows, columns and inputs. */
export interface EntityParts<Row, Columns, Input>
  extends Omit<
    ImportEntity,
    | "columnsOf"
    | "marksOf"
    | "apply"
    | "withoutTakingBack"
    | "withoutKnown"
    | "keptWishes"
    | "insert"
    | "update"
    | "empty"
  > {
  readonly empty: Columns;
  columnsOf(row: Row): Columns;
  marksOf(said: Input | Columns): Marks;
  apply(
    before: Columns,
    input: Input,
    definitions: readonly Definition[],
    defaultCurrency: string | null,
  ): { readonly after: Columns; readonly refusals: readonly Refusal[] };
  withoutTakingBack(
    before: Columns,
    input: Input,
  ): { readonly input: Input; readonly kept: readonly unknown[] };
  withoutKnown(before: Columns, input: Input, merged: ReadonlySet<string>): Input;
  keptWishes(columns: Columns, trashed: Address["trashed"]): Partial<Columns>;
  insert(
    writer: Writer,
    rows: readonly (Columns & { readonly id: string; readonly tagIds: readonly string[] })[],
  ): Promise<void>;
  update(
    writer: Writer,
    rows: readonly {
      readonly before: Row;
      readonly columns: Columns & { readonly tagIds: readonly string[] };
    }[],
  ): Promise<void>;
}

/** An entity with general types: the import passes back to its functions only values that came from them. */
export const entityOf = <Row, Columns, Input>(parts: EntityParts<Row, Columns, Input>): ImportEntity =>
  parts as unknown as ImportEntity;
