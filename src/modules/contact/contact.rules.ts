import type { z } from "zod";
import type { Context } from "../../context.ts";
import type { Catalogue } from "../../db/catalogue.ts";
import type { ContactRow } from "../../db/rows.ts";
import { quote, type Refusal, type RefusalCode } from "../../errors.ts";
import { fold, isBlank } from "../../lib/fold.ts";
import { decodeId } from "../../lib/typeid.ts";
import { CustomValueError, readCustomValue } from "../custom-field/values.ts";
import { type CustomValueJson, derive } from "../filter/derive.ts";
import { contactKeyFields, type Definition } from "../filter/fields.ts";
import { nearest } from "../filter/nearest.ts";
import type { ContactInput } from "./contact.inputs.ts";

/** The columns of a contact that a caller writes. */
export type ContactColumns = Pick<
  ContactRow,
  | "name"
  | "firstName"
  | "lastName"
  | "email"
  | "phoneNumbers"
  | "company"
  | "title"
  | "street"
  | "city"
  | "state"
  | "zip"
  | "country"
  | "url"
  | "linkedinUrl"
  | "linkedinSalesUrl"
  | "source"
  | "notes"
  | "allowPhoneCalls"
  | "doNotContact"
  | "ownerId"
> & { readonly custom: Readonly<Record<string, CustomValueJson>> };

export const emptyContact: ContactColumns = {
  name: "",
  firstName: null,
  lastName: null,
  email: null,
  phoneNumbers: [],
  company: null,
  title: null,
  street: null,
  city: null,
  state: null,
  zip: null,
  country: null,
  url: null,
  linkedinUrl: null,
  linkedinSalesUrl: null,
  source: null,
  notes: null,
  allowPhoneCalls: true,
  doNotContact: false,
  ownerId: null,
  custom: {},
};

export const refusal = (code: RefusalCode, path: readonly (string | number)[], message: string): Refusal => ({
  kind: "validation",
  code,
  path: path.map(String),
  message,
});

const zodCodes: Partial<Record<string, RefusalCode>> = { too_big: "TOO_LONG", too_small: "INVALID_VALUE" };

/** What zod found, as refusals. */
export const zodRefusals = (error: z.ZodError): Refusal[] =>
  error.issues.map((issue) => {
    const { code } = (issue.code === "custom" ? (issue.params ?? {}) : {}) as { code?: RefusalCode };
    const path = ["input", ...issue.path.map(String)];
    return refusal(
      code ?? zodCodes[issue.code] ?? "INVALID_VALUE",
      path,
      `${issue.path.join(".")} ${issue.message}`,
    );
  });

/**
 * Applies an input to a contact: absent is untouched, null is cleared.
 *
 * @returns the contact as it would be, and what is wrong with it
 */
export function applyInput(
  before: ContactColumns,
  input: ContactInput,
  definitions: readonly Definition[],
): { after: ContactColumns; refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const {
    name: _,
    ownerId: _owner,
    address,
    customFields,
    createMissingTags: _tags,
    phoneNumbers,
    ...plain
  } = input;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const { custom, refusals: customRefusals } = applyCustom(before.custom, customFields ?? [], definitions);
  const after: ContactColumns = {
    ...before,
    ...given,
    ...applyAddress(address),
    ...applyName(before, input),
    ...(phoneNumbers !== undefined && { phoneNumbers: phoneNumbers ?? [] }),
    custom,
  };
  refusals.push(...customRefusals);
  if (isBlank(after.name)) {
    refusals.push(refusal("REQUIRED", ["input", "name"], "name is required, or firstName and lastName"));
  }
  if (after.email === null && after.phoneNumbers.length === 0) {
    refusals.push(refusal("REQUIRED", ["input", "email"], "an e-mail address or a phone number is required"));
  }
  return { after, refusals };
}

type Name = Pick<ContactColumns, "name" | "firstName" | "lastName">;

/** The full name follows first and last name, unless it is given; given alone, it replaces them. */
function applyName(before: Name, { name, firstName, lastName }: ContactInput): Partial<Name> {
  if (firstName === undefined && lastName === undefined) {
    return name === undefined ? {} : { name: name ?? "", firstName: null, lastName: null };
  }
  const parts = {
    firstName: firstName === undefined ? before.firstName : firstName,
    lastName: lastName === undefined ? before.lastName : lastName,
  };
  const full = [parts.firstName, parts.lastName].filter((part) => part !== null).join(" ");
  return { ...parts, name: name ?? full };
}

