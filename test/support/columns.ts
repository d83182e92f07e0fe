import { activityTable } from "../../src/entities/activity/activity.columns.ts";
import { contactTable } from "../../src/entities/contact/contact.columns.ts";
import { conversationTable } from "../../src/entities/conversation/conversation.columns.ts";
import { customFieldTable, folderTable } from "../../src/entities/custom-field/custom-field.columns.ts";
import { dealTable } from "../../src/entities/deal/deal.columns.ts";
import { leadTable } from "../../src/entities/lead/lead.columns.ts";
import { smartListTable } from "../../src/entities/smart-list/smart-list.columns.ts";
import { tagTable } from "../../src/entities/tag/tag.columns.ts";
import type { FilterField } from "../../src/filter/registry/fields.ts";
import type { Column, PersonColumn } from "../../src/records/columns.ts";
import { mutate, sendText } from "./client.ts";
import { Organization } from "./makers.ts";

/**
 * Goes through the tables of columns: values of each column, and requests that write, read, filter and sort them.
 */

const tables = {
  contact: contactTable,
  lead: leadTable,
  deal: dealTable,
  activity: activityTable,
  conversation: conversationTable,
  tag: tagTable,
  customField: customFieldTable,
  customFieldFolder: folderTable,
  smartList: smartListTable,
} as const satisfies Record<string, Readonly<Record<string, Column | PersonColumn>>>;

export type Noun = keyof typeof tables;

/** A column of an entity, as a test case. */
export interface Case {
  readonly noun: Noun;
  readonly name: string;
  readonly row: Column | PersonColumn;
}

export const cases = (Object.keys(tables) as Noun[]).flatMap((noun) =>
  Object.entries(tables[noun]).map(([name, row]): Case => ({ noun, name, row })),
);

export const titleOf = ({ noun, name }: Case): string => `${noun}.${name}`;

/** An organization, and records that can be parents of others. */
export interface World {
  readonly organization: Organization & { key: string };
  readonly key: string;
  readonly folder: string;
  readonly member: { readonly globalId: string; readonly email: string };
  readonly parents: Readonly<Record<string, { readonly id: string; readonly globalId: string }>>;
}

export async function makeWorld(): Promise<World> {
  const organization = await Organization.make();
  const parents = {
    contactId: await organization.contact(),
    leadId: await organization.lead(),
    dealId: await organization.deal(),
  };
  const made = await mutate<{ folder: { id: string } }>(
    organization.key,
    'customFieldFolderCreate(input: { name: "A folder", entity: CONTACT })',
    "folder { id }",
  );
  return {
    folder: made.folder.id,
    organization,
    key: organization.key,
    member: await organization.member(),
    parents,
  };
}

/** Counts the values. All numbers have the same number of digits, so that their texts sort in the order of creation. */
let made = 1000;

/** Values of columns that accept only these, or whose type does not determine a value. */
const values: Readonly<Record<string, (world: World) => unknown>> = {
  "tag.color": () => "#1f6feb",
  "customField.entity": () => "LEAD",
  "customField.slug": () => `slug_${made}`,
  "customField.type": () => "MULTI_SELECT",
  "customField.options": () => ["One", "Two"],
  "customField.folderId": ({ folder }) => folder,
  "customFieldFolder.entity": () => "LEAD",
  "customFieldFolder.position": () => 0,
  "smartList.query": () => queryOf("Somebody else"),
  "smartList.position": () => 0,
  "smartList.order": () => [{ field: "NAME", customField: null, direction: "DESC", nulls: "FIRST" }],
  "smartList.columns": () => ["name", "email"],
  "smartList.timeZone": () => "Europe/Paris",
};

const queryOf = (value: string) => ({ groups: [{ conditions: [{ field: "name", op: "EQ", value }] }] });

