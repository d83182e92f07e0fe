import type { FieldMap, InputFieldMap } from "@pothos/core";
import { z } from "zod";
import type { FilterField } from "../filter/registry/fields.ts";
import type { builder } from "../graphql/builder.ts";
import { LONG_TEXT, price } from "../graphql/limits/price.ts";
import { flag, longText, text, url } from "./inputs.ts";

/**
 * The tables of columns: one row for each column that callers write. Inputs, fields, checks, filters and purges are
 * made from them. An entity adds its own properties to these rows, such as merge groups.
 *
 * Only columns of contacts and leads say whether they are personal, because these rows are about one person: a purge
 * erases their personal columns. Deals, conversations and activities that remain after a purge keep their texts.
 */

/** The builder's types for the fields of an input. */
export type InputFields = Parameters<Parameters<typeof builder.inputType>[1]["fields"]>[0];
type QueryFields = Parameters<Parameters<typeof builder.queryFields>[0]>[0];
type InputType = Parameters<InputFields["field"]>[0]["type"];

/** How callers write a column. */
export interface Input {
  readonly type: InputType;
  /** GraphQL description, with the limit of the value. */
  readonly description: string;
  readonly required?: true;
  /** Checks and normalises the value; decides what absent, null and blank mean. */
  readonly check: z.ZodType;
}

/** How answers show a column. */
interface Shown {
  readonly type: Parameters<QueryFields["field"]>[0]["type"];
  readonly nullable?: true;
  readonly extensions?: object;
}

/** Properties of the columns of all entities. */
interface AnyColumn {
  /** GraphQL description. */
  readonly description: string;
  /**
   * How the field of the type shows it; null if a field defined by hand does: one of a relation, or of several columns.
   */
  readonly shown: Shown | null;
  /** How it is written in a new record, and in an update; null if it is not written by itself. */
  readonly create: Input | null;
  readonly update: Input | null;
  /** The input object in which it is written together with other columns, such as `address`. */
  readonly within?: string;
  /** Its value in an empty record. */
  readonly blank: unknown;
  /** The filter fields made from it. */
  readonly filter: readonly FilterField[];
}

/** A column of a record that is not about one person. */
export interface Column extends AnyColumn {
  readonly personal?: never;
}

/** A column of a contact or lead. */
export interface PersonColumn extends AnyColumn {
  /** Whether it says something about the person: then a purge clears it. */
  readonly personal: boolean;
}

export type ColumnTable = Readonly<Record<string, AnyColumn>>;

type When = "create" | "update";

/** The input of a column that is created and changed in the same way. */
export const written = <const Same extends Input>(input: Same) => ({ create: input, update: input });

/** An optional line of at most `limit` characters. @param description of the input */
export const textColumn = (limit: number, description: string) => ({
  ...written({ type: "String", description, check: text(limit) }),
  shown: { type: "String", nullable: true } as const,
  blank: null,
});

/** Optional text of any number of lines, at most `limit` characters altogether. */
export const longTextColumn = (limit: number, description: string) => ({
  ...written({ type: "String", description, check: longText(limit) }),
  shown: {
    type: "String",
    nullable: true,
    ...(limit > 1_000 && { extensions: price({ cost: LONG_TEXT }) }),
  } as const,
  blank: null,
});

/** An optional web address. */
export const urlColumn = (description: string) => ({
  ...written({ type: "String", description, check: url }),
  shown: { type: "URL", nullable: true } as const,
  blank: null,
});

/** A boolean. @param blank its default */
export const flagColumn = <const Blank extends boolean>(blank: Blank, description: string) => ({
  ...written({ type: "Boolean", description, check: flag }),
  shown: { type: "Boolean" } as const,
  blank,
});

/** The column values of an empty record. */
export const blanksOf = <Table extends ColumnTable>(table: Table) =>
  Object.fromEntries(Object.entries(table).map(([name, { blank }]) => [name, blank])) as {
    readonly [Name in keyof Table]: Table[Name]["blank"];
  };

