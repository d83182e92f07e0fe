import type { FilterField } from "../filter/registry/fields.ts";
import { column, field, folded, member, recordId, sorted, times } from "../filter/registry/make.ts";
import { ModificationSource } from "../generated/prisma/enums.ts";

/** What contacts and leads have in common. */

/** The filter fields that contacts and leads share, by column. */
export const personFields = (table: "contact" | "lead") => ({
  id: [recordId(table === "contact" ? "Contact" : "Lead", table)],
  name: [
    folded("name", "The full name.", {
      searched: true,
      ...sorted("nameKey", false, "words"),
      index: `${table}_live_name_key_idx`,
    }),
  ],
  email: [
    field(
      "email",
      "email",
      column("emailKey", true, {
        searched: true,
        shown: "email",
        ...(table === "contact" && { others: { from: "otherEmails", key: "otherEmails" } }),
      }),
      table === "contact" ? "Any of the e-mail addresses; sorted by the primary one." : "The e-mail address.",
      {
        ...sorted("emailKey", true, "text"),
        index: table === "contact" ? "contact_email_live" : "lead_live_email_key_idx",
        from: "email",
      },
    ),
  ],
  company: [
    folded("company", "The company.", {
      nullable: true,
      searched: true,
      ...sorted("companyKey", true, "words"),
      index: `${table}_live_company_key_idx`,
    }),
  ],
  source: [
    folded("source", "Where the record came from.", {
      nullable: true,
      ...sorted("sourceKey", true, "words"),
      index: `${table}_live_source_key_idx`,
    }),
  ],
  notes: [folded("notes", "Free notes.", { nullable: true })],
  owner: member("owner", "ownerId", "The member it is assigned to.", {
    aliases: ["owner_id", "ownerId"],
    index: `${table}_org_id_owner_id_created_at_id_idx`,
  }),
  /** Filter fields that are not made from columns that callers write. */
  rest: [
    field("tags", "tags", { kind: "array", column: "tagIds" }, "The record's tags, by name or id.", {
      aliases: ["tag"],
      index: `${table}_tag_ids_idx`,
    }),
    field(
      "lastModificationSource",
      "enum",
      column("lastModificationSource"),
      "The system that last wrote it.",
      {
        options: Object.values(ModificationSource),
      },
    ),
    ...times(`${table}_live_created_at_idx`, `${table}_live_updated_at_idx`),
  ] satisfies readonly FilterField[],
});

const wholePhones = {
  contact: { column: "phone", relation: "phoneRows" },
  lead: { column: "phone" },
} as const;

/** The filter field of phone numbers. */
export const phoneField = (
  table: "contact" | "lead",
  from: string,
  description: string,
  aliases: readonly string[] = [],
): FilterField =>
  field("phone", "phone", { kind: "lines", column: "phoneKey", whole: wholePhones[table] }, description, {
    aliases,
    index: `${table}_search_text_idx`,
    from,
  });
