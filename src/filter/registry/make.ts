import type { IdType } from "../../db/ids.ts";
import type { SortType } from "../../lib/page.ts";
import type { FieldType, FilterField, OtherAddresses, Relation, Storage } from "./fields.ts";

/** Builds the definitions of built-in fields. */

type Extra = Partial<
  Pick<FilterField, "aliases" | "options" | "sort" | "idType" | "index" | "allData" | "from">
>;

/** The label of a field, from its path: `doNotContact` becomes "Do not contact". */
const labelOf = (path: string): string => {
  const words = path.replace(/\./g, ": ").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1).replace("Id", "id");
};

export const field = (
  path: string,
  type: FieldType,
  storage: Storage,
  description: string,
  extra: Extra = {},
): FilterField => ({
  path,
  type,
  storage,
  label: labelOf(path),
  description,
  ...extra,
  aliases: [
    ...new Set([path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), ...(extra.aliases ?? [])]),
  ],
});

export const column = (
  name: string,
  nullable = false,
  more: { searched?: true; shown?: string; others?: OtherAddresses; via?: string[] } = {},
): Storage => ({
  kind: "column",
  column: name,
  nullable,
  ...more,
});

export const sorted = (column: string, nullable: boolean, type: SortType): Pick<FilterField, "sort"> => ({
  sort: { column, nullable, type },
});

/** A text that is compared folded, in a column of its own. */
export const folded = (
  from: string,
  description: string,
  { nullable = false, searched, ...extra }: Extra & { nullable?: boolean; searched?: true } = {},
): FilterField =>
  field(from, "text", column(`${from}Key`, nullable, searched && { searched }), description, {
    ...extra,
    from,
  });

/**
 * A text that is compared folded, under its key of `keys`: short values have a token in `facets`, others are read row
 * by row.
 */
export const keyed = (
  from: string,
  description: string,
  { path = from, ...extra }: Extra & { path?: string } = {},
): FilterField => field(path, "text", { kind: "key", key: path }, description, { ...extra, from });

/** The record's id. */
export const recordId = (idType: IdType, table: string): FilterField =>
  field("id", "id", column("id"), "The record's id.", { idType, index: `${table}_pkey` });

/**
 * When a record was created and last changed.
 *
 * @param created, updated the indexes of the two fields
 */
export const times = (created: string, updated?: string): FilterField[] => [
  field("createdAt", "dateTime", column("createdAt"), "When it was created.", {
    ...sorted("createdAt", false, "date"),
    index: created,
  }),
  field("updatedAt", "dateTime", column("updatedAt"), "When it last changed.", {
    ...sorted("updatedAt", false, "date"),
    ...(updated !== undefined && { index: updated }),
  }),
];

/** Related records, with the field `count` if they can be counted. */
export const related = (
  path: string,
  relation: Relation,
  description: string,
  index: string,
  counted?: string,
): FilterField[] => [
  field(path, "relation", { kind: "relation", relation }, description, { index }),
  ...(counted === undefined
    ? []
    : [
        field(
          `${path}.count`,
          "integer",
          { kind: "count", relation: `${path}Count`, of: relation },
          counted,
          {
            index,
            // A restricted member cannot count leads: a contact of theirs may come from leads of other owners. All
            // deals, activities and conversations of their contacts are visible to them.
            ...(relation.target === "LEAD" && { allData: true }),
          },
        ),
      ]),
];

const roles = ["OWNER", "ADMIN", "MEMBER", "READ_ONLY"];

/** Fields of a member: by id, role and other properties. */
export const member = (path: string, name: string, description: string, extra: Extra = {}): FilterField[] => [
  field(path, "member", column(name, true), description, { ...extra, idType: "Member" }),
  field(`${path}.role`, "enum", column("role", false, { via: [path] }), `Role of the ${path}.`, {
    options: roles,
  }),
  field(
    `${path}.email`,
    "email",
    column("emailKey", false, { via: [path, "user"] }),
    `E-mail address of the ${path}.`,
  ),
];
