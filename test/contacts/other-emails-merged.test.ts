import { beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "../support/database.ts";
import { address, emailCalls, shown } from "../support/emails.ts";
import { Organization } from "../support/makers.ts";

/** Merges keep all addresses of their contacts, and give them back when they are undone. */

let organization: Organization & { key: string };
beforeAll(async () => {
  organization = await Organization.make();
});

const { ask, create, update, upsert, there, found, held, wanted } = emailCalls(() => organization);

describe("merging", () => {
  const merge = (primaryId: string, duplicateIds: string[], more: object = {}) =>
    ask(
      "contactMerge(input: $input)",
      "($input: ContactMergeInput!)",
      { input: { primaryId, duplicateIds, ...more } },
      { more: "merge { id } leftOut { emails phoneNumbers } choices { field value }" },
    );
  const unmerge = (mergeId: unknown) =>
    ask(
      "contactUnmerge(mergeId: $mergeId)",
      "($mergeId: ID!)",
      { mergeId },
      { more: `restored { ${shown} }` },
    );
  const numbers = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `+1512867${1000 + from + at}`);

  test("all addresses and numbers are kept, and who is chosen says which is the primary one", async () => {
    const a = await there({ email: address(), otherEmails: [address()], phoneNumbers: numbers(0, 2) });
    const b = await there({ email: address(), otherEmails: [address()], phoneNumbers: numbers(1, 2) });
    const fieldChoices = [{ field: "EMAIL", fromId: b.id }];
    const merged = await merge(a.id, [b.id], { fieldChoices });
    expect(merged.contact).toMatchObject({
      email: b.email,
      otherEmails: [a.email, ...a.otherEmails, ...b.otherEmails],
      phoneNumbers: numbers(0, 3),
    });
    expect(merged.leftOut).toEqual({ emails: [], phoneNumbers: [] });
    expect(merged.choices).toContainEqual({ field: "EMAIL", value: b.email });
    expect(await found({ eq: b.otherEmails[0] })).toEqual([a.id]);
    expect(await upsert({ email: b.otherEmails[0] })).toMatchObject({ contact: { id: a.id } });
    expect(await held()).toEqual(await wanted());
    const { contact, restored, errors } = await unmerge((merged.merge as { id: string }).id);
    expect(errors).toEqual([]);
    const { version: _, ...before } = a;
    expect(contact).toMatchObject(before);
    expect(restored).toMatchObject([
      { id: b.id, email: b.email, otherEmails: b.otherEmails, phoneNumbers: b.phoneNumbers },
    ]);
    expect(await held()).toEqual(await wanted());
  });

  test("values over the limits are reported, and such an address still finds the contact", async () => {
    const many = (count: number) => Array.from({ length: count }, () => address());
    const a = await there({ email: address(), otherEmails: many(15), phoneNumbers: numbers(100, 15) });
    const b = await there({ email: address(), otherEmails: many(10), phoneNumbers: numbers(200, 10) });
    const merged = await merge(a.id, [b.id]);
    const fit = b.otherEmails.slice(0, 4);
    const out = b.otherEmails.slice(4);
    expect(merged.contact?.otherEmails).toEqual([...a.otherEmails, b.email, ...fit]);
    expect(merged.leftOut).toEqual({ emails: out, phoneNumbers: b.phoneNumbers.slice(5) });
    expect(merged.contact?.phoneNumbers).toHaveLength(20);
    expect(await upsert({ email: out[0] })).toMatchObject({ contact: { id: a.id, email: a.email } });
    expect((await create({ email: out[0] })).errors).toMatchObject([
      { code: "EMAIL_TAKEN", existing: { id: a.id } },
    ]);
    const { contact, restored } = await unmerge((merged.merge as { id: string }).id);
    expect(contact).toMatchObject({ otherEmails: a.otherEmails, phoneNumbers: a.phoneNumbers });
    expect(restored).toMatchObject([{ otherEmails: b.otherEmails, phoneNumbers: b.phoneNumbers }]);
  });

  test("who leaves takes along an address that was made the primary one meanwhile; what came since stays", async () => {
    const a = await there({ email: address(), otherEmails: [address()] });
    const b = await there({ email: address() });
    const merged = await merge(a.id, [b.id]);
    const since = address();
    await update(a.id, { otherEmails: { add: [since], makePrimary: b.email } });
    const { contact, restored, errors } = await unmerge((merged.merge as { id: string }).id);
    expect(errors).toEqual([]);
    expect(restored).toMatchObject([{ id: b.id, email: b.email, otherEmails: [] }]);
    const all = [contact?.email, ...(contact?.otherEmails ?? [])];
    expect(all.toSorted()).toEqual([a.email, ...a.otherEmails, since].toSorted());
    expect(await held()).toEqual(await wanted());
  });

  test("a merge from before contacts had several addresses can be undone", async () => {
    const own = numbers(299, 1);
    const [a, b] = [
      await there({ email: address(), phoneNumbers: own }),
      await there({ email: address(), phoneNumbers: numbers(300, 1) }),
    ];
    const c = await there({ email: address() });
    const [first, second] = [await merge(a.id, [b.id]), await merge(a.id, [c.id])];
    // As the version before wrote it: the primary's own address and numbers alone.
    const { pool } = await testDatabase();
    const old = `UPDATE contact_merge SET before = before - 'otherEmails' || $3, after = after - 'otherEmails' || $3
      WHERE org_id = $1 AND primary_id = (SELECT id FROM contact WHERE org_id = $1 AND email = $2)`;
    await pool.query(old, [organization.id, a.email, JSON.stringify({ phoneNumbers: own })]);
    await update(a.id, { otherEmails: null, phoneNumbers: own });
    const undone = await unmerge((second.merge as { id: string }).id);
    expect(undone.errors).toEqual([]);
    expect(undone.contact).toMatchObject({ email: a.email, otherEmails: [], phoneNumbers: own });
    expect((await unmerge((first.merge as { id: string }).id)).contact).toMatchObject({
      email: a.email,
      otherEmails: [],
    });
  });
});
