import type { Definition } from "../../db/catalogue.ts";
import type { CustomFieldEntity, CustomFieldType } from "../../generated/prisma/enums.ts";
import type { IdType } from "../../lib/typeid.ts";

/**
 * The registry of what can be filtered and sorted, from which both doors, the typed inputs and the compiler take
 * what they know. A column that is not here cannot be filtered.
 */

/** What kind of values a field has: decides its operators and how operands are read. */
export type FieldType =
  | "text"
  | "email"
  | "phone"
  | "boolean"
  | "integer"
  | "number"
  | "date"
  | "dateTime"
  | "enum"
  | "select"
  | "multiSelect"
  | "tags"
  | "id"
  | "member";

/** Where a field's values are, in the form in which they compare. */
export type Storage =
  /** A column of its own. `searched` says that `search_text` holds the text too, whose trigram index then helps. */
  | {
      readonly kind: "column";
      readonly column: string;
      readonly nullable: boolean;
      readonly searched?: boolean;
    }
  /** Folded text under a key of `keys`, with a token in `facets` while it is short. */
  | { readonly kind: "key"; readonly key: string }
  /** Phone numbers of one row, each between line feeds, in one column. */
  | { readonly kind: "lines"; readonly column: string }
  /** An array column of ids. */
  | { readonly kind: "array"; readonly column: string }
  /** A JSON value under a slug of `custom`, with tokens in `facets` for options and booleans. */
  | { readonly kind: "custom"; readonly slug: string };

/** One thing that can be filtered. */
export interface FilterField {
  /** How the generic door names it, such as `createdAt` or `custom.industry`. */
  readonly path: string;
  /** Further names in the generic door. */
  readonly aliases: readonly string[];
  readonly type: FieldType;
  readonly description: string;
  readonly storage: Storage;
  /** What an enum or select field may hold, in order. */
  readonly options?: readonly string[];
  /** Whose ids an id or member field takes. */
  readonly idType?: IdType;
  /** The column that sorts it; absent when it cannot be sorted. */
  readonly sort?: {
    readonly column: string;
    readonly nullable: boolean;
    readonly type: "text" | "number" | "date";
  };
}

export type Entity = CustomFieldEntity;
export type { Definition };

type Extra = Partial<Pick<FilterField, "aliases" | "options" | "sort" | "idType">>;

const field = (
  path: string,
  type: FieldType,
  storage: Storage,
  description: string,
  extra: Extra = {},
): FilterField => ({
  path,
  type,
  storage,
  description,
  ...extra,
  aliases: [
    ...new Set([path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), ...(extra.aliases ?? [])]),
  ],
});

const column = (name: string, nullable: boolean, searched = false): Storage => ({
  kind: "column",
  column: name,
  nullable,
  ...(searched && { searched }),
});

const sortText = (name: string, nullable: boolean): Extra => ({
  sort: { column: name, nullable, type: "text" },
});
const sortDate = (name: string, nullable: boolean): Extra => ({
  sort: { column: name, nullable, type: "date" },
});

const sources = ["API", "IMPORT", "SKIPCALL", "HUBSPOT", "PIPEDRIVE"];

/** What contacts and leads have in common. */
const shared = (idType: IdType): readonly FilterField[] => [
  field("id", "id", column("id", false), "The record's id.", { idType }),
  field("name", "text", column("nameKey", false, true), "The full name.", sortText("nameKey", false)),
  field("email", "email", column("emailKey", true, true), "The e-mail address.", sortText("emailKey", true)),
  field("company", "text", column("companyKey", true, true), "The company.", sortText("companyKey", true)),
  field(
    "source",
    "text",
    column("sourceKey", true),
    "Where the record came from.",
    sortText("sourceKey", true),
  ),
  field("notes", "text", column("notesKey", true), "Free notes."),
  field("tags", "tags", { kind: "array", column: "tagIds" }, "Tags carried, by name or id.", {
    aliases: ["tag"],
  }),
  field("owner", "member", column("ownerId", true), "The member it is assigned to, by id.", {
    aliases: ["owner_id", "ownerId"],
    idType: "Member",
  }),
  field(
    "lastModificationSource",
    "enum",
    column("lastModificationSource", false),
    "Which system wrote it last.",
    {
      options: sources,
    },
  ),
  field(
    "createdAt",
    "dateTime",
    column("createdAt", false),
    "When it was created.",
    sortDate("createdAt", false),
  ),
  field(
    "updatedAt",
    "dateTime",
    column("updatedAt", false),
    "When it last changed.",
    sortDate("updatedAt", false),
  ),
];