/** A valid value of a column that no other record has, if the type has enough values. */
export function valueFor(world: World, { noun, name, row }: Case): unknown {
  const { member, parents } = world;
  made += 1;
  const special = values[`${noun}.${name}`];
  if (special) return special(world);
  const type = row.create?.type;
  const shown = row.shown?.type;
  if (type === "Boolean") return row.blank !== true;
  if (type === "ID") return name === "ownerId" ? member.globalId : parents[name]?.globalId;
  if (type === "Int") return made;
  if (type === "Date") return new Date(Date.UTC(2026, 0, made)).toISOString().slice(0, 10);
  if (type === "DateTime") return new Date(Date.UTC(2026, 0, made)).toISOString();
  const phone = `+1512867${made}`;
  if ([shown].flat()[0] === "EmailAddress" && Array.isArray(type)) return [`planted${made}@columns.example`];
  if (Array.isArray(type)) return [phone];
  if (shown === "PhoneNumber") return phone;
  if (shown === "EmailAddress") return `planted${made}@columns.example`;
  if (shown === "URL") return `https://columns.example/planted${made}`;
  if (type === "String") return `Planted ${made} ${name}`.slice(0, 20);
  const options = row.filter[0]?.options;
  if (options) return options[1];
  return { amount: `${made}.50`, currency: "EUR" };
}

const required: Readonly<Record<Noun, (world: World) => object>> = {
  contact: () => ({ name: "Somebody", email: `somebody${++made}@columns.example` }),
  lead: () => ({ name: "Somebody" }),
  deal: () => ({ name: "Something", value: { amount: "1.00", currency: "USD" } }),
  activity: ({ parents }) => ({ kind: "CALL", contactId: parents.contactId?.globalId }),
  conversation: ({ parents }) => ({ channel: "EMAIL", contactId: parents.contactId?.globalId }),
  tag: () => ({ name: `Tag ${++made}` }),
  customField: () => ({ name: `Field ${++made}`, entity: "CONTACT", type: "SELECT", options: ["Only"] }),
  customFieldFolder: () => ({ name: `Folder ${++made}`, entity: "CONTACT" }),
  smartList: () => ({ name: `List ${++made}`, query: queryOf("Somebody") }),
};

/** Further input that a record needs for a column to have its value. */
const needed: Readonly<Record<string, object>> = { "customField.unique": { type: "TEXT", options: null } };

/** The form of a value in an update, if it differs from the form in a creation. */
const changes: Readonly<Record<string, (value: unknown) => unknown>> = {
  "contact.otherEmails": (value) => ({ set: value }),
};

const within = ({ name, row }: Case, value: unknown): object =>
  row.within === undefined ? { [name]: value } : { [row.within]: { [name]: value } };

const big = (noun: Noun): string => noun.charAt(0).toUpperCase() + noun.slice(1);

/** Selections of columns whose fields are written by hand. */
const selections: Readonly<Record<string, string>> = {
  "smartList.query": "query { groups { conditions { field op value } } }",
  "smartList.order": "order { field customField direction nulls }",
};

/** The selection of a column. */
function selection({ noun, name, row }: Case): string {
  const special = selections[`${noun}.${name}`];
  if (special) return special;
  if (row.shown === null) {
    return row.create?.type === "ID" ? `${name.slice(0, -2)} { id }` : `${name} { amount currency }`;
  }
  return row.within === undefined ? name : `${row.within} { ${name} }`;
}

/** The value of a column in an answer. */
function shownValue({ name, row }: Case, record: Readonly<Record<string, unknown>>): unknown {
  if (row.shown === null && row.create?.type === "ID") {
    return (record[name.slice(0, -2)] as { id: string } | null)?.id;
  }
  const part = row.within === undefined ? record : (record[row.within] as typeof record | null);
  return part?.[name] ?? null;
}

/** The record's field in the payload of a mutation, if it is not the noun. */
const payloads: Readonly<Partial<Record<Noun, string>>> = { customFieldFolder: "folder" };

async function writeOne(world: World, field: string, variables: object, types: string, one: Case) {
  const payload = await mutate<Record<string, Record<string, unknown> | null>>(
    world.key,
    field,
    `${payloads[one.noun] ?? one.noun} { id ${selection(one)} }`,
    variables as Record<string, unknown>,
    types,
  );
  const record = payload[payloads[one.noun] ?? one.noun];
  if (!record) throw new Error(`${titleOf(one)}: ${JSON.stringify(payload)}`);
  return { id: record.id as string, value: shownValue(one, record) };
}

