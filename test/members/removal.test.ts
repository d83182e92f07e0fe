import { beforeEach, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { invite, list, me, remove, update } from "./support.ts";

/** Members who are removed: what they lose, what keeps their name, and inviting them again. */

let organization: Organization;
let used = 0;
beforeEach(async () => {
  organization = await Organization.make();
});

const address = () => `invited-${++used}-${organization.id}@example.com`;

describe("a member is removed", () => {
  test("and is no longer listed or let in, while what they did names them", async () => {
    const member = await organization.member();
    const contact = await organization.contact({ name: "C" });
    await mutate(
      member.key,
      `activityCreate(input: { kind: NOTE, body: "B", contactId: "${contact.globalId}" })`,
      "activity { id }",
    );
    const [before] = (await list(organization.key)).filter(({ id }) => id === member.globalId);
    const removed = await remove(organization.key, member.globalId);
    expect(removed).toMatchObject({
      member: { ...before, version: 2, removedAt: expect.any(String) },
      moved: 0,
      errors: [],
    });
    expect((await list(organization.key)).map(({ id }) => id)).not.toContain(member.globalId);
    expect(await list(organization.key, "(includeRemoved: true)")).toContainEqual(removed.member);
    expect((await me(member.key)).status).toBe(401);
    const { data } = await sendText(
      organization.key,
      `{ contact(id: "${contact.globalId}") { activities { nodes { author { id name removedAt } } } } }`,
    );
    expect(data).toEqual({
      contact: {
        activities: {
          nodes: [
            { author: { id: member.globalId, name: before?.name, removedAt: removed.member?.removedAt } },
          ],
        },
      },
    });
    const { data: keys } = await sendText(organization.key, "{ apiKeys { id revokedAt } }");
    expect((keys as unknown as { apiKeys: object[] }).apiKeys).toContainEqual({
      id: encodeId("ApiKey", member.keyId),
      revokedAt: removed.member?.removedAt,
    });
  });

  test("104: and cannot be given records or keys", async () => {
    const { globalId } = await organization.member();
    const other = await organization.member();
    await remove(organization.key, globalId);
    const unknown = encodeId("Member", newId());
    const ask = async (id: string) => [
      await mutate(
        organization.key,
        `contactCreate(input: { name: "C", email: "${address()}", ownerId: "${id}" })`,
        "contact { id }",
      ),
      await mutate(
        organization.key,
        `apiKeyCreate(input: { name: "K", memberId: "${id}" })`,
        "apiKey { id }",
      ),
      await remove(organization.key, other.globalId, `, reassignTo: "${id}"`),
    ];
    const refused = await ask(globalId);
    expect(refused).toEqual(await ask(unknown));
    for (const { errors } of refused) expect(errors).toMatchObject([{ code: "UNKNOWN_REFERENCE" }]);
    const again = await remove(organization.key, globalId);
    expect(again.errors).toMatchObject([{ code: "INVALID_STATE", path: ["id"] }]);
    expect((await update(organization.key, globalId, "role: ADMIN")).errors).toMatchObject([
      { code: "INVALID_STATE", path: ["id"] },
    ]);
  });

  test("and invited again with the same id, while their old keys stay revoked", async () => {
    const member = await organization.member({ role: "ADMIN" });
    await remove(organization.key, member.globalId);
    // A key that was made at the moment of the removal.
    const { prisma } = await testDatabase();
    await prisma.apiKey.updateMany({ where: { id: member.keyId }, data: { revokedAt: null } });
    expect((await me(member.key)).status).toBe(401);
    const back = await invite(
      organization.key,
      `email: "${member.email}", name: "Back", role: READ_ONLY, apiKey: { name: "N" }`,
    );
    expect(back.member).toMatchObject({
      id: member.globalId,
      name: "Back",
      role: "READ_ONLY",
      removedAt: null,
    });
    expect((await me(member.key)).status).toBe(401);
    expect((await me(back.key ?? "")).status).toBe(200);
  });

  test("of one organization alone: elsewhere they stay", async () => {
    const stranger = await Organization.make();
    const theirs = await stranger.member();
    const mine = await invite(
      organization.key,
      `email: "${theirs.email}", name: "Both", apiKey: { name: "K" }`,
    );
    await remove(organization.key, mine.member?.id ?? "");
    expect((await me(mine.key ?? "")).status).toBe(401);
    expect((await me(theirs.key)).status).toBe(200);
  });
});
