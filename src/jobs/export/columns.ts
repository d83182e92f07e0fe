import { entities } from "../../db/entities.ts";
import { encodeId, type IdType } from "../../db/ids.ts";
import { contactTable } from "../../entities/contact/contact.columns.ts";
import { dealTable } from "../../entities/deal/deal.columns.ts";
import { leadTable } from "../../entities/lead/lead.columns.ts";
import type { Definition } from "../../filter/registry/fields.ts";
import type { ExportEntity } from "../../generated/prisma/enums.ts";
import { formatDay } from "../../lib/exact.ts";
import type { ColumnTable } from "../../records/columns.ts";
import { headingKey } from "../import/headings.ts";

/** The columns that an export can have: those of the tables of columns, and read-only ones. */

/** A row of any exported entity. */
export type ExportedRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** Names behind the ids in records. */
export interface Names {
  readonly tags: ReadonlyMap<string, string>;
  /** E-mail addresses of members. */
  readonly members: ReadonlyMap<string, string>;
}

/** A value of a file, as in JSON; decimals are strings in JSON, and may have a decimal comma in CSV. */
export type ExportValue = string | number | boolean | null | readonly string[] | { readonly decimal: string };

export interface ExportField {
  /** GraphQL description. */
  readonly description: string;
  /** Headings, best first; an import that can read the column knows them. */
  readonly headings: readonly string[];
  /** Path of the value in a JSON object. */
  readonly path: readonly string[];
  readonly value: (row: ExportedRow, names: Names) => ExportValue;
  /** The record's columns that it is made from, by their Prisma names. */
  readonly from: readonly string[];
  /** Whether the column is part of the default. */
  readonly usual: boolean;
}

export type Fields = Readonly<Record<string, ExportField>>;

const constantCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const wordsOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** How an import reads a column of a table of columns. */
interface Imported {
  readonly import?: { readonly headings: readonly string[] } | null;
}

const SCALE = 2;

function plain(value: unknown, isDay: boolean): ExportValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return isDay ? formatDay(value) : value.toISOString();
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  const [whole = "0", fraction = ""] = String(value).split(".");
  return { decimal: `${whole}.${fraction.padEnd(SCALE, "0")}` };
}

/** Columns that refer to other records. */
const referring: Readonly<Record<string, Omit<ExportField, "headings" | "usual" | "from">>> = {
  ownerId: {
    description: "E-mail address of the member to whom it is assigned.",
    path: ["owner"],
    value: ({ ownerId }, { members }) => members.get(String(ownerId)) ?? null,
  },
  contactId: {
    description: "Id of the contact it is with.",
    path: ["contactId"],
    value: ({ contactId }) => (contactId === null ? null : encodeId("Contact", String(contactId))),
  },
  leadId: {
    description: "Id of the lead it came from.",
    path: ["leadId"],
    value: ({ leadId }) => (leadId === null ? null : encodeId("Lead", String(leadId))),
  },
};

/** @param all whether the default has every writable column, not only those that an import reads */
function tableFields(table: ColumnTable, all: boolean): Fields {
  return Object.fromEntries(
    Object.entries(table).map(([name, row]): [string, ExportField] => {
      const { import: imported } = row as Imported;
      const refers = referring[name];
      const heading = refers ? wordsOf(refers.path[0] ?? name) : wordsOf(name);
      const isDay = row.create?.type === "Date";
      return [
        constantCase(refers?.path[0] ?? name),
        {
          description: row.description,
          path: row.within === undefined ? [name] : [row.within, name],
          value: (record) => plain(record[name], isDay),
          from: [name],
          headings: imported?.headings ?? [heading],
          usual: all || imported != null,
          ...refers,
        },
      ];
    }),
  );
}

const column = (name: string, description: string, more: Partial<ExportField> = {}): Fields => ({
  [constantCase(name)]: {
    description,
    headings: [wordsOf(name)],
    path: [name],
    value: (record) => plain(record[name], false),
    from: [name],
    usual: false,
    ...more,
  },
});

const idField = (type: "Contact" | "Lead" | "Deal" | "AuditEvent"): Fields => ({
  ID: {
    description: "Its id.",
    headings: ["id"],
    path: ["id"],
    value: ({ id }) => encodeId(type, id),
    from: ["id"],
    usual: true,
  },
});

const tagsField: Fields = {
  TAGS: {
    description: "Names of its tags, alphabetically.",
    headings: ["tags"],
    path: ["tags"],
    value: ({ tagIds }, { tags }) => (tagIds as readonly string[]).flatMap((id) => tags.get(id) ?? []).sort(),
    from: ["tagIds"],
    usual: true,
  },
};

