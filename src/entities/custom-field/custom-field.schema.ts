import { getNamedType, isObjectType } from "graphql";
import type { RowQuestion } from "../../db/read/row-questions.ts";
import type { CustomValueJson } from "../../filter/language/derive.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import { askedAhead } from "../../graphql/ahead.ts";
import { builder } from "../../graphql/builder.ts";
import { objectWriter } from "../../graphql/compiled/object.ts";
import { fromAnswers, type PartOf } from "../../graphql/compiled/row.ts";
import { definitionsOf } from "../../graphql/definitions.ts";
import { price } from "../../graphql/limits/price.ts";
import { byId } from "../../graphql/loaders.ts";
import { asNode } from "../../graphql/node.ts";
import { selectOf } from "../../graphql/plan.ts";
import { keyed } from "../../graphql/rows.ts";
import { shownFieldsOf } from "../../records/columns.ts";
import { type CustomValues, customValue } from "../../records/custom.ts";
import { customFieldTable, folderTable } from "./custom-field.columns.ts";
import { CustomFieldEntityEnum } from "./custom-field.enums.ts";

builder.node("CustomField", {
  description: "A field that the organization added to contacts or leads.",
  id: { resolve: (field) => field.id, description: "Global id, `custom_field_…`." },
  loadManyWithoutCache: (ids, context) => byId.customField.loadMany(context, ids),
  fields: (t) => ({
    ...shownFieldsOf(t, customFieldTable),
    position: t.exposeInt("position", { description: "Position among the fields, from 0." }),
    folder: t.field({
      type: "CustomFieldFolder",
      nullable: true,
      description: "The folder that it is shown in.",
      resolve: ({ folderId }, _args, context, info) =>
        folderId === null ? null : byId.customFieldFolder.load(context, folderId, info),
    }),
  }),
});

const Folder = builder.prismaObject("CustomFieldFolder", {
  ...keyed,
  description: "A folder: a heading under which custom fields are shown.",
  fields: (t) => ({
    ...shownFieldsOf(t, folderTable),
    fields: t.field({
      type: ["CustomField"],
      description: "The fields in it, in order.",
      select: { entity: true },
      resolve: async ({ id, entity }, _args, context) =>
        (await definitionsOf(context, entity)).filter((definition) => definition.folderId === id),
    }),
  }),
});

asNode(Folder, "custom_field_folder", byId.customFieldFolder.load);

builder.queryFields((t) => ({
  customFields: t.field({
    type: ["CustomField"],
    extensions: price({ items: 100 }),
    description: "The organization's custom fields, in order.",
    args: {
      entity: t.arg({
        type: CustomFieldEntityEnum,
        description: "Only those of this kind of records; of both by default.",
      }),
    },
    resolve: async (_root, { entity }, context) => {
      const entities = entity ? [entity] : (["CONTACT", "LEAD"] as const);
      return (await Promise.all(entities.map((each) => definitionsOf(context, each)))).flat();
    },
  }),
  customFieldFolders: t.field({
    type: ["CustomFieldFolder"],
    description: "The folders of custom fields, in order.",
    args: {
      entity: t.arg({
        type: CustomFieldEntityEnum,
        description: "Only those of this kind of records; of both by default.",
      }),
    },
    resolve: (_root, { entity }, { db }, info) =>
      db.customFieldFolder.findMany({
        where: entity ? { entity } : {},
        orderBy: [{ entity: "asc" }, { position: "asc" }, { id: "asc" }],
        ...selectOf(info, "CustomFieldFolder"),
      }),
  }),
}));

interface ValueOfField {
  readonly slug: string;
  readonly value: CustomValueJson;
  readonly field: Definition;
}

/** The values of a record, in the order of the fields. */
const valuesOf = (custom: CustomValues, definitions: readonly Definition[]): ValueOfField[] =>
  definitions.flatMap((field) => {
    const value = customValue(custom, field.slug);
    return value === undefined ? [] : [{ slug: field.slug, value, field }];
  });

const CustomFieldValue = builder.objectRef<ValueOfField>("CustomFieldValue").implement({
  description: "A record's value of a custom field.",
  fields: (t) => ({
    slug: t.exposeString("slug", { description: "The field's slug." }),
    value: t.expose("value", { type: "JSON", description: "The value, in the form of the field's type." }),
    field: t.expose("field", { type: "CustomField", description: "The field." }),
  }),
});

for (const [type, entity] of [
  ["Contact", "CONTACT"],
  ["Lead", "LEAD"],
] as const) {
  const question = { kind: "definitions", entity } as const satisfies RowQuestion;
  const writtenValues: PartOf = (field, node, fragments) => {
    const type = getNamedType(field.type);
    const write = isObjectType(type) && objectWriter<ValueOfField>(type, node.selectionSet, fragments);
    if (!write) return null;
    return {
      sql: "child.custom::text",
      columns: ["custom"],
      begin() {
        let definitions: readonly Definition[] | undefined;
        return {
          questions: [question],
          write([answer], custom) {
            definitions ??= JSON.parse(answer ?? "[]") as readonly Definition[];
            return `[${valuesOf(JSON.parse(custom), definitions).map(write).join(",")}]`;
          },
        };
      },
    };
  };
  builder.prismaObjectField(type, "customFields", (t) =>
    t.field({
      type: [CustomFieldValue],
      description: "The custom fields that have a value, in the fields' order.",
      select: { custom: true },
      extensions: { ...askedAhead(() => [question]), ...fromAnswers(writtenValues) },
      resolve: async ({ custom }, _args, context) =>
        valuesOf(custom as CustomValues, await definitionsOf(context, entity)),
    }),
  );
}
