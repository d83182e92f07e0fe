import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/lib/typeid.ts";
import { sendText } from "../support/client.ts";
import { Organization } from "../support/makers.ts";

/** A wish not to be contacted is kept until a person takes it back, whichever way its address comes in again. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

interface Contact {
  readonly id: string;
  readonly email: string | null;
  readonly doNotContact: boolean;
  readonly allowPhoneCalls: boolean;
}
interface Came {
  readonly contact: Contact | null;
  readonly warnings: string[];
  readonly existing: { id: string } | null | undefined;
  readonly codes: string[];
  readonly outcome: string | undefined;
}

const shown = "contact { id email doNotContact allowPhoneCalls }";
const address = () => `${newId()}@example.com`;

async function run(
  key: string,
  field: string,
  selection = shown,
): Promise<Came & { payload: Record<string, unknown> }> {
  const { data, errors, text } = await sendText(
    key,
    `mutation { payload: ${field} { ${selection} errors { code ... on DuplicateContactError { existing { id } } } } }`,
  );
  if (errors.length > 0) throw new Error(text);
  const { payload } = data as unknown as { payload: Record<string, unknown> };
  const refused = payload.errors as { code: string; existing?: { id: string } | null }[];
  const { warnings = [] } = (JSON.parse(text).extensions ?? {}) as { warnings?: { code: string }[] };
  return {
    payload,
    contact: (payload.contact ?? null) as Contact | null,
    outcome: (payload.outcome ?? payload.contactOutcome) as string | undefined,
    warnings: warnings.map(({ code }) => code),
    existing: refused[0]?.existing,
    codes: refused.map(({ code }) => code),
  };
}

/** The ways in which an address comes in, beside imports. */
const ways = {
  contactCreate: (key: string, email: string) =>
    run(key, `contactCreate(input: { name: "New", email: "${email}" })`),
  contactUpsert: (key: string, email: string) =>
    run(key, `contactUpsert(input: { name: "New", email: "${email}" })`, `${shown} outcome`),
  leadConvert: async (key: string, email: string, ownerId: string | null = null) => {
    const lead = await organization.lead({ name: "New", email, ownerId });
    const field = `leadConvert(id: "${lead.globalId}", input: { createDeal: false })`;
    return run(key, field, `${shown} contactOutcome`);
  },
  contactUpdate: async (key: string, email: string, ownerId: string | null = null) => {
    const contact = await organization.contact({ name: "New", phoneNumbers: ["+33612345678"], ownerId });
    return run(key, `contactUpdate(id: "${contact.globalId}", input: { email: "${email}" })`);
  },
} as const;

const wish = { doNotContact: true, allowPhoneCalls: false };

/** Takes an address away from a contact that got it by a merge: it leads to the contact all the same. */
const forget = async (id: string, email: string) => {
  const input = `input: { otherEmails: { remove: ["${email}"] } }`;
  const { codes } = await run(organization.key, `contactUpdate(id: "${id}", ${input})`);
  expect(codes).toEqual([]);
};