const times: Fields = {
  ...column("version", "Version: starts at 1, incremented by every change."),
  ...column("createdAt", "When it was created."),
  ...column("updatedAt", "When it last changed."),
};

const trashed: Fields = {
  ...column("lastModificationSource", "The system that last wrote it."),
  ...column("deletedAt", "When it was moved to the trash."),
};

const always = { usual: true };

/** A column with the ids of records, whose type is in another column. */
const typedId = (id: unknown, type: unknown): string | null =>
  typeof id === "string" && typeof type === "string" ? encodeId(type as IdType, id) : null;

const eventFields: Fields = {
  ...idField("AuditEvent"),
  ...column("occurredAt", "When.", always),
  ...column("actor", "Who did it: API_KEY, MEMBER, OPERATOR or SYSTEM.", always),
  ...column("member", "E-mail address of the member who did it, or in whose name it was done.", {
    ...always,
    value: ({ memberId }, { members }) => members.get(String(memberId)) ?? null,
    from: ["memberId"],
  }),
  ...column("apiKeyId", "Id of the API key with which it was done.", {
    ...always,
    value: ({ apiKeyId }) => typedId(apiKeyId, "ApiKey"),
  }),
  ...column("source", "The system that wrote it.", always),
  ...column("requestId", "X-Request-Id of the request.", always),
  ...column("address", "Network address of the client.", always),
  ...column("jobId", "Id of the job that did it.", {
    ...always,
    value: ({ jobId, jobType }) => typedId(jobId, jobType),
    from: ["jobId", "jobType"],
  }),
  ...column("action", "What was done.", always),
  ...column("recordType", "The type of the records.", {
    ...always,
    value: ({ recordType }) => entities[recordType as IdType].table.toUpperCase(),
  }),
  ...column("recordIds", "Ids of the records, all of them.", {
    ...always,
    value: ({ recordIds, recordType }) =>
      (recordIds as readonly string[]).map((id) => encodeId(recordType as IdType, id)),
    from: ["recordIds", "recordType"],
  }),
  ...column("fields", "Names of the changed fields.", always),
};

/** The fields of each entity, except custom fields, by their names in the API. */
export const exportFields: Readonly<Record<ExportEntity, Fields>> = {
  CONTACT: {
    ...idField("Contact"),
    ...tableFields(contactTable, false),
    ...tagsField,
    ...column("callCount", "How many calls were logged."),
    ...column("lastCallAt", "When the last call was."),
    ...times,
    ...trashed,
  },
  LEAD: { ...idField("Lead"), ...tableFields(leadTable, true), ...tagsField, ...times, ...trashed },
  DEAL: { ...idField("Deal"), ...tableFields(dealTable, true), ...times },
  AUDIT_EVENT: eventFields,
};

/** A column of a file. */
export interface ExportColumn {
  /** Field name; null for a custom field. */
  readonly field: string | null;
  /** Slug. */
  readonly customField: string | null;
  readonly heading: string;
  /** Whether the caller chose the heading, which then is also the key in JSON. */
  readonly named: boolean;
}

/** A heading by which an import recognizes the column, whatever custom fields are named. */
export function headingOf({ headings }: ExportField, definitions: readonly Definition[]): string {
  const slugs = new Set(definitions.map(({ slug }) => slug));
  const free = headings.find((heading) => !slugs.has(headingKey(heading).replaceAll(" ", "_")));
  return free ?? headings[0] ?? "";
}

/** The default columns of an export: those that an import reads, and the id. */
export const usualColumns = (entity: ExportEntity, definitions: readonly Definition[]): ExportColumn[] => [
  ...Object.entries(exportFields[entity]).flatMap(([field, row]) =>
    row.usual ? [{ field, customField: null, heading: headingOf(row, definitions), named: false }] : [],
  ),
  ...definitions.map(({ slug }) => ({ field: null, customField: slug, heading: slug, named: false })),
];

/** The columns that an export reads, by their Prisma names. */
export const readColumns = (entity: ExportEntity, columns: readonly ExportColumn[]): ReadonlySet<string> =>
  new Set([
    "id",
    ...columns.flatMap(({ field, customField }) =>
      customField === null ? (exportFields[entity][field ?? ""]?.from ?? []) : ["custom"],
    ),
  ]);

/** The value of a column for a record. */
export function exportedValue(
  entity: ExportEntity,
  { field, customField }: Pick<ExportColumn, "field" | "customField">,
  row: ExportedRow,
  names: Names,
): ExportValue {
  if (customField !== null) {
    const custom = row.custom as Readonly<Record<string, ExportValue>>;
    return Object.hasOwn(custom, customField) ? (custom[customField] ?? null) : null;
  }
  return exportFields[entity][field ?? ""]?.value(row, names) ?? null;
}
