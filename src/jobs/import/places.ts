import { contactTable } from "../../entities/contact/contact.columns.ts";
import { contactRows } from "../../entities/contact/contact.table.ts";
import { leadTable } from "../../entities/lead/lead.columns.ts";
import type { Entity } from "../../filter/registry/fields.ts";

/** Where the cells of a file can go, made of the tables of columns. Pure. */

/** Where the cells of a column of a file can go. */
export interface Place {
  /** For people. */
  readonly description: string;
  /** The headings that are known to mean it; the first is its own. */
  readonly headings: readonly string[];
  /** In a record's input. */
  readonly path: readonly string[];
  /** What the record's column is called; null where it has none of its own. */
  readonly column: string | null;
  /**
   * How a cell is read: as one of some words, which are written in capitals; as one line of several; of several values,
   * what stands between them.
   */
  readonly cell: "text" | "lines" | "truth" | "word" | RegExp;
  /** The value of a flag that several columns may say, of which one is enough: a wish not to be contacted. */
  readonly wish?: boolean;
}

interface Importable {
  readonly as: string;
  readonly description?: string;
  readonly headings: readonly string[];
  readonly path?: readonly string[];
}

/** As much of a row of a table of columns as an import needs. */
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

/** Columns that are one of some words: what their words are is the matter of the entity. */
const words = new Set(["status"]);

/** Columns whose lines may stand in several columns of a file. */
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

/** A lead has one name, which is made of a file's two. */
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

/** Where a column can go, beside custom fields. */
export const placesOf = (entity: Entity): Readonly<Partial<Record<ImportField, Place>>> => places[entity];

/** The fields of all entities, each once, with those that have it. */
export const allFields: readonly {
  readonly name: ImportField;
  readonly description: string;
  readonly of: readonly Entity[];
}[] = [...new Set(Object.values(places).flatMap((of) => Object.keys(of) as ImportField[]))].map((name) => {
  const of = (Object.keys(places) as Entity[]).filter((entity) => places[entity][name] !== undefined);
  const [first = "CONTACT"] = of;
  return { name, description: places[first][name]?.description ?? "", of };
});

/** Whether several columns may go to the same field. */
export const holdsSeveral = (entity: Entity, field: ImportField): boolean =>
  places[entity][field]?.cell instanceof RegExp ||
  places[entity][field]?.cell === "lines" ||
  places[entity][field]?.wish !== undefined;
