import type { Tag } from "../../generated/prisma/client.ts";
import { type Column, written } from "../../records/columns.ts";
import { requiredText, rule, seen } from "../../records/inputs.ts";

/** The columns of a tag: each is defined here, and only here. */

/** The columns that no caller writes: keys and stamps. */
type Unwritten = "orgId" | "id" | "createdAt" | "updatedAt" | "nameKey";

const name = {
  type: "String",
  description: "1 to 100 characters, unique without regard to case or outer spaces.",
} as const;

const color = seen()
  .regex(/^#[0-9a-fA-F]{6}$/, rule("INVALID_VALUE", "is not a colour such as #1f6feb"))
  .transform((value) => value.toLowerCase())
  .nullish();

export const tagTable = {
  name: {
    description: "Unique in the organization without regard to case or outer spaces.",
    create: { ...name, required: true, check: requiredText(100) },
    update: { ...name, check: requiredText(100).optional() },
    shown: { type: "String" },
    blank: "",
    filter: [],
  },
  color: {
    description: "`#rrggbb`.",
    ...written({ type: "String", description: "`#rrggbb`.", check: color }),
    shown: { type: "String", nullable: true },
    blank: null,
    filter: [],
  },
} as const satisfies Record<Exclude<keyof Tag, Unwritten>, Column>;
