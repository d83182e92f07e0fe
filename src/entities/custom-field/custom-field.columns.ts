import { z } from "zod";
import type { CustomField, CustomFieldFolder } from "../../generated/prisma/client.ts";
import { CustomFieldEntity, CustomFieldType } from "../../generated/prisma/enums.ts";
import { fold } from "../../lib/fold.ts";
import type { Column } from "../../records/columns.ts";
import { requiredText, rule, seen } from "../../records/inputs.ts";
import { CustomFieldEntityEnum, CustomFieldTypeEnum } from "./custom-field.enums.ts";

/** The columns of custom fields and of their folders: each is defined here, and only here. */

const name = { type: "String", description: "Display name, 1 to 100 characters." } as const;

const nameRow = {
  description: "Display name.",
  create: { ...name, required: true, check: requiredText(100) },
  update: { ...name, check: requiredText(100).optional() },
  shown: { type: "String" },
  blank: "",
  filter: [],
} as const satisfies Column;

const options = z
  .array(requiredText(200))
  .max(500, "must not have more than 500 options")
  .refine(
    (list) => new Set(list.map(fold)).size === list.length,
    rule("INVALID_VALUE", "must not have an option twice"),
  )
  .nullish();

/** The columns that no caller writes: keys, stamps, the position, and the typed column that copies its values. */
type UnwrittenOfField = "orgId" | "id" | "createdAt" | "updatedAt" | "position" | "slot";

export const customFieldTable = {
  entity: {
    description: "The kind of records that have it.",
    create: {
      type: CustomFieldEntityEnum,
      required: true,
      description: "The kind of records that have it.",
      check: z.enum(CustomFieldEntity),
    },
    update: null,
    shown: { type: CustomFieldEntityEnum },
    blank: null,
    filter: [],
  },
  slug: {
    description: "Key of the values; never changes.",
    create: {
      type: "String",
      description:
        "Key of the values: a to z, 0 to 9 and _, beginning with a letter, at most 64 characters. Made from the name if omitted (`行业` becomes `xingye`); never changes.",
      check: seen().nullish(),
    },
    update: null,
    shown: { type: "String" },
    blank: null,
    filter: [],
  },
  name: nameRow,
  type: {
    description: "Type of its values.",
    create: {
      type: CustomFieldTypeEnum,
      required: true,
      description: "Type of its values.",
      check: z.enum(CustomFieldType),
    },
    update: {
      type: CustomFieldTypeEnum,
      description: "Type of its values. Refused if a record has a value that does not fit.",
      check: z.enum(CustomFieldType, rule("REQUIRED", "must not be null")).optional(),
    },
    shown: { type: CustomFieldTypeEnum },
    blank: null,
    filter: [],
  },
  options: {
    description: "Options of SELECT and MULTI_SELECT, in order; empty for other types.",
    create: {
      type: ["String"],
      description: "Options of SELECT and MULTI_SELECT, in order: 1 to 500. Not for other types.",
      check: options,
    },
    update: {
      type: ["String"],
      description:
        "All options of SELECT and MULTI_SELECT, in order. An option that a record has or a smart list uses cannot be removed.",
      check: options,
    },
    shown: { type: ["String"] },
    blank: [],
    filter: [],
  },
  unique: {
    description:
      "Whether each value can belong to only one live record, such as an id of another system. Values are compared exactly, without outer spaces.",
    create: {
      type: "Boolean",
      description:
        "Whether each value can belong to only one live record; false by default. For TEXT, NUMBER and URL.",
      check: z.boolean().nullish(),
    },
    update: {
      type: "Boolean",
      description:
        "Whether each value can belong to only one live record. Refused while several records have the same value.",
      check: z.boolean(rule("REQUIRED", "must be true or false, not null")).optional(),
    },
    shown: { type: "Boolean" },
    blank: false,
    filter: [],
  },
  folderId: {
    description: "The folder that it is shown in.",
    create: { type: "ID", description: "The folder to show it in.", check: z.string().nullish() },
    update: {
      type: "ID",
      description: "The folder to show it in; null for none.",
      check: z.string().nullish(),
    },
    shown: null,
    blank: null,
    filter: [],
  },
} as const satisfies Record<Exclude<keyof CustomField, UnwrittenOfField>, Column>;

/** The columns that no caller writes: keys and stamps. */
type UnwrittenOfFolder = "orgId" | "id" | "createdAt" | "updatedAt";

export const folderTable = {
  entity: {
    description: "The kind of records that have its fields.",
    create: {
      type: CustomFieldEntityEnum,
      required: true,
      description: "The kind of records that have its fields.",
      check: z.enum(CustomFieldEntity),
    },
    update: null,
    shown: { type: CustomFieldEntityEnum },
    blank: null,
    filter: [],
  },
  name: nameRow,
  /** A new folder is placed after the others. */
  position: {
    description: "Position among the folders, from 0.",
    create: null,
    update: {
      type: "Int",
      description: "Position among the folders of its entity, from 0.",
      check: z.int().min(0, "must be 0 or more").nullish(),
    },
    shown: { type: "Int" },
    blank: 0,
    filter: [],
  },
} as const satisfies Record<Exclude<keyof CustomFieldFolder, UnwrittenOfFolder>, Column>;
