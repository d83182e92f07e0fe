import { beforeAll, expect, test } from "vitest";
import { contactTable } from "../../src/entities/contact/contact.columns.ts";
import { contactRows } from "../../src/entities/contact/contact.table.ts";
import { leadTable } from "../../src/entities/lead/lead.columns.ts";
import { done } from "../support/bulk.ts";
import { mutate, sendText } from "../support/client.ts";
import { type Case, createWith, makeWorld, shownOf, valueFor, type World } from "../support/columns.ts";
import { imported, upload } from "../support/imports.ts";

/** What the table of a contact's columns says beside what every table says: import, bulk change, merge, tokens. */

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const caseOf = (name: string): Case => ({
  noun: "contact",
  name,
  row: contactTable[name as keyof typeof contactTable],
});

/** A value as a cell of a file has it. */
const cellOf = (value: unknown): string =>
  typeof value === "boolean" ? (value ? "yes" : "no") : [value].flat().join(";");

const importable = contactRows.flatMap(([name, row]) => (row.import ? [[name, row.import] as const] : []));

test.each(importable)("%s comes from a file, under its own heading", async (name, { as, headings }) => {
  const one = caseOf(name);
  const value = valueFor(world, one);
  const key = `${name}@import.example`;
  const others = { name: "From a file", email: key };
  const cells = { ...others, [headings[0] ?? ""]: cellOf(value) };
  const file = `${Object.keys(cells).join(",")}\n${Object.values(cells).join(",")}\n`;
  const job = await imported(world.organization, file);
  expect(job).toMatchObject({ created: 1, failed: 0 });
  expect(job.columns.at(Object.keys(cells).indexOf(headings[0] ?? ""))).toMatchObject({ field: as });
  const email = name === "email" ? value : key;
  const { data } = await sendText(
    world.key,
    `query ($email: String!) { contacts(filter: { email: { eq: $email } }) { nodes { id } } }`,
    { email },
  );
  const [contact] = (data as unknown as { contacts: { nodes: { id: string }[] } }).contacts.nodes;
  expect(await shownOf(world, one, contact?.id ?? "")).toEqual(value);
});

test.each(importable)("%s is known by every heading that its row says", async (_name, { as, headings }) => {
  for (const heading of headings) {
    const { data } = await upload(world.key, `${heading}\nx\n`, { dryRun: true });
    expect(data?.contactImport.job?.columns, heading).toEqual([
      { column: heading, field: as, customField: null, reason: "HEADING" },
    ]);
  }
});

test.each(contactRows.filter(([, { bulk }]) => bulk !== undefined).map(([name]) => name))(
  "%s of many contacts is changed",
  async (name) => {
    const one = caseOf(name);
    const { id } = await createWith(world, one, undefined);
    const value = valueFor(world, one);
    const filter = { id: { eq: id } };
    expect(await done(world.key, "contactsBulkUpdate", { input: { [name]: value }, filter })).toMatchObject({
      changed: 1,
    });
    expect(await shownOf(world, one, id)).toEqual(value);
  },
);

test.each(contactRows.map(([name, { merge }]) => [name, merge.as] as const))(
  "%s of a duplicate is kept by a merge, chosen as %s or where the primary has none",
  async (name, field) => {
    const one = caseOf(name);
    // Every contact has a name, so that it takes another one's by choice alone.
    const chooses = field === "NAME";
    // A primary without an address that has a phone number can take one.
    const bare = {
      email: null,
      phoneNumbers: [`+1512869${1000 + contactRows.findIndex(([column]) => column === name)}`],
    };
    const primary = await createWith(world, one, undefined, name === "email" ? bare : {});
    const isAddress = name === "otherEmails";
    const value = valueFor(world, one);
    const duplicate = await createWith(world, one, value);
    const choice = { field, fromId: duplicate.id };
    const input = { primaryId: primary.id, duplicateIds: [duplicate.id] };
    const merge = async (more: object) =>
      mutate<{ contact: { id: string } | null; choices: { field: string; from: { id: string } }[] }>(
        world.key,
        "contactMerge(input: $input)",
        "contact { id } choices { field from { id } }",
        { input: { ...input, ...more } },
        "($input: ContactMergeInput!)",
      );
    const merged = await merge(chooses ? { fieldChoices: [choice] } : {});
    expect(merged.errors).toEqual([]);
    expect(merged.choices.map((chosen) => chosen.field)).toContain(field);
    const shown = await shownOf(world, one, primary.id);
    // The duplicate's primary address is another one of the primary contact's.
    expect(isAddress ? (shown as string[]).slice(1) : shown).toEqual(value);
  },
);

const becoming = Object.entries(leadTable).flatMap(([name, row]) =>
  row.becomes === null ? [] : [[name, row.becomes, { noun: "lead", name, row } as Case] as const],
);

/** @returns the id of the contact that the lead became */
async function convert(id: string, contactId?: string): Promise<string> {
  const { contact, errors } = await mutate<{ contact: { id: string } | null }>(
    world.key,
    "leadConvert(id: $id, input: { contactId: $contactId, createDeal: false })",
    "contact { id }",
    { id, contactId },
    "($id: ID!, $contactId: ID)",
  );
  expect(errors).toEqual([]);
  return contact?.id ?? "";
}

test.each(becoming)("%s of a lead is %s of the contact that it becomes", async (name, becomes, one) => {
  const value = valueFor(world, one);
  const phone = `+1512868${1000 + becoming.findIndex(([column]) => column === name)}`;
  const { id } = await createWith(world, one, value, name === "phone" ? {} : { phone });
  const shown = await shownOf(world, caseOf(becomes), await convert(id));
  expect([shown].flat()).toEqual([value]);
});

// A name and an owner are the contact's own.
test.each(becoming.filter(([name]) => name !== "name" && name !== "ownerId"))(
  "%s of a lead fills %s of the contact that it is",
  async (name, becomes, one) => {
    const there = await createWith(world, caseOf(becomes), undefined, {
      email: null,
      phoneNumbers: [`+1512869${2000 + becoming.findIndex(([column]) => column === name)}`],
      ...(name === "phone" && { email: "no-phone@columns.example", phoneNumbers: null }),
    });
    const value = valueFor(world, one);
    const { id } = await createWith(world, one, value);
    expect(await convert(id, there.id)).toBe(there.id);
    expect([await shownOf(world, caseOf(becomes), there.id)].flat()).toEqual([value]);
  },
);

const tokens = (
  Object.entries({ contact: contactTable, lead: leadTable }) as ["contact" | "lead", object][]
).flatMap(([noun, table]) =>
  Object.entries(table).flatMap(([name, row]: [string, Case["row"] & { tokens: readonly string[] }]) =>
    row.tokens.map((token) => [`${noun}.${token}`, { noun, name, row } as Case] as const),
  ),
);

test.each(tokens)("{{%s}} stands for its column in a text", async (token, one) => {
  const value = valueFor(world, one);
  const { id } = await createWith(world, one, value);
  const snake = token.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const { data, text } = await sendText(
    world.key,
    `query ($text: String!, $id: ID!) { renderTemplate(text: $text, ${one.noun}Id: $id) { text missing } }`,
    { text: `{{${token}}}|{{${snake}}}`, id },
  );
  const expected = String([value].flat()[0]);
  expect(data, text).toEqual({ renderTemplate: { text: `${expected}|${expected}`, missing: [] } });
});
