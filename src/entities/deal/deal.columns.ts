import { z } from "zod";
import type { DealRow } from "../../db/prisma/rows.ts";
import { column, field, folded, member, sorted } from "../../filter/registry/make.ts";
import { DealStatus } from "../../generated/prisma/enums.ts";
import { type Column, written } from "../../records/columns.ts";
import { requiredText, rule } from "../../records/inputs.ts";
import { MoneyInput, money } from "../../records/money.inputs.ts";
import { DealStatusEnum } from "./deal.enums.ts";

/** The columns of a deal: each is defined here, and only here. */

/** The columns that no caller writes: keys and stamps. */
export type Unwritten = "orgId" | "id" | "version" | "createdAt" | "updatedAt";

const name = { type: "String", description: "Name, 1 to 255 characters." } as const;
const value = { type: MoneyInput, description: "Value." } as const;
const stage = "Stage in the pipeline, 1 to 100 characters";

export const dealTable = {
  name: {
    description: "Name.",
    create: { ...name, required: true, check: requiredText(255) },
    update: { ...name, check: requiredText(255).optional() },
    shown: { type: "String" },
    blank: "",
    filter: [folded("name", "Name.", sorted("nameKey", false, "words"))],
  },
  /** Written together with its currency. */
  value: {
    description: "Value.",
    create: { ...value, required: true, check: money },
    update: { ...value, check: money.optional() },
    shown: null,
    blank: null,
    filter: [
      field("value", "number", column("value"), "The value, in its own currency.", {
        ...sorted("value", false, "number"),
      }),
    ],
  },
  currency: {
    description: "ISO 4217 code of its value.",
    shown: null,
    create: null,
    update: null,
    blank: null,
    filter: [field("currency", "currency", column("currency"), "ISO 4217 code of its value.")],
  },
  stage: {
    description: "Stage in the pipeline.",
    create: {
      type: "String",
      description: `${stage}; New by default.`,
      check: requiredText(100).default("New"),
    },
    update: { type: "String", description: `${stage}.`, check: requiredText(100).optional() },
    shown: { type: "String" },
    blank: "New",
    filter: [folded("stage", "Stage in the pipeline.", sorted("stageKey", false, "words"))],
  },
  status: {
    description: "Open, won or lost.",
    ...written({
      type: DealStatusEnum,
      description: "Open, won or lost; OPEN by default.",
      check: z.enum(DealStatus, rule("REQUIRED", "must not be null")).optional(),
    }),
    shown: { type: DealStatusEnum },
    blank: "OPEN",
    filter: [
      field("status", "enum", column("status"), "Open, won or lost.", { options: Object.values(DealStatus) }),
    ],
  },
  expectedCloseOn: {
    description: "Expected day of closing.",
    ...written({
      type: "Date",
      description: "Expected day of closing.",
      check: z.string().nullish(),
    }),
    shown: { type: "Date", nullable: true },
    blank: null,
    filter: [
      field("expectedCloseOn", "date", column("expectedCloseOn", true), "Expected day of closing.", {
        ...sorted("expectedCloseOn", true, "date"),
      }),
    ],
  },
  contactId: {
    description: "The contact it is with.",
    ...written({ type: "ID", description: "The contact it is with.", check: z.string().nullish() }),
    shown: null,
    blank: null,
    filter: [],
  },
  leadId: {
    description: "The lead it came from.",
    ...written({ type: "ID", description: "The lead it came from.", check: z.string().nullish() }),
    shown: null,
    blank: null,
    filter: [],
  },
  ownerId: {
    description: "The member to whom it is assigned.",
    ...written({
      type: "ID",
      description: "The member to assign it to; null to unassign.",
      check: z.string().nullish(),
    }),
    shown: null,
    blank: null,
    filter: member("owner", "ownerId", "The member it is assigned to.", {
      aliases: ["owner_id", "ownerId"],
      index: "deal_org_id_owner_id_created_at_id_idx",
    }),
  },
} as const satisfies Record<Exclude<keyof DealRow, Unwritten>, Column>;