/** Creates a record with a value of a column, and returns the record and the value in the answer. */
export const createWith = (world: World, one: Case, value: unknown, more: object = {}) =>
  writeOne(
    world,
    `${one.noun}Create(input: $input)`,
    {
      input: {
        ...required[one.noun](world),
        ...needed[titleOf(one)],
        ...more,
        ...(value !== undefined && within(one, value)),
      },
    },
    `($input: ${big(one.noun)}CreateInput!)`,
    one,
  );

/** Updates an existing record with a value of a column. */
export const updateWith = (world: World, one: Case, id: string, value: unknown) =>
  writeOne(
    world,
    `${one.noun}Update(id: $id, input: $input)`,
    { id, input: within(one, changes[titleOf(one)]?.(value) ?? value) },
    `($id: ID!, $input: ${big(one.noun)}UpdateInput!)`,
    one,
  );

/** Reads the value of a column of a record. */
export async function shownOf({ key }: World, one: Case, id: string): Promise<unknown> {
  const query = `query ($id: ID!) { record: ${one.noun}(id: $id) { ${selection(one)} } }`;
  const { data, text } = await sendText(key, query, { id });
  const record = (data as unknown as { record: Readonly<Record<string, unknown>> | null } | null)?.record;
  if (!record) throw new Error(`${query} ${id}: ${text}`);
  return shownValue(one, record);
}

/** How records are listed for comparison: children are found by the contact that they belong to. */
const lists: Readonly<Partial<Record<Noun, { readonly list: string; readonly prefix: string }>>> = {
  contact: { list: "contacts", prefix: "" },
  lead: { list: "leads", prefix: "" },
  deal: { list: "deals", prefix: "" },
  activity: { list: "contacts", prefix: "activities." },
  conversation: { list: "contacts", prefix: "conversations." },
};

async function listOf(
  { key }: World,
  noun: Noun,
  args: string,
  variables: Record<string, unknown>,
  types: string,
) {
  const query = `query ${types} { list: ${lists[noun]?.list}(${args}) { nodes { id } } }`;
  const { data, text } = await sendText(key, query, variables);
  if (data === null) throw new Error(`${query} ${JSON.stringify(variables)}: ${text}`);
  return (data as unknown as { list: { nodes: { id: string }[] } }).list.nodes.map(({ id }) => id);
}

/**
 * Whether a record fulfils a condition of the generic form.
 *
 * @param id the id of the record, or for a child the id of its contact
 */
export async function fulfils(
  world: World,
  { noun }: Case,
  id: string,
  condition: { readonly field: string; readonly op: string; readonly value: unknown },
): Promise<boolean> {
  const field = `${lists[noun]?.prefix ?? ""}${condition.field}`;
  const conditions = [
    { field: "id", op: "EQ", value: id },
    { ...condition, field },
  ];
  const query = { groups: [{ conditions }] };
  return (
    (await listOf(world, noun, "query: $query", { query }, "($query: SmartListQueryInput!)")).length === 1
  );
}

/** The operand with which a filter field finds records that have this value of a column. */
export function operandFor({ member }: World, { path, type }: FilterField, value: unknown): unknown {
  if (path.endsWith(".role")) return "MEMBER";
  if (path.endsWith(".email")) return member.email;
  if (path === "currency") return "EUR";
  if (type === "phone") return [value].flat()[0];
  return type === "number" ? (value as { amount: string }).amount : value;
}

/** Records in an order, by their ids. */
export function ordered(
  world: World,
  { noun }: Case,
  ids: readonly string[],
  path: string,
  direction: "ASC" | "DESC",
): Promise<string[]> {
  const field = path.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  const query = { groups: [{ conditions: [{ field: "id", op: "IN", value: ids }] }] };
  const args = `query: $query, orderBy: [{ field: ${field}, direction: ${direction} }]`;
  return listOf(world, noun, args, { query }, "($query: SmartListQueryInput!)");
}