const key = (name: string, description: string, aliases: readonly string[] = []) =>
  field(name, "text", { kind: "key", key: name }, description, { aliases });

/** Text columns of a contact that live under `keys`: filtered by facet token when equal, else by reading. */
export const contactKeyFields = [
  key("firstName", "The first name."),
  key("lastName", "The last name."),
  key("title", "The job title.", ["role"]),
  key("street", "Street and number.", ["address.street"]),
  key("city", "The city.", ["address.city"]),
  key("state", "State or province.", ["address.state"]),
  key("zip", "Postal code.", ["address.zip"]),
  key("country", "The country.", ["address.country"]),
  key("url", "The website."),
  key("linkedinUrl", "The LinkedIn profile."),
  key("linkedinSalesUrl", "The LinkedIn Sales Navigator profile."),
] as const;

const contactFields: readonly FilterField[] = [
  ...shared("Contact"),
  field("phone", "phone", { kind: "lines", column: "phoneKey" }, "Any of the phone numbers.", {
    aliases: ["phoneNumbers", "phone_numbers"],
  }),
  ...contactKeyFields,
  field("doNotContact", "boolean", column("doNotContact", false), "Must not be contacted.", {
    aliases: ["dnc"],
  }),
  field("allowPhoneCalls", "boolean", column("allowPhoneCalls", false), "Accepts phone calls."),
  field("callCount", "integer", column("callCount", false), "How many calls were logged.", {
    sort: { column: "callCount", nullable: false, type: "number" },
  }),
  field(
    "lastCallAt",
    "dateTime",
    column("lastCallAt", true),
    "When the last call was.",
    sortDate("lastCallAt", true),
  ),
];

const leadFields: readonly FilterField[] = [
  ...shared("Lead"),
  field("phone", "phone", { kind: "lines", column: "phoneKey" }, "The phone number."),
  field("status", "enum", column("status", false), "Where the lead stands.", {
    options: ["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED", "CONVERTED"],
  }),
  field("dealValue", "number", column("dealValue", true), "The expected value, in the lead's own currency.", {
    sort: { column: "dealValue", nullable: true, type: "number" },
  }),
  field("currency", "text", { kind: "key", key: "currency" }, "ISO 4217 code of the expected value."),
];

/** The built-in fields of each entity. */
export const builtInFields: Readonly<Record<Entity, readonly FilterField[]>> = {
  CONTACT: contactFields,
  LEAD: leadFields,
};

const customTypes = {
  TEXT: "text",
  URL: "text",
  NUMBER: "number",
  BOOLEAN: "boolean",
  DATE: "date",
  DATE_TIME: "dateTime",
  SELECT: "select",
  MULTI_SELECT: "multiSelect",
} as const satisfies Record<CustomFieldType, FieldType>;

/** Which kind of slot a type's values are copied into; MULTI_SELECT and BOOLEAN live by their tokens. */
export const slotKinds = {
  TEXT: "text",
  URL: "text",
  SELECT: "text",
  NUMBER: "number",
  DATE: "date",
  DATE_TIME: "date",
  BOOLEAN: null,
  MULTI_SELECT: null,
} as const satisfies Record<CustomFieldType, "text" | "number" | "date" | null>;

/** The filterable field that a custom field's definition makes. */
export function customField(definition: Definition): FilterField {
  const { slug, slot, type } = definition;
  const slotKind = slotKinds[type];
  return {
    path: `custom.${slug}`,
    aliases: [],
    type: customTypes[type],
    description: definition.name,
    storage: customStorage(definition),
    ...(slot && slotKind && { sort: { column: slot, nullable: true, type: slotKind } }),
    ...((type === "SELECT" || type === "MULTI_SELECT") && { options: definition.options }),
  };
}

function customStorage({ slug, slot, type }: Definition): Storage {
  if (slot && type !== "SELECT") return { kind: "column", column: slot, nullable: true };
  if (type === "TEXT" || type === "URL") return { kind: "key", key: `custom.${slug}` };
  return { kind: "custom", slug };
}

/** Where a text's equality token stops: longer values have none. Counted in UTF-16 units of the folded text. */
export const MAX_TOKEN_VALUE = 64;

/** The token of one value of one field; folded text, an option, or `true` and `false`. */
export const facetToken = (fieldKey: string, value: string): string => `${fieldKey}:${value}`;
