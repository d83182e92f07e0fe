import { expect, test } from "vitest";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { purgeAlone } from "../support/purge.ts";
import { eventsOf } from "./support.ts";

/** What the purge of the trash says of itself. */

const DAY = 86_400_000;
const before = (days: number) => new Date(Date.now() - days * DAY);

test("what the purge erases is an event of the system in each organization, with the records' ids and nothing else", async () => {
  const [organization, other] = [await Organization.make(), await Organization.make()];
  const old = { deletedAt: before(31) };
  const contacts = [await organization.contact(old), await organization.contact(old)];
  const lead = await organization.lead({ name: "Old", ...old });
  const theirs = await other.contact(old);
  await organization.contact({ deletedAt: before(29) });

  await purgeAlone(await testDatabase(), before(30), new Date(0), null);
  const events = await eventsOf(organization.key, "actor: SYSTEM");
  expect(
    events.map(({ action, recordType, recordIds }) => [action, recordType, [...recordIds].sort()]).sort(),
  ).toEqual([
    ["PURGED", "CONTACT", contacts.map(({ globalId }) => globalId).sort()],
    ["PURGED", "LEAD", [lead.globalId]],
  ]);
  expect(events[0]).toMatchObject({ member: null, apiKey: null, requestId: null, address: null, fields: [] });
  const found = await eventsOf(other.key, "actor: SYSTEM");
  expect(found.map(({ recordIds }) => recordIds)).toEqual([[theirs.globalId]]);
});
