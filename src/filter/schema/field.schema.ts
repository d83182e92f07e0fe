import { builder } from "../../graphql/builder.ts";
import type { FieldType, FilterField } from "../registry/fields.ts";
import { operatorsOf } from "../registry/operators.ts";
import { FilterOperator } from "./query.schema.ts";

/** The output type of a field that can be filtered by. */

const FieldTypeEnum = builder.enumType("FilterFieldType", {
  description: "Type of a field's values; it determines the operators and the form of the operand.",
  values: {
    TEXT: { value: "text", description: "Text, compared regardless of case." },
    EMAIL: { value: "email", description: "An e-mail address, compared regardless of case." },
    PHONE: { value: "phone", description: "Phone numbers in E.164." },
    BOOLEAN: { value: "boolean", description: "true or false." },
    INTEGER: { value: "integer", description: "A whole number." },
    NUMBER: { value: "number", description: "A number, compared exactly." },
    CURRENCY: { value: "currency", description: "An ISO 4217 code." },
    DATE: { value: "date", description: "A calendar day." },
    DATE_TIME: { value: "dateTime", description: "A moment." },
    ENUM: { value: "enum", description: "One of the `options`." },
    SELECT: { value: "select", description: "One of the `options` of a custom field." },
    MULTI_SELECT: { value: "multiSelect", description: "Several of the `options` of a custom field." },
    TAGS: { value: "tags", description: "Tags, by name or id." },
    ID: { value: "id", description: "A record, by id." },
    MEMBER: { value: "member", description: "A member, by id." },
    SMART_LIST: { value: "smartList", description: "A smart list, by id." },
    RELATION: { value: "relation", description: "Related records: whether there are any." },
  } satisfies Record<string, { value: FieldType; description: string }>,
});

/** A field, under the name that the caller used. */
export interface NamedField {
  readonly name: string;
  readonly field: FilterField;
}

export const FilterFieldType = builder.objectRef<NamedField>("FilterField").implement({
  description: "A field that filters can use.",
  fields: (t) => ({
    path: t.string({
      description: "Name in conditions, such as `createdAt`, `custom.industry` or `deals.status`.",
      resolve: ({ name }) => name,
    }),
    aliases: t.stringList({
      description: "Other names that conditions may use.",
      resolve: ({ name, field }) =>
        name === field.path ? field.aliases.filter((alias) => alias !== name) : [],
    }),
    label: t.string({ description: "Display name.", resolve: ({ field }) => field.label }),
    description: t.string({ description: "Description.", resolve: ({ field }) => field.description }),
    type: t.field({
      type: FieldTypeEnum,
      description: "Type of its values.",
      resolve: ({ field }) => field.type,
    }),
    operators: t.field({
      type: [FilterOperator],
      description: "Operators that fit its type.",
      resolve: ({ field }) => [...operatorsOf[field.type]],
    }),
    options: t.stringList({
      nullable: true,
      description: "Allowed values; null if any value of the type is allowed.",
      resolve: ({ field }) => (field.options ? [...field.options] : null),
    }),
    custom: t.boolean({
      description: "Whether it is a custom field.",
      resolve: ({ field }) => field.path.startsWith("custom."),
    }),
    sortable: t.boolean({
      description: "Whether lists can be sorted by it.",
      resolve: ({ name, field }) => field.sort !== undefined && name === field.path,
    }),
    indexed: t.boolean({
      description:
        "Whether an index finds its values. Without an index records are read one by one, which is slow in large lists.",
      resolve: ({ field }) => field.index !== undefined,
    }),
  }),
});
