import { beforeAll, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

let organization: Organization;
let key: string;
beforeAll(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const set = (name: string, value: string, as = key) =>
  mutate(
    as,
    `customValueSet(key: "${name}", value: $value)`,
    "customValue { key value }",
    { value },
    "($value: String!)",
  );
const render = async (text: string, more = "", as = key) => {
  const { data, text: answer } = await sendText(
    as,
    `query ($text: String!) { renderTemplate(text: $text${more}) { text missing found } }`,
    { text },
  );
  if (!data) throw new Error(answer);
  return (data as unknown as { renderTemplate: { text: string; missing: string[]; found: boolean | null } })
    .renderTemplate;
};

test("a value is set, set again, listed by key and deleted", async () => {
  await set("sender", "Ann");
  await set("booking_link", "https://example.com/book");
  expect(await set("sender", "Bea")).toMatchObject({
    customValue: { key: "sender", value: "Bea" },
    errors: [],
  });
  expect((await sendText(key, "{ customValues { key value } }")).data).toEqual({
    customValues: [
      { key: "booking_link", value: "https://example.com/book" },
      { key: "sender", value: "Bea" },
    ],
  });
  expect(await mutate(key, 'customValueDelete(key: "booking_link")', "deletedKey")).toEqual({
    deletedKey: "booking_link",
    errors: [],
  });
  expect((await mutate(key, 'customValueDelete(key: "booking_link")', "deletedKey")).errors).toMatchObject([
    { code: "NOT_FOUND", path: ["key"] },
  ]);
  expect((await set("Not A Key", "x")).errors).toMatchObject([{ code: "INVALID_VALUE", path: ["key"] }]);
  expect((await set("long", "x".repeat(10_001))).errors).toMatchObject([
    { code: "TOO_LONG", path: ["value"] },
  ]);
});

test("setting and deleting one value at the same moment from several sides is no fault", async () => {
  const drop = () => mutate(key, 'customValueDelete(key: "contested")', "deletedKey");
  const answers = await Promise.all(["1", "2", "3", "4"].map((value) => set("contested", value)));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  const mixed = await Promise.all([
    set("contested", "5"),
    drop(),
    set("contested", "6"),
    drop(),
    set("contested", "7"),
  ]);
  expect(mixed.flatMap(({ errors }) => errors.filter(({ code }) => code !== "NOT_FOUND"))).toEqual([]);
});

test("a text is filled from custom values, a contact, a lead and the organization", async () => {
  await organization.customField({ slug: "plan", type: "TEXT", slot: "text1" });
  const member = await organization.member();
  const contact = await organization.contact({
    name: "Ada Lovelace",
    firstName: "Ada",
    lastName: "Lovelace",
    phoneNumbers: ["+33612345678"],
    company: "Engines",
    custom: { plan: "Gold" },
    ownerId: member.id,
  });
  const lead = await organization.lead({ name: "Lead Name" });
  await set("sender", "Bea");
  const args = `, contactId: "${contact.globalId}", leadId: "${lead.globalId}"`;
  expect(
    await render(
      "Hi {{contact.first_name}} {{ contact.lastName }} of {{contact.company}}, {{contact.phone}}: {{contact.custom.plan}}. {{lead.name}}. — {{custom_values.sender}}",
      args,
    ),
  ).toEqual({
    text: "Hi Ada Lovelace of Engines, +33612345678: Gold. Lead Name. — Bea",
    missing: [],
    found: true,
  });
  expect((await render("{{contact.owner.name}} at {{organization.name}}", args)).text).toMatch(
    /^User .+ at Organization \d+$/,
  );
});

test("tokens without a value stay and are listed once in their order; a default replaces them", async () => {
  const { globalId } = await organization.contact({ name: "Only a name" });
  expect(
    await render(
      '{{contact.title}} {{custom_values.nope}} {{contact.title}} {{nonsense}} {{contact.email | "there"}} {{ }} {{contact.name}} {{contact.title | ""}}',
      `, contactId: "${globalId}"`,
    ),
  ).toEqual({
    text: "{{contact.title}} {{custom_values.nope}} {{contact.title}} {{nonsense}} there {{ }} Only a name ",
    missing: ["contact.title", "custom_values.nope", "nonsense"],
    found: true,
  });
});

test("a contact and a lead each have their owner; a text that becomes too long is refused", async () => {
  const [one, two] = [await organization.member(), await organization.member()];
  const contact = await organization.contact({ name: "C", ownerId: one.id });
  const lead = await organization.lead({ name: "L", ownerId: two.id });
  const args = `, contactId: "${contact.globalId}", leadId: "${lead.globalId}"`;
  const { text, missing } = await render("{{contact.owner.email}} {{lead.owner.email}}", args);
  expect(missing).toEqual([]);
  expect(new Set(text.split(" ")).size).toBe(2);
  expect(await render("{{contact.name}}", `, contactId: "${lead.globalId}"`)).toMatchObject({ found: false });
  await set("empty", " ");
  expect((await render('{{custom_values.empty | "default"}}')).text).toBe("default");
  await set("big", "x".repeat(10_000));
  const answer = await sendText(key, "query ($text: String!) { renderTemplate(text: $text) { text } }", {
    text: "{{custom_values.big}}".repeat(101),
  });
  expect(answer.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "text" } }]);
});

test("what a value says is not read for tokens again", async () => {
  await set("loop", "{{custom_values.loop}} {{custom_values.secret}} $& $1");
  await set("secret", "shown");
  expect(await render("{{custom_values.loop}}")).toEqual({
    text: "{{custom_values.loop}} {{custom_values.secret}} $& $1",
    missing: [],
    found: null,
  });
});

test("another organization's values and contacts, and those that a restricted member may not see, fill nothing", async () => {
  const victim = await Organization.make();
  await set("theirs", "secret", victim.key);
  const { globalId } = await victim.contact({ name: "Secret" });
  expect(await render("{{custom_values.theirs}} {{contact.name}}", `, contactId: "${globalId}"`)).toEqual({
    text: "{{custom_values.theirs}} {{contact.name}}",
    missing: ["custom_values.theirs", "contact.name"],
    found: false,
  });
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const unassigned = await organization.contact({ name: "Nobody's" });
  expect(await render("{{contact.name}}", `, contactId: "${unassigned.globalId}"`, member.key)).toMatchObject(
    {
      missing: ["contact.name"],
      found: false,
    },
  );
  expect((await set("sender", "Mallory", member.key)).errors).toMatchObject([{ code: "FORBIDDEN" }]);
  expect((await mutate(key, 'customValueDelete(key: "theirs")', "deletedKey")).errors).toMatchObject([
    { code: "NOT_FOUND" },
  ]);
});
