import { z } from "zod";
import type { CustomField, CustomFieldFolder } from "../../generated/prisma/client.ts";
import { CustomFieldEntity, CustomFieldType } from "../../generated/prisma/enums.ts";
import { fold } from "../../lib/fold.ts";
import type { Column } from "../../records/columns.ts";
import { requiredText, rule, seen } from "../../records/inputs.ts";
import { CustomFieldEntityEnum, CustomFieldTypeEnum } from "./custom-field.enums.ts";

/** The columns of custom fields and of their folders: everything that is made of one is said here, once. */

const name = { type: "String", description: "What people see, 1 to 100 characters." } as const;

const nameRow = {
  description: "What people see.",
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

/** The columns that no caller writes: keys and stamps, its place among the fields, where its values are copied to. */
type UnwrittenOfField = "orgId" | "id" | "createdAt" | "updatedAt" | "position" | "slot";

export const customFieldTable = {
  entity: {
    description: "What it belongs to.",
    create: {
      type: CustomFieldEntityEnum,
      required: true,
      description: "What it belongs to.",
      check: z.enum(CustomFieldEntity),
    },
    update: null,
    shown: { type: CustomFieldEntityEnum },
    blank: null,
    filter: [],
  },
  slug: {
    description: "What values are read and written under; never changes.",
    create: {
      type: "String",
      description:
        "What values are read and written under: a to z, 0 to 9 and _, beginning with a letter, 64 characters at most. Made from the name when left out (`行业` becomes `xingye`); never changes.",
      check: seen().nullish(),
    },
    update: null,
    shown: { type: "String" },
    blank: null,
    filter: [],
  },
  name: nameRow,
  type: {
    description: "What values it holds.",
    create: {
      type: CustomFieldTypeEnum,
      required: true,
      description: "What values it holds.",
      check: z.enum(CustomFieldType),
    },
    update: {
      type: CustomFieldTypeEnum,
      description: "What values it holds. Refused when a record has a value that would not fit.",
      check: z.enum(CustomFieldType, rule("REQUIRED", "must not be null")).optional(),
    },
    shown: { type: CustomFieldTypeEnum },
    blank: null,
    filter: [],
  },
  options: {
    description: "What SELECT and MULTI_SELECT may hold, in order; empty for other types.",
    create: {
      type: ["String"],
      description: "What SELECT and MULTI_SELECT may hold, in order: 1 to 500. Not for other types.",
      check: options,
    },
    update: {
      type: ["String"],
      description:
        "All options of SELECT and MULTI_SELECT, in order. One that a record has or a smart list uses cannot go.",
      check: options,
    },
    shown: { type: ["String"] },
    blank: [],
    filter: [],
  },
  unique: {
    description:
      "Whether a value belongs to one live record at most, as an id of another system does. Values are compared letter for letter, without outer spaces.",
    create: {
      type: "Boolean",
      description:
        "Whether a value belongs to one live record at most; false when left out. For TEXT, NUMBER and URL.",
      check: z.boolean().nullish(),
    },
    update: {
      type: "Boolean",
      description:
        "Whether a value belongs to one live record at most. Refused while several records have the same.",
      check: z.boolean(rule("REQUIRED", "must be true or false, not null")).optional(),
    },
    shown: { type: "Boolean" },
    blank: false,
    filter: [],
  },
  folderId: {
    description: "The heading under which it is shown.",
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
    description: "What its fields belong to.",
    create: {
      type: CustomFieldEntityEnum,
      required: true,
      description: "What its fields belong to.",
      check: z.enum(CustomFieldEntity),
    },
    update: null,
    shown: { type: CustomFieldEntityEnum },
    blank: null,
    filter: [],
  },
  name: nameRow,
  /** A new one comes after the others. */
  position: {
    description: "Its place among the folders, from 0.",
    create: null,
    update: {
      type: "Int",
      description: "Its place among the folders of its entity, from 0.",
      check: z.int().min(0, "must be 0 or more").nullish(),
    },
    shown: { type: "Int" },
    blank: 0,
    filter: [],
  },
} as const satisfies Record<Exclude<keyof CustomFieldFolder, UnwrittenOfFolder>, Column>;
