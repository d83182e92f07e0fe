import { z } from "zod";
import { defineFields } from "../../filter/registry/built-in.ts";
import { column, field, member, recordId } from "../../filter/registry/make.ts";
import type { Activity } from "../../generated/prisma/client.ts";
import { ActivityKind } from "../../generated/prisma/enums.ts";
import { type Column, filtersOf, longTextColumn, textColumn, written } from "../../records/columns.ts";
import { rule } from "../../records/inputs.ts";
import { ActivityKindEnum } from "./activity.enums.ts";

/** The columns of an activity: each is defined here, and only here. */

/** The columns that no caller writes: keys, stamps and the author. */
type Unwritten = "orgId" | "id" | "createdAt" | "updatedAt" | "authorId";

const kind = { type: ActivityKindEnum, description: "Kind of activity." } as const;

/** A parent, which is set when the activity is logged and does not change. */
const parent = (description: string) => ({
  description,
  create: { type: "ID" as const, description, check: z.string().nullish() },
  update: null,
  shown: null,
  blank: null,
  filter: [],
});

export const activityTable = {
  kind: {
    description: "Kind of activity.",
    create: { ...kind, required: true, check: z.enum(ActivityKind) },
    update: { ...kind, check: z.enum(ActivityKind, rule("REQUIRED", "must not be null")).optional() },
    shown: { type: ActivityKindEnum },
    blank: null,
    filter: [
      field("kind", "enum", column("kind"), "The kind of activity.", {
        options: Object.values(ActivityKind),
      }),
    ],
  },
  occurredAt: {
    description: "When it happened.",
    create: {
      type: "DateTime",
      description: "When it happened; defaults to now.",
      check: z.date().nullish(),
    },
    update: {
      type: "DateTime",
      description: "When it happened.",
      check: z.date(rule("REQUIRED", "must not be null")).optional(),
    },
    shown: { type: "DateTime" },
    blank: null,
    filter: [field("occurredAt", "dateTime", column("occurredAt"), "When it happened.")],
  },
  subject: {
    description: "What it was about.",
    ...textColumn(500, "What it was about, at most 500 characters."),
    filter: [],
  },
  body: {
    description: "What was said or written.",
    ...longTextColumn(50_000, "What was said or written, at most 50,000 characters."),
    filter: [],
  },
  durationSeconds: {
    description: "How long it took, in seconds.",
    ...written({
      type: "Int",
      description: "How long it took, in seconds, 0 or more.",
      check: z.int().min(0, "must not be negative").nullish(),
    }),
    shown: { type: "Int", nullable: true },
    blank: null,
    filter: [
      field("durationSeconds", "integer", column("durationSeconds", true), "How long it took, in seconds."),
    ],
  },
  contactId: parent("The contact it was with. A CALL counts as one of its calls."),
  leadId: parent("The lead it was with."),
  dealId: parent("The deal it was about."),
} as const satisfies Record<Exclude<keyof Activity, Unwritten>, Column>;

defineFields("ACTIVITY", [
  recordId("Activity", "activity"),
  ...filtersOf(activityTable),
  ...member("author", "authorId", "The member who logged it."),
]);
