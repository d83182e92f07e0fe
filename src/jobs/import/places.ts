import { contactTable } from "../../entities/contact/contact.columns.ts";
import { contactRows } from "../../entities/contact/contact.table.ts";
import { leadTable } from "../../entities/lead/lead.columns.ts";
import type { Entity } from "../../filter/registry/fields.ts";

/** The fields that columns of a file can be mapped to, from the tables of columns. Pure. */

/** A field that a column of a file can be mapped to. */
export interface Place {
  /** For the documentation. */
  readonly description: string;
  /** Headings that mean the field; the first one is its own. */
  readonly headings: readonly string[];
  /** Path in the input of a record. */
  readonly path: readonly string[];
  /** Name of the record's column; null if there is none. */
  readonly column: string | null;
  /**
   * How a cell is read: as an enum value (`word`), as one of several lines, as a boolean, or as several values with a
   * separator.
   */
  readonly cell: "text" | "lines" | "truth" | "word" | RegExp;
  /** The protective value of a flag, such as "do not contact": one column with it is enough. */
  readonly wish?: boolean;
}

interface Importable {
  readonly as: string;
  readonly description?: string;
  readonly headings: readonly string[];
  readonly path?: readonly string[];
}

/** The part of a table of columns that an import needs. */
interface Row {
  readonly description: string;
  readonly import: Importable | null;
  readonly create: { readonly type: unknown } | null;
  readonly within?: string;
  readonly wish?: unknown;
}

type AsOf<Table> = {
  [Name in keyof Table]: Table[Name] extends { readonly import: { readonly as: infer As } } ? As : never;
}[keyof Table];

export type ImportField = AsOf<typeof contactTable> | AsOf<typeof leadTable> | "TAGS" | "ID" | "OWNER";

/** Enum columns; their values are checked by the entity. */
const words = new Set(["status"]);

/** Columns with lines that may be in several columns of a file. */
const lines = new Set(["street"]);

const cellOf = (name: string, type: unknown): Place["cell"] =>
  words.has(name)
    ? "word"
    : lines.has(name)
      ? "lines"
      : type === "Boolean"
        ? "truth"
        : Array.isArray(type)
          ? /:::|[;|]/
          : "text";

const placesIn = (table: readonly (readonly [string, Row])[]): Partial<Record<ImportField, Place>> => ({
  ...Object.fromEntries(
    table.flatMap(([name, row]): [string, Place][] => {
      if (row.import === null) return [];
      const { as, headings, description = row.description } = row.import;
      const path = row.import.path ?? (row.within === undefined ? [name] : [row.within, name]);
      const wish = typeof row.wish === "boolean" && { wish: row.wish };
      return [
        [as, { description, headings, path, column: name, cell: cellOf(name, row.create?.type), ...wish }],
      ];
    }),
  ),
  ID: {
    description: "The record's id, as it is exported. Used if `matchOn` has ID, otherwise ignored.",
    headings: ["id"],
    path: ["id"],
    column: null,
    cell: "text",
  },
  OWNER: {
    description:
      "The member to whom it is assigned, by e-mail address, name or id. If that matches no member, or several, the row is imported without it and `notes` say so.",
    headings: ["owner", "owner email", "owner id", "owner name"],
    path: ["owner"],
    column: "ownerId",
    cell: "text",
  },
  TAGS: {
    description: "Tags, separated by , or ; or | or :::.",
    headings: ["tags", "tag", "labels"],
    path: ["tags"],
    column: null,
    cell: /:::|[,;|]/,
  },
});

/** A lead has one name, made of first and last name of a file. */
const partOfName = (name: "firstName" | "lastName"): Place => {
  const { description, headings } = contactTable[name].import;
  return { description, headings, path: [name], column: null, cell: "text" };
};

const places: Readonly<Record<Entity, Partial<Record<ImportField, Place>>>> = {
  CONTACT: placesIn(contactRows),
  LEAD: {
    ...placesIn(Object.entries<Row>(leadTable)),
    FIRST_NAME: partOfName("firstName"),
    LAST_NAME: partOfName("lastName"),
  },
};

/** The fields that columns can be mapped to, except custom fields. */
export const placesOf = (entity: Entity): Readonly<Partial<Record<ImportField, Place>>> => places[entity];

/** The fields of all entities, each once, with the entities that have it. */
export const allFields: readonly {
  readonly name: ImportField;
  readonly description: string;
  readonly of: readonly Entity[];
}[] = [...new Set(Object.values(places).flatMap((of) => Object.keys(of) as ImportField[]))].map((name) => {
  const of = (Object.keys(places) as Entity[]).filter((entity) => places[entity][name] !== undefined);
  const [first = "CONTACT"] = of;
  return { name, description: places[first][name]?.description ?? "", of };
});

/** Whether several columns may be mapped to the same field. */
export const holdsSeveral = (entity: Entity, field: ImportField): boolean =>
  places[entity][field]?.cell instanceof RegExp ||
  places[entity][field]?.cell === "lines" ||
  places[entity][field]?.wish !== undefined;
