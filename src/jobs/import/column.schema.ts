import { builder } from "../../graphql/builder.ts";
import type { Column, UnmappedColumn } from "./column.ts";
import { ColumnReasonEnum, ImportFieldEnum } from "./import.inputs.ts";

/** GraphQL types of column mappings. */

const columnDescription =
  "The column's heading; `Column 3` for the third column without a heading, `Notes (2)` for a second column with the heading Notes.";

export const UnmappedColumnType = builder.objectRef<UnmappedColumn>("ImportUnmappedColumn").implement({
  description: "A column of the file that is not imported.",
  fields: (t) => ({
    column: t.exposeString("column", { description: columnDescription }),
    reason: t.expose("reason", { type: ColumnReasonEnum, description: "Why." }),
    samples: t.exposeStringList("samples", {
      description: "Up to three of its values, the first 100 characters of each.",
    }),
  }),
});

export const ColumnType = builder.objectRef<Column>("ImportColumn").implement({
  description: "Mapping of a column of the file; not imported when field and custom field are both null.",
  fields: (t) => ({
    column: t.exposeString("column", { description: columnDescription }),
    reason: t.expose("reason", {
      type: ColumnReasonEnum,
      nullable: true,
      description: "Why; null for an import of an earlier version.",
    }),
    field: t.expose("field", { type: ImportFieldEnum, nullable: true, description: "The field." }),
    customField: t.exposeString("customField", {
      nullable: true,
      description: "Slug of the custom field.",
    }),
  }),
});