describe.each(Object.entries(ways))("%s", (name, way) => {
  test("with the address of a contact in the trash makes one that keeps its wish, and says so", async () => {
    const email = address();
    await organization.contact({ name: "Gone", email, ...wish, deletedAt: new Date() });
    const { contact, warnings } = await way(organization.key, email.toUpperCase());
    expect(contact).toMatchObject(wish);
    expect(warnings).toEqual(["ADDRESS_IN_TRASH"]);
  });

  test('with the address of a contact in the trash without "do not contact" settings only notes it', async () => {
    const email = address();
    await organization.contact({ name: "Gone", email, deletedAt: new Date() });
    const { contact, warnings } = await way(organization.key, email);
    expect(contact).toMatchObject({ doNotContact: false, allowPhoneCalls: true });
    expect(warnings).toEqual(["ADDRESS_IN_TRASH"]);
  });

  test("with the address of a contact that was merged goes to the one that it was merged into", async () => {
    const email = address();
    const own = address();
    const survivor = await organization.contact({ name: "Survivor", email: own, ...wish });
    const old = await organization.contact({ name: "Old", email });
    await run(
      organization.key,
      `contactMerge(input: { primaryId: "${survivor.globalId}", duplicateIds: ["${old.globalId}"] })`,
    );
    await forget(survivor.globalId, email);
    const came = await way(organization.key, email);
    if (name === "contactUpsert" || name === "leadConvert") {
      expect(came.contact).toEqual({ id: survivor.globalId, email: own, ...wish });
      expect(came.outcome).toBe(name === "leadConvert" ? "MATCHED" : "UPDATED");
      expect(came.warnings).toEqual(["ADDRESS_REDIRECTED"]);
    } else {
      expect(came).toMatchObject({
        contact: null,
        codes: ["EMAIL_TAKEN"],
        existing: { id: survivor.globalId },
      });
    }
  });

  test("of a contact that a restricted member may not see says no more than that the wish is kept", async () => {
    const member = await organization.member({ dataScope: "ASSIGNED" });
    const [silent, loud, merged, live] = [address(), address(), address(), address()];
    await organization.contact({ name: "Hidden", email: silent, deletedAt: new Date() });
    await organization.contact({ name: "Hidden", email: loud, ...wish, deletedAt: new Date() });
    await organization.contact({ name: "Hidden", email: live });
    const survivor = await organization.contact({ name: "Hidden", email: address() });
    const old = await organization.contact({ name: "Hidden", email: merged });
    await run(
      organization.key,
      `contactMerge(input: { primaryId: "${survivor.globalId}", duplicateIds: ["${old.globalId}"] })`,
    );
    await forget(survivor.globalId, merged);
    expect(await way(member.key, silent, member.id)).toMatchObject({ codes: [], warnings: [] });
    const kept = await way(member.key, loud, member.id);
    expect(kept).toMatchObject({ contact: wish, codes: [], warnings: ["WISH_KEPT"] });
    // The address is taken, and whether by a contact that has it or one that was merged is not told apart.
    const answers = [await way(member.key, live, member.id), await way(member.key, merged, member.id)];
    for (const answer of answers) {
      expect(answer).toMatchObject({ contact: null, codes: ["EMAIL_TAKEN"], existing: null, warnings: [] });
    }
  });

  test("of another organization's contact takes nothing over", async () => {
    const email = address();
    const stranger = await Organization.make();
    await stranger.contact({ name: "Theirs", email, ...wish, deletedAt: new Date() });
    const { contact, warnings } = await way(organization.key, email);
    expect(contact).toMatchObject({ doNotContact: false, allowPhoneCalls: true });
    expect(warnings).toEqual([]);
  });
});

const jobFields =
  "job { created updated skipped failed inTrash redirected notes { row line code } errors { row code } }";