function applyAddress(address: ContactInput["address"]): Partial<ContactColumns> {
  if (address === undefined) return {};
  if (address === null) return { street: null, city: null, state: null, zip: null, country: null };
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
}

function applyCustom(
  before: ContactColumns["custom"],
  values: readonly { readonly slug: string; readonly value?: unknown }[],
  definitions: readonly Definition[],
): { custom: ContactColumns["custom"]; refusals: Refusal[] } {
  const custom: Record<string, CustomValueJson> = { ...before };
  const bySlug = new Map(definitions.map((definition) => [definition.slug, definition]));
  const refusals = values.flatMap(({ slug, value }, at): Refusal[] => {
    const path = ["input", "customFields", String(at)];
    const definition = bySlug.get(slug);
    if (!definition) {
      const suggestions = nearest(slug, bySlug.keys());
      const hint = suggestions[0] === undefined ? "" : `; did you mean ${quote(suggestions[0])}?`;
      const message = `there is no custom field with the slug ${quote(slug)}${hint}`;
      return [
        {
          kind: "customField",
          code: "UNKNOWN_CUSTOM_FIELD",
          path: [...path, "slug"],
          message,
          slug,
          suggestions,
        },
      ];
    }
    try {
      const stored = readCustomValue(value ?? null, definition);
      if (stored === null) delete custom[slug];
      else custom[slug] = stored;
      return [];
    } catch (error) {
      if (!(error instanceof CustomValueError)) throw error;
      const { message, suggestions } = error;
      return [
        {
          kind: "customField",
          code: "INVALID_CUSTOM_VALUE",
          path: [...path, "value"],
          message: `${slug} ${message}`,
          slug,
          suggestions,
        },
      ];
    }
  });
  return { custom, refusals };
}

/** Whom a contact is to be assigned to. A restricted member's contacts stay their own. */
export async function applyOwner(
  { viewer, db }: Pick<Context, "viewer" | "db">,
  before: string | null,
  ownerId: string | null | undefined,
): Promise<{ ownerId: string | null; refusals: Refusal[] }> {
  const path = ["input", "ownerId"];
  const restricted = viewer.dataScope === "ASSIGNED";
  if (ownerId === undefined) return { ownerId: restricted ? viewer.memberId : before, refusals: [] };
  const decoded = ownerId === null ? null : decodeId(ownerId);
  const uuid = decoded?.type === "Member" ? decoded.uuid : null;
  if (restricted && uuid !== viewer.memberId) {
    const message = "a member restricted to assigned data can assign contacts to themselves only";
    return { ownerId: before, refusals: [refusal("INVALID_VALUE", path, message)] };
  }
  if (ownerId === null) return { ownerId: null, refusals: [] };
  if (uuid === null)
    return {
      ownerId: before,
      refusals: [refusal("BAD_ID", path, `${quote(ownerId)} is not the id of a member`)],
    };
  const [member] = await db.members([uuid]);
  if (member) return { ownerId: uuid, refusals: [] };
  return { ownerId: before, refusals: [refusal("UNKNOWN_REFERENCE", path, "there is no such member")] };
}

/** Tags that a caller names, found or to be made. */
export interface NamedTags {
  readonly ids: ReadonlyMap<string, string>;
  /** Names that no tag has, each once. */
  readonly missing: readonly string[];
}

/** @param names names in any case, or ids */
export function findTags(names: readonly string[], { tags }: Catalogue): NamedTags {
  const byKey = new Map(tags.map(({ nameKey, id }) => [nameKey, id]));
  const known = new Set(tags.map(({ id }) => id));
  const ids = new Map<string, string>();
  const missing = new Map<string, string>();
  for (const name of names) {
    const key = tagKey(name);
    const decoded = decodeId(name);
    const id = decoded?.type === "Tag" && known.has(decoded.uuid) ? decoded.uuid : byKey.get(key);
    if (id !== undefined) ids.set(key, id);
    else if (!missing.has(key)) missing.set(key, name.trim());
  }
  return { ids, missing: [...missing.values()] };
}

export const tagKey = (name: string): string => fold(name.trim());

/** The derived columns of a contact. */
export const deriveContact = (contact: ContactColumns, definitions: readonly Definition[]) =>
  derive(
    {
      name: contact.name,
      email: contact.email,
      company: contact.company,
      source: contact.source,
      notes: contact.notes,
      phones: contact.phoneNumbers,
      others: Object.fromEntries(
        contactKeyFields.map(({ path }) => [path, contact[path as keyof ContactColumns] as string | null]),
      ),
      custom: contact.custom,
    },
    definitions,
  );
