import { beforeEach, describe, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { newId } from "../../src/lib/typeid.ts";
import { mutate, sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { invite, list, me, update } from "./support.ts";

/** Members of an organization: inviting and changing them. */

let organization: Organization;
let used = 0;
beforeEach(async () => {
  organization = await Organization.make();
});

const address = () => `invited-${++used}-${organization.id}@example.com`;

describe("a member is invited", () => {
  test("by an address and a name, and is listed from then on, in one statement beside the credential's", async () => {
    const email = address();
    const invited = await invite(organization.key, `email: "${email}", name: " Ada Lovelace "`);
    expect(invited).toMatchObject({
      member: { name: "Ada Lovelace", email, role: "MEMBER", dataScope: "ALL", version: 1, removedAt: null },
      apiKey: null,
      key: null,
      errors: [],
    });
    const { answer, statements } = await statementsOf(() => list(organization.key));
    expect(answer).toContainEqual(invited.member);
    expect(answer).toHaveLength(2);
    expect(statements).toHaveLength(2);
    // Others see them by the same loader, wherever they stand.
    const node = await sendText(
      organization.key,
      `{ node(id: "${invited.member?.id}") { ... on Member { name } } }`,
    );
    expect(node.data).toEqual({ node: { name: "Ada Lovelace" } });
  });

  test("with a key of their own, which is shown once", async () => {
    const input = `email: "${address()}", name: "Bob", role: ADMIN, dataScope: ASSIGNED, apiKey: { name: "First", scopes: [WRITE] }`;
    const first = await invite(organization.key, input, `, idempotencyKey: "once"`);
    expect(first).toMatchObject({ apiKey: { scopes: ["WRITE"] }, errors: [] });
    expect(first.key).toMatch(/^sk_test_/);
    expect((await me(first.key ?? "")).data).toEqual({
      viewer: {
        member: { id: first.member?.id, name: "Bob", role: "ADMIN", dataScope: "ASSIGNED" },
        scopes: ["READ", "WRITE"],
        organization: { id: organization.globalId },
      },
    });
    const again = await invite(organization.key, input, `, idempotencyKey: "once"`);
    expect(again).toEqual({ ...first, key: null });
    const { prisma } = await testDatabase();
    const { text } = await sendText(organization.key, "{ apiKeys { name prefix } }");
    expect(text).not.toContain(first.key);
    const kept = await prisma.idempotencyKey.findMany({ where: { orgId: organization.id } });
    expect(JSON.stringify(kept)).not.toContain(first.key);
  });

  test("who is a user of another organization, without revealing anything about the user", async () => {
    const stranger = await Organization.make();
    const theirs = await stranger.member();
    const { prisma } = await testDatabase();
    await prisma.user.update({ where: { id: theirs.userId }, data: { name: "Known Elsewhere" } });
    const spelled = theirs.email.toUpperCase();
    const invited = await invite(
      organization.key,
      `email: "${spelled}", name: "Somebody", apiKey: { name: "K" }`,
    );
    expect(invited.member).toMatchObject({ name: "Somebody", email: spelled });
    const mine = await prisma.member.findMany({ where: { userId: theirs.userId } });
    expect(new Set(mine.map(({ orgId }) => orgId))).toEqual(new Set([organization.id, stranger.id]));
    await organization.contact({
      name: "Theirs",
      ownerId: mine.find(({ orgId }) => orgId === organization.id)?.id ?? null,
    });
    const asked = await sendText(
      organization.key,
      `{ members { name email } contacts { nodes { owner { name email } } }
         contactFilterPreview(filter: { owner: { eq: "${invited.member?.id}" } }) { sentence } }`,
    );
    expect(asked.errors).toEqual([]);
    expect(asked.text).toContain("Somebody");
    expect(asked.text).not.toContain("Known Elsewhere");
    expect(asked.text).not.toContain(theirs.email);
    expect(await list(stranger.key)).toContainEqual(
      expect.objectContaining({ id: theirs.globalId, name: "Known Elsewhere", email: theirs.email }),
    );
  });

  test("once: an address of a member is refused, in any case, and twenty requests at once make one", async () => {
    const email = address();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => invite(organization.key, `email: "${email}", name: "N${at}"`)),
    );
    expect(all.filter(({ member }) => member !== null)).toHaveLength(1);
    for (const { errors } of all.filter(({ member }) => member === null)) {
      expect(errors).toMatchObject([{ code: "INVALID_STATE", path: ["input", "email"] }]);
    }
    const upper = await invite(organization.key, `email: "${email.toUpperCase()}", name: "N"`);
    expect(upper.errors).toMatchObject([{ code: "INVALID_STATE", path: ["input", "email"] }]);
    expect(await list(organization.key)).toHaveLength(2);
  });

  test.each([
    [`email: "nobody", name: "N"`, "INVALID_EMAIL", ["input", "email"]],
    [`email: "  ", name: "N"`, "REQUIRED", ["input", "email"]],
    [`email: "a@example.com", name: " "`, "REQUIRED", ["input", "name"]],
    [`email: "a@example.com", name: "${"n".repeat(201)}"`, "TOO_LONG", ["input", "name"]],
    [`email: "a@example.com", name: "N", apiKey: { name: "" }`, "REQUIRED", ["input", "apiKey", "name"]],
    [
      `email: "a@example.com", name: "N", apiKey: { name: "K", scopes: [ADMIN] }`,
      "INVALID_VALUE",
      ["input", "apiKey", "scopes"],
    ],
    [
      `email: "a@example.com", name: "N", apiKey: { name: "K", expiresAt: "2020-01-01T00:00:00Z" }`,
      "INVALID_VALUE",
      ["input", "apiKey", "expiresAt"],
    ],
  ])("but not by %s", async (input, code, path) => {
    const { errors, member } = await invite(organization.key, input);
    expect(errors).toMatchObject([{ code, path }]);
    expect(member).toBeNull();
    expect(await list(organization.key)).toHaveLength(1);
  });
});