test.each(["UPDATE", "SKIP"] as const)(
  "an import in the mode %s reports rows that went elsewhere, and keeps every wish",
  async (mode) => {
    const [gone, merged, own, live, fresh] = [address(), address(), address(), address(), address()];
    await organization.contact({ name: "Gone", email: gone, ...wish, deletedAt: new Date() });
    const survivor = await organization.contact({ name: "Survivor", email: own, ...wish });
    const old = await organization.contact({ name: "Old", email: merged });
    await organization.contact({ name: "Live", email: live, ...wish });
    await run(
      organization.key,
      `contactMerge(input: { primaryId: "${survivor.globalId}", duplicateIds: ["${old.globalId}"] })`,
    );
    await forget(survivor.globalId, merged);
    // The second row of an address is the same contact; the third one's own address is the survivor's too.
    const rows = [
      `{ name: "A", email: "${gone}", doNotContact: false, allowPhoneCalls: true }`,
      `{ name: "B", email: "${gone}" }`,
      `{ name: "C", email: "${merged}", company: "C" }`,
      `{ name: "D", email: "${own}", title: "D" }`,
      `{ name: "E", email: "${live}", doNotContact: false }`,
      `{ name: "F", email: "${fresh}" }`,
    ];
    const field = (dryRun: boolean) =>
      `contactImport(input: { rows: [${rows.join(" ")}], mode: ${mode}, dryRun: ${dryRun} })`;
    const dry = await run(organization.key, field(true), jobFields);
    const { payload } = await run(organization.key, field(false), jobFields);
    const update = mode === "UPDATE";
    expect(payload.job).toMatchObject({
      created: 2,
      updated: update ? 4 : 0,
      skipped: update ? 0 : 4,
      failed: 0,
      inTrash: 1,
      redirected: 1,
      errors: [],
    });
    const { notes } = payload.job as { notes: { row: number; code: string }[] };
    expect(notes.map(({ row, code }) => `${row} ${code}`)).toEqual([
      "1 IN_TRASH",
      "1 WISH_KEPT",
      "3 REDIRECTED",
      ...(update ? ["5 WISH_KEPT"] : []),
    ]);
    expect(dry.payload.job).toEqual(payload.job);
    const { data } = await sendText(
      organization.key,
      `query ($emails: [String!]) { contacts(filter: { email: { in: $emails } }) { nodes { name company title email doNotContact } } }`,
      { emails: [gone, merged, own, live, fresh] },
    );
    const { nodes } = (data as unknown as { contacts: { nodes: object[] } }).contacts;
    const expected = [
      { name: update ? "B" : "A", email: gone, doNotContact: true },
      update
        ? { name: "D", company: "C", title: "D", email: own, doNotContact: true }
        : { name: "Survivor", company: null, email: own, doNotContact: true },
      { name: update ? "E" : "Live", email: live, doNotContact: true },
      { name: "F", email: fresh, doNotContact: false },
    ];
    expect(nodes).toHaveLength(expected.length);
    for (const one of expected) expect(nodes).toContainEqual(expect.objectContaining(one));
  },
);

test("an upsert does not take a wish back and says so; a person does", async () => {
  const email = address();
  const { globalId } = await organization.contact({ name: "C", email, ...wish });
  const upserted = await run(
    organization.key,
    `contactUpsert(input: { email: "${email}", doNotContact: false, allowPhoneCalls: true, title: "T" })`,
    `${shown} outcome`,
  );
  expect(upserted).toMatchObject({ contact: wish, outcome: "UPDATED", warnings: ["WISH_KEPT", "WISH_KEPT"] });
  const updated = await run(
    organization.key,
    `contactUpdate(id: "${globalId}", input: { doNotContact: false, allowPhoneCalls: true })`,
  );
  expect(updated).toMatchObject({ contact: { doNotContact: false, allowPhoneCalls: true }, warnings: [] });
});

test("a contact that comes back from the trash takes over what its address has asked for meanwhile", async () => {
  const email = address();
  const first = await organization.contact({ name: "First", email, deletedAt: new Date() });
  await organization.contact({ name: "Second", email, ...wish, deletedAt: new Date() });
  const restored = await run(organization.key, `contactRestore(id: "${first.globalId}")`);
  expect(restored).toMatchObject({ contact: { id: first.globalId, ...wish }, warnings: ["WISH_KEPT"] });
});

test("a wish that came to a merged contact by the address of another one stays with both when they part", async () => {
  const email = address();
  const survivor = await organization.contact({ name: "Survivor", email: address() });
  const old = await organization.contact({ name: "Old", email });
  const { payload } = await run(
    organization.key,
    `contactMerge(input: { primaryId: "${survivor.globalId}", duplicateIds: ["${old.globalId}"] })`,
    "merge { id }",
  );
  const imported = `contactImport(input: { rows: [{ name: "Old", email: "${email}", doNotContact: true }], mode: UPDATE })`;
  await run(organization.key, imported, "job { redirected }");
  const parted = await run(
    organization.key,
    `contactUnmerge(mergeId: "${(payload.merge as { id: string }).id}")`,
    `${shown} restored { id doNotContact }`,
  );
  expect(parted.contact).toMatchObject({ id: survivor.globalId, doNotContact: true });
  expect(parted.payload.restored).toEqual([{ id: old.globalId, doNotContact: true }]);
});
