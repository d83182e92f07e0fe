import { describe, expect, test } from "vitest";
import type { DataScope, MemberRole } from "../../src/generated/prisma/enums.ts";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { invite, remove, update } from "./support.ts";

/** Who does what to whom, said once more here: by administrators, over members of every role and data scope. */

const roles = ["OWNER", "ADMIN", "MEMBER", "READ_ONLY"] as const satisfies readonly MemberRole[];
const scopes = ["ALL", "ASSIGNED"] as const satisfies readonly DataScope[];
const members = roles.flatMap((role) => scopes.map((dataScope) => ({ role, dataScope })));
type Kind = (typeof members)[number];

const outranks = (doer: Kind, other: Kind) => doer.role === "OWNER" || other.role !== "OWNER";
const seesLess = (doer: Kind, other: Kind) => doer.dataScope === "ASSIGNED" && other.dataScope === "ALL";

const codes = ({ errors }: { errors: readonly { code: string; path: readonly string[] }[] }) =>
  errors.map(({ code, path }) => [code, ...path].join(" "));

describe.each(members.filter(({ role }) => role === "OWNER" || role === "ADMIN"))(
  "$role who sees $dataScope data",
  (doer) => {
    test.each(members)("and $role who sees $dataScope data", async (other) => {
      const organization = await Organization.make();
      const { key } = await organization.member(doer);
      const { role, dataScope } = other;
      const may = outranks(doer, other) && !seesLess(doer, other);
      const subject = await organization.member(other);

      // Made by invitation.
      const kind = `role: ${role}, dataScope: ${dataScope}`;
      const invited = await invite(key, `email: "i@${organization.id}.example.com", name: "I", ${kind}`);
      expect(codes(invited)).toEqual([
        ...(outranks(doer, other) ? [] : ["FORBIDDEN input role"]),
        ...(seesLess(doer, other) ? ["FORBIDDEN input dataScope"] : []),
      ]);
      expect(invited.member === null).toBe(!may);

      // Made from another member by a change.
      const narrow = await organization.member({ role: "READ_ONLY", dataScope: "ASSIGNED" });
      expect(codes(await update(key, narrow.globalId, kind))).toEqual(codes(invited));

      // Keys: restricted administrators make none for others.
      const made = await mutate(
        key,
        `apiKeyCreate(input: { name: "K", memberId: "${subject.globalId}" })`,
        "apiKey { id }",
      );
      const mayKey = outranks(doer, other) && doer.dataScope === "ALL";
      expect(codes(made)).toEqual(mayKey ? [] : ["FORBIDDEN input memberId"]);

      // Changed.
      const changed = await update(key, subject.globalId, "role: READ_ONLY, dataScope: ASSIGNED");
      expect(codes(changed)).toEqual(may ? [] : ["FORBIDDEN id"]);
      const { prisma } = await testDatabase();
      const now = await prisma.member.findFirst({ where: { orgId: organization.id, id: subject.id } });
      expect(now).toMatchObject(may ? { role: "READ_ONLY", dataScope: "ASSIGNED" } : other);

      // Removed.
      const gone = await organization.member(other);
      const removed = await remove(key, gone.globalId);
      if (doer.dataScope === "ASSIGNED") expect(codes(removed)).toEqual(["FORBIDDEN"]);
      else expect(codes(removed)).toEqual(outranks(doer, other) ? [] : ["FORBIDDEN id"]);
    });
  },
);

test("who becomes an owner has no key that somebody else made for them before", async () => {
  const organization = await Organization.make();
  const { key, globalId } = await organization.member({ role: "ADMIN" });
  expect(await update(organization.key, globalId, "role: MEMBER")).toMatchObject({ errors: [] });
  expect((await sendText(key, "{ viewer { role } }")).status).toBe(200);
  expect(await update(organization.key, globalId, "role: OWNER")).toMatchObject({ errors: [] });
  expect((await sendText(key, "{ viewer { role } }")).status).toBe(401);
});

test("104: nobody can change or remove themselves, so that an owner always remains", async () => {
  const organization = await Organization.make();
  const { key, globalId } = await organization.member({ role: "OWNER" });
  expect(codes(await update(key, globalId, "role: ADMIN"))).toEqual(["FORBIDDEN id"]);
  expect(codes(await remove(key, globalId))).toEqual(["FORBIDDEN id"]);
});

test.each([
  ["demote", (key: string, id: string) => update(key, id, "role: MEMBER")],
  ["restrict", (key: string, id: string) => update(key, id, "dataScope: ASSIGNED")],
  ["remove", (key: string, id: string) => remove(key, id)],
] as const)("of owners who %s each other at once, one stays, twenty times", async (_what, act) => {
  for (let round = 0; round < 20; round += 1) {
    const organization = await Organization.make();
    const { prisma } = await testDatabase();
    // The maker's owner is not one of them.
    await prisma.member.updateMany({ where: { orgId: organization.id }, data: { role: "READ_ONLY" } });
    const [one, other] = [
      await organization.member({ role: "OWNER" }),
      await organization.member({ role: "OWNER" }),
    ];
    const answers = await Promise.allSettled([act(one.key, other.globalId), act(other.key, one.globalId)]);
    const done = answers.filter(
      (answer) => answer.status === "fulfilled" && answer.value.errors.length === 0,
    );
    expect(done).toHaveLength(1);
    const where = { orgId: organization.id, role: "OWNER", dataScope: "ALL", removedAt: null } as const;
    expect(await prisma.member.count({ where })).toBe(1);
  }
});
