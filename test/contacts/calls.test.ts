import { beforeEach, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** A contact's callCount and lastCallAt: what is logged, whoever changes it and wherever it moves. */

let organization: Organization;
let key: string;
beforeEach(async () => {
  organization = await Organization.make();
  key = organization.key;
});

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;

/** Logs a CALL on a contact, and on a deal where one is given. */
const call = async (contact: { globalId: string }, day: number, deal?: { globalId: string }) => {
  const on = `contactId: "${contact.globalId}"${deal ? `, dealId: "${deal.globalId}"` : ""}`;
  const { activity, errors } = await mutate<{ activity: { id: string } }>(
    key,
    `activityCreate(input: { kind: CALL, occurredAt: "${at(day)}", ${on} })`,
    "activity { id }",
  );
  expect(errors).toEqual([]);
  return activity.id;
};

const calls = async ({ globalId }: { globalId: string }) => {
  const { data } = await sendText(key, `{ contact(id: "${globalId}") { callCount lastCallAt } }`);
  return (data as unknown as { contact: unknown }).contact;
};

const remove = async (id: string, as = key) =>
  expect(await mutate(as, `activityDelete(id: "${id}")`, "deletedId")).toEqual({ deletedId: id, errors: [] });

test("a restricted member who changes or deletes a call of their deal moves the calls of a contact that is not theirs", async () => {
  const member = await organization.member({ dataScope: "ASSIGNED" });
  const contact = await organization.contact({ name: "Not theirs" });
  const deal = await organization.deal({ contactId: contact.id, ownerId: member.id });
  const first = await call(contact, 1, deal);
  await call(contact, 2);
  const last = await call(contact, 3, deal);
  expect(await calls(contact)).toEqual({ callCount: 3, lastCallAt: at(3) });

  const change = (input: string) =>
    mutate(member.key, `activityUpdate(id: "${last}", input: { ${input} })`, "activity { id }");
  await change(`occurredAt: "${at(4)}"`);
  expect(await calls(contact)).toEqual({ callCount: 3, lastCallAt: at(4) });
  await change("kind: NOTE");
  expect(await calls(contact)).toEqual({ callCount: 2, lastCallAt: at(2) });
  await change("kind: CALL");
  expect(await calls(contact)).toEqual({ callCount: 3, lastCallAt: at(4) });
  await remove(first, member.key);
  await remove(last, member.key);
  expect(await calls(contact)).toEqual({ callCount: 1, lastCallAt: at(2) });
});

test("a contact is stamped when its calls change, and only then", async () => {
  const contact = await organization.contact({ name: "Stamped" });
  const first = await call(contact, 1);
  await call(contact, 3);
  const version = async () => {
    const { data } = await sendText(key, `{ contact(id: "${contact.globalId}") { version } }`);
    return (data as unknown as { contact: { version: number } }).contact.version;
  };
  expect(await version()).toBe(3);
  await mutate(key, `activityUpdate(id: "${first}", input: { occurredAt: "${at(2)}" })`, "activity { id }");
  expect(await version()).toBe(3);
  await remove(first);
  expect(await version()).toBe(4);
});

describe("when a merge is undone", () => {
  let primary: { id: string; globalId: string };
  let duplicate: { id: string; globalId: string };
  let logged: string[];
  beforeEach(async () => {
    primary = await organization.contact({ name: "Primary" });
    duplicate = await organization.contact({ name: "Duplicate" });
    const own = await call(primary, 1);
    logged = [own, await call(duplicate, 2), await call(duplicate, 3), await call(duplicate, 5)];
  });

  const merge = async () => {
    const input = `{ primaryId: "${primary.globalId}", duplicateIds: ["${duplicate.globalId}"] }`;
    const merged = await mutate<{ merge: { id: string } }>(
      key,
      `contactMerge(input: ${input})`,
      "merge { id }",
    );
    expect(await calls(primary)).toEqual({ callCount: 4, lastCallAt: at(5) });
    return merged.merge.id;
  };
  const unmerge = async (id: string) =>
    expect(await mutate(key, `contactUnmerge(mergeId: "${id}")`, "contact { id }")).toMatchObject({
      errors: [],
    });

  test("each has the calls that it had", async () => {
    await unmerge(await merge());
    expect(await calls(primary)).toEqual({ callCount: 1, lastCallAt: at(1) });
    expect(await calls(duplicate)).toEqual({ callCount: 3, lastCallAt: at(5) });
  });

  test("a call that was deleted since counts for no contact", async () => {
    const merged = await merge();
    await remove(logged[3] ?? "");
    expect(await calls(primary)).toEqual({ callCount: 3, lastCallAt: at(3) });
    await unmerge(merged);
    expect(await calls(primary)).toEqual({ callCount: 1, lastCallAt: at(1) });
    expect(await calls(duplicate)).toEqual({ callCount: 2, lastCallAt: at(3) });
  });

  test("a call that was logged since is the primary's, and its own that was deleted is not", async () => {
    const merged = await merge();
    await call(primary, 4);
    await remove(logged[0] ?? "");
    await unmerge(merged);
    expect(await calls(primary)).toEqual({ callCount: 1, lastCallAt: at(4) });
    expect(await calls(duplicate)).toEqual({ callCount: 3, lastCallAt: at(5) });
  });

  test("calls that were counted elsewhere and never logged here go back as well", async () => {
    primary = await organization.contact({ callCount: 2, lastCallAt: new Date(at(1)) });
    duplicate = await organization.contact({ callCount: 1, lastCallAt: new Date(at(5)) });
    await call(duplicate, 2);
    await unmerge(await merge());
    expect(await calls(primary)).toEqual({ callCount: 2, lastCallAt: at(1) });
    expect(await calls(duplicate)).toEqual({ callCount: 2, lastCallAt: at(5) });
  });
});
