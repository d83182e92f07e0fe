import { beforeAll, expect, test } from "vitest";
import { mutate } from "../support/client.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Text of one line takes no line breaks and no other control characters, whatever it belongs to. */

let organization: Organization;
let contact: string;
let lead: string;
beforeAll(async () => {
  organization = await Organization.make();
  contact = (await organization.contact({ name: "C", email: "c@example.com" })).globalId;
  lead = (await organization.lead({ name: "L" })).globalId;
});

const ada = { name: "Ada", email: "ada@example.com" };
const value = { amount: "1", currency: "EUR" };
const one = { groups: [{ conditions: [{ field: "name", op: "EQ", value: "x" }] }] };

/** Each input that has a text of one line: the mutation, its input type, and the input around the text. */
const inputs: [mutation: string, type: string, field: string, input: (text: string) => object][] = [
  ...["name", "firstName", "lastName", "company", "title", "source"].map((field): (typeof inputs)[number] => [
    "contactCreate",
    "ContactCreateInput",
    field,
    (text) => ({ ...ada, [field]: text }),
  ]),
  ...["city", "state", "zip", "country"].map((field): (typeof inputs)[number] => [
    "contactCreate",
    "ContactCreateInput",
    `address.${field}`,
    (text) => ({ ...ada, address: { [field]: text } }),
  ]),
  ["contactCreate", "ContactCreateInput", "url", (text) => ({ ...ada, url: `https://example.com/${text}` })],
  [
    "contactCreate",
    "ContactCreateInput",
    "tags.0",
    (text) => ({ ...ada, tags: [text], createMissingTags: true }),
  ],
  ["contactUpsert", "ContactUpsertInput", "company", (text) => ({ ...ada, company: text })],
  ...["name", "company", "source"].map((field): (typeof inputs)[number] => [
    "leadCreate",
    "LeadCreateInput",
    field,
    (text) => ({ name: "L", [field]: text }),
  ]),
  ["dealCreate", "DealCreateInput", "name", (text) => ({ name: text, value })],
  ["dealCreate", "DealCreateInput", "stage", (text) => ({ name: "D", stage: text, value })],
  [
    "activityCreate",
    "ActivityCreateInput",
    "subject",
    (text) => ({ kind: "NOTE", contactId: contact, subject: text }),
  ],
  [
    "conversationCreate",
    "ConversationCreateInput",
    "subject",
    (text) => ({ channel: "EMAIL", contactId: contact, subject: text }),
  ],
  ["tagCreate", "TagCreateInput", "name", (name) => ({ name })],
  ["smartListCreate", "SmartListCreateInput", "name", (name) => ({ name, query: one })],
  [
    "customFieldCreate",
    "CustomFieldCreateInput",
    "name",
    (name) => ({ name, slug: "s", entity: "CONTACT", type: "TEXT" }),
  ],
  [
    "customFieldCreate",
    "CustomFieldCreateInput",
    "options.0",
    (text) => ({ name: "S", entity: "CONTACT", type: "SELECT", options: [text] }),
  ],
  [
    "customFieldFolderCreate",
    "CustomFieldFolderCreateInput",
    "name",
    (name) => ({ name, entity: "CONTACT" }),
  ],
  ["apiKeyCreate", "ApiKeyCreateInput", "name", (name) => ({ name })],
];

const send = (mutation: string, type: string, input: object) =>
  mutate(
    organization.key,
    `${mutation}(input: $input${mutation === "contactUpsert" ? ", matchOn: [EMAIL]" : ""})`,
    "__typename",
    { input },
    `($input: ${type}!)`,
  );

test.each(inputs)(
  "%s (%s) refuses line breaks and control characters in %s",
  async (mutation, type, field, input) => {
    for (const text of [
      "a\nb",
      "a\r\nb",
      "a\u2028b",
      "a\u0085b",
      "a\tb",
      "a\u0007b",
      "a\u001bb",
      "a\u007fb",
      "a\n",
    ]) {
      const { errors } = await send(mutation, type, input(text));
      expect(errors, JSON.stringify(text)).toMatchObject([{ path: ["input", ...field.split(".")] }]);
      expect(errors[0]?.message).toMatch(
        field === "url" ? /web address|must not have/ : /must not have (line breaks|tabs)/,
      );
    }
  },
);

test("a bulk change, a lead's deal and a file refuse them too", async () => {
  const { key } = organization;
  const bulk = await mutate(
    key,
    'contactsBulkUpdate(all: true, dryRun: true, input: { company: "a\\nb" })',
    "count",
  );
  expect(bulk.errors[0]?.message).toMatch(/must not have line breaks/);
  const deal = await mutate(
    key,
    `leadConvert(id: "${lead}", input: { deal: { name: "a\\nb" } })`,
    "deal { id }",
  );
  expect(deal.errors[0]?.message).toMatch(/must not have line breaks/);
  const job = await imported(
    organization,
    'name,email,city\n"A\nB",ab@example.com,x\nC,cc@example.com,"x\ty"\n',
  );
  expect(job.errors).toMatchObject([
    { row: 1, line: 2, column: "name" },
    { row: 2, line: 4, column: "city" },
  ]);
});

test("texts of many lines keep them: notes, streets, bodies", async () => {
  const text = "one\r\ntwo\n\tthree";
  const input = { ...ada, notes: text, address: { street: text } };
  expect(
    await mutate(
      organization.key,
      "contactCreate(input: $input)",
      "contact { notes address { street } }",
      { input },
      "($input: ContactCreateInput!)",
    ),
  ).toMatchObject({ contact: { notes: text, address: { street: text } }, errors: [] });
});

test("a name of characters that show nothing is no name", async () => {
  for (const name of ["  ", "\u200b\u200d", "\u00ad", "\u3164", "\ufe0f"]) {
    const { errors } = await send("contactCreate", "ContactCreateInput", { name, email: "none@example.com" });
    expect(errors, JSON.stringify(name)).toMatchObject([{ code: "REQUIRED", path: ["input", "name"] }]);
  }
});
