import { z } from "zod";
import { isUniqueViolation } from "../../db/faults.ts";
import type { ContactRow, LeadRow } from "../../db/prisma/rows.ts";
import type { CustomValueJson } from "../../filter/language/derive.ts";
import type { CustomValue } from "../../generated/prisma/client.ts";
import type { Caller, Context } from "../../graphql/context.ts";
import { byId } from "../../graphql/loaders.ts";
import { RequestError, refuse } from "../../lib/errors.ts";
import { isBlank } from "../../lib/fold.ts";
import { spokenPhone } from "../../lib/phone.ts";
import { newId } from "../../lib/typeid.ts";
import { checksOf } from "../../records/columns.ts";
import type { CustomValues } from "../../records/custom.ts";
import { readInput } from "../../records/inputs.ts";
import { write } from "../../records/write/write.ts";
import { contactTable } from "../contact/contact.columns.ts";
import { leadTable } from "../lead/lead.columns.ts";
import { customValueTable } from "./custom-value.columns.ts";
import { type Rendered, RenderLimitError, render, tokensIn } from "./template.ts";

const Value = z.object(checksOf(customValueTable, "create"));

/** Sets the text for the token `{{custom_values.key}}`. */
export function setCustomValue(caller: Caller, key: string, value: string): Promise<CustomValue> {
  const input = readInput(Value, { key, value }, []);
  return write(
    caller,
    async (writer) => {
      const { tx } = writer;
      const find = () => tx.customValue.findFirst({ where: { key } });
      const seen = await find();
      if (seen) await tx.lock.rows("custom_value", [seen.id], "update");
      const before = seen && (await find());
      return before
        ? writer.update("customValue", before, { value })
        : writer.insert("customValue", { ...input, id: newId() });
    },
    // If another caller creates it at the same moment, the retry finds it and changes it.
    { retry: isUniqueViolation },
  );
}

/**
 * Deletes a custom value.
 *
 * @returns the value as it was
 */
export function deleteCustomValue(caller: Caller, key: string): Promise<CustomValue> {
  return write(caller, async ({ tx, trail }) => {
    const row = await tx.customValue.findFirst({ where: { key } });
    if (!row) throw refuse("NOT_FOUND", ["key"], "there is no such custom value");
    await tx.customValue.deleteMany({ where: { id: row.id } });
    trail.note("DELETED", "CustomValue", [row.id]);
    return row;
  });
}

/** Longest text that is rendered, in UTF-16 units. */
export const MAX_TEMPLATE = 100_000;

export interface RenderedTemplate extends Rendered {
  /** Whether the caller can see every record that was named; null if none was. */
  readonly found: boolean | null;
}

/** Row ids: undefined if no record was named, null if the id is that of no record. */
export interface Subject {
  readonly contactId?: string | null;
  readonly leadId?: string | null;
}

/**
 * Fills the tokens of a text from the organization's custom values, its name, and one contact or lead.
 *
 * @param subject the records that the text is about
 * @throws RequestError BAD_USER_INPUT for a text that is too long
 */
export async function renderTemplate(
  context: Context,
  text: string,
  subject: Subject,
): Promise<RenderedTemplate> {
  if (text.length > MAX_TEMPLATE) {
    const message = `text has ${text.length} characters; the limit is ${MAX_TEMPLATE}`;
    throw new RequestError("BAD_USER_INPUT", message, { field: "text" });
  }
  const tokens = new Map<string, string>([["organization.name", context.viewer.orgName]]);
  const keys = tokensIn(text).flatMap((name) =>
    name.startsWith("custom_values.") ? [name.slice("custom_values.".length)] : [],
  );
  if (keys.length > 0) {
    const rows = await context.db.customValue.findMany({ where: { key: { in: keys } } });
    for (const { key, value } of rows) if (!isBlank(value)) tokens.set(`custom_values.${key}`, value);
  }
  const contact = subject.contactId ? await byId.contact.load(context, subject.contactId) : null;
  const lead = subject.leadId ? await byId.lead.load(context, subject.leadId) : null;
  if (contact?.purgedAt === null) addRecord(tokens, "contact", contactTable, contact);
  if (lead?.purgedAt === null) addRecord(tokens, "lead", leadTable, lead);
  for (const [noun, record] of Object.entries({ contact, lead })) {
    const owner = record?.ownerId ? await byId.member.load(context, record.ownerId) : null;
    if (!owner || record?.purgedAt !== null) continue;
    tokens.set(`${noun}.owner.name`, owner.name);
    tokens.set(`${noun}.owner.email`, owner.email);
  }
  const named = [
    ...(subject.contactId === undefined ? [] : [contact]),
    ...(subject.leadId === undefined ? [] : [lead]),
  ];
  return {
    ...rendered(text, tokens),
    found: named.length === 0 ? null : named.every((record) => record?.purgedAt === null),
  };
}

/** Maximum length of a filled text, in UTF-16 units: values may be longer than their tokens. */
const MAX_RENDERED = 1_000_000;

/** @throws RequestError BAD_USER_INPUT if the filled text is too long */
function rendered(text: string, tokens: ReadonlyMap<string, string>): Rendered {
  try {
    return render(text, tokens, MAX_RENDERED);
  } catch (error) {
    if (!(error instanceof RenderLimitError)) throw error;
    const message = `text becomes longer than ${MAX_RENDERED} characters`;
    throw new RequestError("BAD_USER_INPUT", message, { field: "text" });
  }
}

type Tokens = Readonly<
  Record<string, { readonly tokens: readonly string[]; readonly shown: { readonly type: unknown } | null }>
>;

/** Adds a record's fields under both spellings, and its custom fields by slug. */
function addRecord(
  tokens: Map<string, string>,
  noun: string,
  table: Tokens,
  record: ContactRow | LeadRow,
): void {
  const add = (name: string, value: string) => {
    if (!isBlank(value)) tokens.set(`${noun}.${name}`, value);
  };
  for (const [column, { tokens: names, shown }] of Object.entries(table)) {
    const said = [shown?.type].flat().includes("PhoneNumber") ? spokenPhone : String;
    const values = [record[column as keyof typeof record]]
      .flat()
      .flatMap((each) => (each == null ? [] : said(String(each))));
    for (const name of names) {
      // A column of several values, such as phone numbers, has its first value, the primary one, in most tokens. Only
      // the token with the column's own name has all of them.
      const value = (name === column ? values : values.slice(0, 1)).join(", ");
      add(name, value);
      add(
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      );
    }
  }
  for (const [slug, value] of Object.entries(record.custom as CustomValues))
    add(`custom.${slug}`, textOf(value));
}

const textOf = (value: CustomValueJson): string => (Array.isArray(value) ? value.join(", ") : String(value));
