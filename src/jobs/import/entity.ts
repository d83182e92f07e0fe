import type { Address } from "../../entities/contact/contact.address.ts";
import type { Definition, Entity } from "../../filter/registry/fields.ts";
import type { Refusal } from "../../lib/errors.ts";
import type { CustomValues } from "../../records/custom.ts";
import type { Writer } from "../../records/write/writer.ts";
import type { ImportMatch, Marks } from "./recognise.ts";
import type { ImportValues } from "./values.ts";

/** What an import has to know of a kind of records; `contacts.ts` and `leads.ts` say it. */

/** A record that is there, as much as all kinds have. */
export interface ImportRecord {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly tagIds: readonly string[];
}

/** What a caller writes of a record, as much as all kinds have. */
export interface ImportColumns {
  readonly name: string;
  readonly email: string | null;
  readonly notes: string | null;
  readonly ownerId: string | null;
  readonly custom: CustomValues;
}

/** Who a row may be about: one record that the caller may see, or more than one. */
export type Holder = ImportRecord | "several";

export interface Holders {
  /** The live records that were found and that the caller may see, by row id. */
  readonly records: ReadonlyMap<string, ImportRecord>;
  /** Records by the keys of `recognise.ts`. */
  readonly people: ReadonlyMap<string, Holder>;
  /** What the rows' addresses lead to, by comparison key, where an address is one record's alone. */
  readonly addresses: ReadonlyMap<string, Address>;
}

export interface Looked {
  readonly marks: readonly Marks[];
  readonly matchOn: readonly ImportMatch[] | null;
  /** Row ids of records that rows mean otherwise: by their id, or by a unique value. */
  readonly also: readonly string[];
  /** Whether what is found is to be changed, and so locked. */
  readonly lock: boolean;
}

export interface ImportEntity {
  readonly entity: Entity;
  /** In messages. */
  readonly nouns: { readonly one: string; readonly many: string };
  /** Whether an address is one record's alone. */
  readonly ownsAddress: boolean;
  readonly empty: ImportColumns;
  columnsOf(row: ImportRecord): ImportColumns;
  /** What a row or a record has to be recognised by. */
  marksOf(said: ImportValues | ImportColumns): Marks;
  /**
   * What an input makes of a record, its owner and tags apart.
   *
   * @param defaultCurrency of an amount without one, where the record has none either
   */
  apply(
    before: ImportColumns,
    input: ImportValues,
    definitions: readonly Definition[],
    defaultCurrency: string | null,
  ): { readonly after: ImportColumns; readonly refusals: readonly Refusal[] };
  /** What a row says without what would take back a wish not to be contacted. */
  withoutTakingBack(
    before: ImportColumns,
    input: ImportValues,
  ): { readonly input: ImportValues; readonly kept: readonly unknown[] };
  /**
   * What a row says without addresses that lead to the record already.
   *
   * @param merged because of a merge, by comparison key
   */
  withoutKnown(before: ImportColumns, input: ImportValues, merged: ReadonlySet<string>): ImportValues;
  /** Wishes of those in the trash that a record takes over with their address. */
  keptWishes(columns: ImportColumns, trashed: Address["trashed"]): Partial<ImportColumns>;
  /**
   * Who has what the rows are recognised by.
   *
   * @throws ConcurrentChange when somebody changed what leads to whom meanwhile
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

/** The parts of an entity with its own types for rows, columns and inputs. */
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

/** An entity as the engine works with it, which gives back to each only what came from it. */
export const entityOf = <Row, Columns, Input>(parts: EntityParts<Row, Columns, Input>): ImportEntity =>
  parts as unknown as ImportEntity;