describe("a member is changed", () => {
  test("in role and data scope, and is refused what they no longer may from the next request on", async () => {
    const { key, globalId } = await organization.member({ role: "ADMIN" });
    const mine = await organization.contact({ name: "Mine", ownerId: (await organization.member()).id });
    const changed = await update(organization.key, globalId, "role: READ_ONLY, dataScope: ASSIGNED");
    expect(changed).toMatchObject({
      member: { id: globalId, role: "READ_ONLY", dataScope: "ASSIGNED", version: 2 },
      errors: [],
    });
    const { data } = await sendText(
      key,
      `{ viewer { scopes permissions } contact(id: "${mine.globalId}") { id } }`,
    );
    expect(data).toEqual({ viewer: { scopes: ["READ"], permissions: ["RECORD_READ"] }, contact: null });
    const write = await sendText(key, `mutation { tagCreate(input: { name: "t" }) { tag { id } } }`);
    expect(write.errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
  });

  test("at the version that is expected, and not at all where nothing differs", async () => {
    const { globalId } = await organization.member();
    const first = await update(organization.key, globalId, "role: ADMIN", ", expectedVersion: 1");
    expect(first.member?.version).toBe(2);
    const late = await mutate<{ member: null }>(
      organization.key,
      `memberUpdate(id: "${globalId}", input: { role: MEMBER }, expectedVersion: 1)`,
      "member { id } errors { ... on VersionConflictError { currentVersion record { id } } }",
    );
    expect(late).toMatchObject({
      member: null,
      errors: [{ code: "VERSION_CONFLICT", currentVersion: 2, record: { id: globalId } }],
    });
    expect((await update(organization.key, globalId, "role: ADMIN")).member?.version).toBe(2);
    expect(await update(organization.key, globalId, "role: null")).toMatchObject({
      errors: [{ code: "INVALID_VALUE", path: ["input", "role"] }],
    });
  });
});

test("a member of another organization gives the same answer as an unknown id, byte for byte", async () => {
  const stranger = await Organization.make();
  const theirs = await stranger.member();
  const mine = await organization.member();
  const unknown = encodeId("Member", newId());
  const asked = (id: string) => [
    `memberUpdate(id: "${id}", input: { role: ADMIN })`,
    `memberRemove(id: "${id}")`,
    `memberRemove(id: "${mine.globalId}", reassignTo: "${id}")`,
    `memberReassign(from: "${id}", to: null)`,
    `memberReassign(from: "${mine.globalId}", to: "${id}")`,
  ];
  for (const [at, field] of asked(theirs.globalId).entries()) {
    const send = (one: string) =>
      sendText(
        organization.key,
        `mutation { ${one} { member { id } errors { __typename code path message } } }`,
      );
    const foreign = await send(field);
    expect(foreign.text).toBe((await send(asked(unknown)[at] ?? "")).text);
    expect(foreign.text).toMatch(/NOT_FOUND|UNKNOWN_REFERENCE/);
  }
  expect(await list(stranger.key)).toHaveLength(2);
  expect(
    (await list(stranger.key)).every(({ version, removedAt }) => version === 1 && removedAt === null),
  ).toBe(true);
});
