import { beforeEach, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { contactsOf, imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** An extension is kept with its number, wherever it goes. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

const kept = "+15128675309;ext=12";

/** The ways in which people mark it, and the one in which it is kept. */
const written = [
  "+1 512 867 5309 ext. 12",
  "+1 (512) 867-5309 x12",
  "+1 512 867 5309, Ext 12",
  "+1 512.867.5309 extension 12",
  "+1 512 867 5309 #12",
  kept,
];

const contact = (name: string, ...phoneNumbers: string[]) =>
  mutate<{ contact: { id: string; phoneNumbers: string[] } }>(
    organization.key,
    `contactCreate(input: { name: "${name}", phoneNumbers: ${JSON.stringify(phoneNumbers)} })`,
    "contact { id phoneNumbers }",
  );

test("however it is marked, a number with it is one and the same", async () => {
  expect((await contact("A", ...written)).contact.phoneNumbers).toEqual([kept]);
  const two = await contact("B", "+1 512 867 5309", "+1 512 867 5309 x12", "+1 512 867 5309 x13");
  expect(two.contact.phoneNumbers).toEqual(["+15128675309", kept, "+15128675309;ext=13"]);
});

test("a contact is recognised by its number with the extension, and by no other one", async () => {
  const upsert = (phone: string) =>
    mutate<{ outcome: string; contact: { id: string } }>(
      organization.key,
      `contactUpsert(matchOn: [PHONE], input: { name: "A", phoneNumbers: ["${phone}"] })`,
      "outcome contact { id }",
    );
  const first = await upsert(kept);
  for (const each of written) {
    expect(await upsert(each), each).toMatchObject({
      outcome: "UNCHANGED",
      contact: { id: first.contact.id },
    });
  }
  for (const other of ["+15128675309", "+15128675309 x1", "+15128675309 x123"]) {
    expect((await upsert(other)).outcome, other).toBe("CREATED");
  }
  const rows = await imported(
    organization,
    'Name,Phone\nA,"+1 512 867 5309, ext 12"\nA,+1 512 867 5309 x13\n',
    { matchOn: ["PHONE"] },
  );
  expect(rows).toMatchObject({ created: 1, skipped: 1, failed: 0 });
});

test("it goes with the number from a lead to its contact, and through a merge and back", async () => {
  const { lead } = await mutate<{ lead: { id: string; phone: string } }>(
    organization.key,
    `leadCreate(input: { name: "L", phone: "${written[0]}" })`,
    "lead { id phone }",
  );
  expect(lead.phone).toBe(kept);
  type Converted = { contact: { id: string; phoneNumbers: string[] } };
  const converted = await mutate<Converted>(
    organization.key,
    `leadConvert(id: "${lead.id}", input: { createDeal: false })`,
    "contact { id phoneNumbers }",
  );
  expect(converted.contact.phoneNumbers).toEqual([kept]);
  const { contact: other } = await contact("M", "+1 512 867 5309", written[1] ?? "");
  const merged = await mutate<Converted & { merge: { id: string } }>(
    organization.key,
    `contactMerge(input: { primaryId: "${converted.contact.id}", duplicateIds: ["${other.id}"] })`,
    "contact { id phoneNumbers } merge { id }",
  );
  expect(merged.contact.phoneNumbers).toEqual([kept, "+15128675309"]);
  await mutate(organization.key, `contactUnmerge(mergeId: "${merged.merge.id}")`, "errors { code }");
  const back = await contactsOf(organization.key, "name phoneNumbers");
  expect(back).toEqual([
    { name: "L", phoneNumbers: [kept] },
    { name: "M", phoneNumbers: ["+15128675309", kept] },
  ]);
});

test("a template says it as people write it", async () => {
  const { contact: made } = await contact("A", written[1] ?? "", "+33612345678");
  const { data, text } = await sendText(
    organization.key,
    `{ renderTemplate(text: "Call {{contact.phone}}.", contactId: "${made.id}") { text } }`,
  );
  expect(data, text).toEqual({ renderTemplate: { text: "Call +15128675309 ext. 12." } });
});