/** The values that a purge gives to the columns with personal data. */
export const erasedOf = <Table extends Readonly<Record<string, PersonColumn>>>(table: Table) =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, { blank, personal }]) => (personal ? [[name, blank]] : [])),
  ) as { readonly [Name in keyof Table as Table[Name]["personal"] extends true ? Name : never]: unknown };

/** The filter fields of a table's columns, in their order. */
export const filtersOf = (table: ColumnTable): FilterField[] =>
  Object.values(table).flatMap(({ filter }) => filter);

type CheckOf<Row, How extends When> =
  Row extends Record<How, { readonly check: infer Check extends z.ZodType }> ? Check : never;

type Written<Table, How extends When> = {
  [Name in keyof Table as Table[Name] extends Record<How, Input> ? Name : never]: Table[Name];
};

type Apart<Table, How extends When> = {
  [Name in keyof Written<Table, How> as Table[Name & keyof Table] extends { readonly within: string }
    ? never
    : Name]: CheckOf<Table[Name & keyof Table], How>;
};

type Groups<Table> = Extract<Table[keyof Table], { readonly within: string }>["within"];

type Together<Table, How extends When> = {
  [Group in Groups<Table>]: z.ZodOptional<
    z.ZodNullable<
      z.ZodObject<{
        [Name in keyof Written<Table, How> as Table[Name & keyof Table] extends { readonly within: Group }
          ? Name
          : never]: CheckOf<Table[Name & keyof Table], How>;
      }>
    >
  >;
};

/** The checks of an input, by the names of its fields. */
export type Checks<Table, How extends When> = Apart<Table, How> & Together<Table, How>;

/** The checks of an input made from a table's columns. Columns that are written together may be null together. */
export function checksOf<const Table extends ColumnTable, How extends When>(
  table: Table,
  how: How,
): Checks<Table, How> {
  const checks: Record<string, z.ZodType> = {};
  const groups = new Map<string, Record<string, z.ZodType>>();
  for (const [name, row] of Object.entries(table)) {
    const check = row[how]?.check;
    if (!check) continue;
    if (row.within === undefined) checks[name] = check;
    else {
      const group = groups.get(row.within) ?? {};
      group[name] = check;
      groups.set(row.within, group);
      // At the position of its first column, so that refusals come in the order of the table.
      checks[row.within] = z.object(group).nullish();
    }
  }
  return checks as unknown as Checks<Table, How>;
}

/** The input fields of a table's columns, except those written inside another input object. */
export const inputFieldsOf = (t: InputFields, table: ColumnTable, how: When): InputFieldMap =>
  fieldMap(
    t,
    Object.entries(table).flatMap(([name, row]) => (row.within === undefined ? [[name, row[how]]] : [])),
  );

/** The input fields of the columns that are written inside another input object, such as an address. */
export const inputFieldsWithin = (
  t: InputFields,
  table: ColumnTable,
  group: string,
  how: When,
): InputFieldMap =>
  fieldMap(
    t,
    Object.entries(table).flatMap(([name, row]) => (row.within === group ? [[name, row[how]]] : [])),
  );

const fieldMap = (t: InputFields, inputs: readonly (readonly [string, Input | null])[]): InputFieldMap =>
  Object.fromEntries(
    inputs.flatMap(([name, input]) => {
      if (input === null) return [];
      const { type, description, required = false } = input;
      return [[name, t.field({ type, description, required })]];
    }),
  );

/** A builder of a type's fields, as far as it shows columns. */
interface Exposing {
  expose(name: never, options: never): FieldMap[string];
}

/**
 * The fields of a type that show a table's columns: those written together in `within`, or those written by themselves.
 */
export const shownFieldsOf = (t: Exposing, table: ColumnTable, within?: string): FieldMap =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, { shown, description, within: group }]) =>
      shown === null || group !== within
        ? []
        : [[name, t.expose(name as never, { ...shown, description } as never)]],
    ),
  );

/** Picks columns from a record. */
export const columnsOf = <Name extends string, Row extends Readonly<Record<Name, unknown>>>(
  names: readonly Name[],
  row: Row,
): Pick<Row, Name> => Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<Row, Name>;
