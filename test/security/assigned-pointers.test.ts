import { beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { sendText } from "../support/client.ts";
import { statementsOf } from "../support/database.ts";
import { exported } from "../support/exports.ts";
import { Organization } from "../support/makers.ts";

/** What a row that a restricted member sees has to do with rows that are hidden from them. */

let organization: Organization;
let member: Awaited<ReturnType<Organization["member"]>>;

beforeAll(async () => {
  organization = await Organization.make();
  member = await organization.member({ dataScope: "ASSIGNED" });
});

test.each(["CSV", "JSON_LINES"])(
  "an export of deals as %s names no contact and no lead that is hidden from whoever asked for it",
  async (format) => {
    const [hidden, own] = [await organization.contact(), await organization.contact({ ownerId: member.id })];
    const lead = await organization.lead();
    const ownerId = member.id;
    const deals = [
      await organization.deal({ ownerId, contactId: hidden.id }),
      await organization.deal({ ownerId, leadId: lead.id }),
      await organization.deal({ ownerId, contactId: own.id, leadId: lead.id }),
    ];
    const restricted = await exported(organization, { format }, { entity: "DEAL", key: member.key });
    for (const { globalId } of [...deals, own]) expect(restricted.text).toContain(globalId);
    for (const { globalId } of [hidden, lead]) expect(restricted.text).not.toContain(globalId);
    const whole = await exported(organization, { format }, { entity: "DEAL" });
    for (const { globalId } of [...deals, own, hidden, lead]) expect(whole.text).toContain(globalId);
  },
);

test("likely duplicates do not tell how many hidden contacts share what they share", async () => {
  const shared = { company: "Acme", phoneNumbers: ["+4930901820"] };
  const [name, ownerId] = ["Ada Lovelace", member.id];
  const mine = await organization.contact({ ...shared, name, ownerId, email: "ada.l@example.com" });
  const other = await organization.contact({ ...shared, name, ownerId, email: "adal@example.com" });
  const ask = () =>
    sendText(
      member.key,
      `{ contact(id: "${mine.globalId}") { possibleDuplicates { reasons contact { id } } } }`,
    );
  const before = await ask();
  expect(before.data).toEqual({
    contact: {
      possibleDuplicates: [
        {
          reasons: ["SAME_NAME_AND_COMPANY", "SAME_PHONE", "SIMILAR_EMAIL"],
          contact: { id: encodeId("Contact", other.id) },
        },
      ],
    },
  });
  for (let at = 0; at < 12; at += 1)
    await organization.contact({ ...shared, name, email: `a.dal+${at}@example.com` });
  const { answer, statements } = await statementsOf(ask);
  expect(answer.data).toEqual(before.data);
  expect(statements.filter((sql) => sql.includes("phone_numbers @>"))).toHaveLength(1);
  const { data } = await sendText(
    organization.key,
    `{ contact(id: "${mine.globalId}") { possibleDuplicates { contact { id } } } }`,
  );
  expect(data).toEqual({ contact: { possibleDuplicates: [] } });
});
