import {
  type Doer,
  dataScopeRefusal,
  effectiveScopes,
  memberRefusal,
  type Permission,
  roleRefusal,
} from "../../auth/rights.ts";
import { decodeId } from "../../db/ids.ts";
import type { Member } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { emailKey } from "../../lib/email.ts";
import { quote, type Refusal, RefusalError, refusal, refuse } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { readInput } from "../../records/inputs.ts";
import { insertKey, type KeyCaller, keyRefusals, type MadeKey } from "../../records/keys.ts";
import { requirePermission } from "../../records/permission.ts";
import { type Reassigned, reassign } from "../../records/reassign.ts";
import { checkVersion } from "../../records/version.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { MemberInvite, MemberUpdate } from "./member.inputs.ts";

/**
 * Who is a member, and as what. All changes of an organization's members wait for each other, and each asks again what
 * its caller is by then: of two owners who demote each other at once, one stays.
 */

/** A member who was invited. */
export interface Invited {
  readonly memberId: string;
  /** Row id of their first key; null without one. */
  readonly keyId: string | null;
  /** The key itself: there only in the answer to the request that made it. */
  readonly key: string | null;
}

/** What became of what was assigned to a member. */
export interface Moved extends Reassigned {
  readonly memberId: string;
}

/**
 * Makes somebody a member: the user with the address, who is made when there is none. One who was removed becomes a
 * member again, as the one that they were; keys of theirs stay revoked.
 *
 * @param raw as `MemberInviteInput` has it
 * @throws RefusalError FORBIDDEN for more than the caller has, INVALID_STATE for the address of a member, or with
 *   everything that is wrong with the input
 */
export async function inviteMember(
  caller: KeyCaller,
  raw: unknown,
  idempotencyKey: IdempotencyKey,
): Promise<Invited> {
  const { apiKey, email, name, role, dataScope } = readInput(MemberInvite, raw);
  let made: MadeKey | null = null;
  const invited = await write(
    caller,
    async (writer) => {
      made = null;
      const { tx } = writer;
      const doer = await doerOf(writer, "MEMBER_INVITE");
      const userId = await tx.users.find(name, email, emailKey(email) ?? email);
      const before = await tx.member.findFirst({ where: { userId } });
      const id = before?.id ?? newId();
      const holder = { id, role, dataScope };
      const found = [
        ...givingRefusals(doer, { role, dataScope }),
        ...(before === null || before.removedAt !== null
          ? []
          : [refusal("INVALID_STATE", ["input", "email"], "a member has this e-mail address already")]),
        ...(apiKey ? keyRefusals(doer, caller.now, holder, apiKey, keyPath, keyPath) : []),
      ];
      if (found.length > 0) throw new RefusalError(found);
      const columns = { name, email, role, dataScope, removedAt: null };
      if (before === null) await writer.insert("member", { id, userId, ...columns });
      else {
        await revokeKeys(writer, id);
        await writer.update("member", before, columns);
      }
      if (apiKey) made = await insertKey(writer, caller, id, apiKey);
      return { memberId: id, keyId: made?.id ?? null };
    },
    {
      repeatable: {
        key: idempotencyKey,
        operation: "memberInvite",
        args: raw,
        records: ({ memberId }) => ({ member: [{ id: memberId }] }),
      },
    },
  );
  // A try that PostgreSQL undid may have made another one.
  const shown = made as MadeKey | null;
  return { ...invited, key: shown !== null && shown.id === invited.keyId ? shown.key : null };
}

const keyPath = ["input", "apiKey"];

/**
 * Changes a member's role and data scope; what they have no longer is refused from then on, also to what they started.
 * Who becomes an owner loses the keys that they had.
 *
 * @param id the member's id as callers see it
 * @param expectedVersion refuses when the member is at another version
 * @throws RefusalError NOT_FOUND, VERSION_CONFLICT, or FORBIDDEN for whom the caller cannot change and what they cannot
 *   give
 */
export function updateMember(
  caller: Caller,
  id: string,
  raw: unknown,
  expectedVersion: number | null | undefined,
): Promise<Member> {
  const change = readInput(MemberUpdate, raw);
  return write(caller, async (writer) => {
    const doer = await doerOf(writer, "MEMBER_UPDATE");
    const before = await findActive(writer, id, ["id"]);
    checkVersion(before, expectedVersion, "Member");
    const found = [...subjectRefusals(doer, before), ...givingRefusals(doer, change)];
    if (found.length > 0) throw new RefusalError(found);
    // Somebody else may have made their keys, and must not have an owner's by it.
    if (change.role === "OWNER" && before.role !== "OWNER") await revokeKeys(writer, before.id);
    return writer.update("member", before, change);
  });
}

/**
 * Removes a member: their keys are revoked, what they started ends, and what is assigned to them goes to another member
 * or to nobody. Their row stays, so that what they did goes on naming them.
 *
 * @param reassignTo id of the member who gets it; nobody when null
 * @throws RefusalError NOT_FOUND, FORBIDDEN for whom the caller cannot remove, or for a member who cannot get it
 */
export function removeMember(
  caller: Caller,
  id: string,
  reassignTo: string | null | undefined,
  idempotencyKey: IdempotencyKey,
): Promise<Moved> {
  return write(
    caller,
    async (writer) => {
      const doer = await doerOf(writer, "MEMBER_REMOVE");
      const before = await findActive(writer, id, ["id"]);
      const heir = await findHeir(writer, before.id, reassignTo, ["reassignTo"]);
      const found = [...subjectRefusals(doer, before), ...heir.refusals];
      if (found.length > 0) throw new RefusalError(found);
      await writer.update("member", before, { removedAt: caller.now });
      const moved = await reassign(writer, { from: before.id, to: heir.id, removal: true });
      await revokeKeys(writer, before.id);
      return { memberId: before.id, ...moved };
    },
    { repeatable: byIds("memberRemove", [id, reassignTo ?? null], idempotencyKey) },
  );
}

/**
 * Assigns everything of one member's, removed or not, to another one or to nobody.
 *
 * @throws RefusalError NOT_FOUND, or for a member who cannot get it
 */
export function reassignRecords(
  caller: Caller,
  from: string,
  to: string | null | undefined,
  idempotencyKey: IdempotencyKey,
): Promise<Moved> {
  return write(
    caller,
    async (writer) => {
      await doerOf(writer, "MEMBER_REASSIGN");
      const before = await findMember(writer, from, ["from"]);
      const heir = await findHeir(writer, before.id, to, ["to"]);
      if (heir.refusals.length > 0) throw new RefusalError(heir.refusals);
      return {
        memberId: before.id,
        ...(await reassign(writer, { from: before.id, to: heir.id, removal: false })),
      };
    },
    { repeatable: byIds("memberReassign", [from, to ?? null], idempotencyKey) },
  );
}

/** A request whose answer has ids alone, which are looked up as the caller. */
const byIds = (operation: string, args: unknown, key: IdempotencyKey) => ({
  key,
  operation,
  args,
  records: () => ({}),
});

/**
 * Locks the members, and reads who the caller is by then.
 *
 * @throws RefusalError FORBIDDEN when they have been removed, or lack the permission
 */
async function doerOf({ tx, caller: { viewer } }: Writer, permission: Permission): Promise<Doer> {
  await tx.lock.members();
  const [me] = await tx.members([viewer.memberId]);
  if (me?.removedAt !== null) throw refuse("FORBIDDEN", [], "the caller is no longer a member");
  const { role, dataScope } = me;
  const rights = { role, dataScope, scopes: effectiveScopes([...viewer.scopes], role) };
  requirePermission({ viewer: rights }, permission);
  return { role, dataScope, memberId: viewer.memberId };
}

/** A member of the organization, removed or not. @throws RefusalError NOT_FOUND */
async function findMember({ tx }: Writer, id: string, path: readonly string[]): Promise<Member> {
  const decoded = decodeId(id);
  const row = decoded?.type === "Member" ? await tx.member.findFirst({ where: { id: decoded.uuid } }) : null;
  if (row === null) throw refuse("NOT_FOUND", path, "there is no such member");
  return row;
}

/** @throws RefusalError NOT_FOUND, or INVALID_STATE for one who was removed */
async function findActive(writer: Writer, id: string, path: readonly string[]): Promise<Member> {
  const row = await findMember(writer, id, path);
  if (row.removedAt === null) return row;
  throw refuse("INVALID_STATE", path, "the member has been removed: invite them again");
}

/** The member who is to get what is assigned to another one. */
async function findHeir(
  { tx }: Writer,
  from: string,
  to: string | null | undefined,
  path: readonly string[],
): Promise<{ readonly id: string | null; readonly refusals: readonly Refusal[] }> {
  if (to == null) return { id: null, refusals: [] };
  const decoded = decodeId(to);
  const refused = (
    code: "BAD_ID" | "UNKNOWN_REFERENCE" | "INVALID_VALUE" | "INVALID_STATE",
    message: string,
  ) => ({
    id: null,
    refusals: [refusal(code, path, message)],
  });
  if (decoded?.type !== "Member") return refused("BAD_ID", `${quote(to)} is not the id of a member`);
  const [member] = await tx.members([decoded.uuid]);
  if (member?.removedAt !== null) return refused("UNKNOWN_REFERENCE", "there is no such member");
  if (member.id === from) return refused("INVALID_VALUE", "must be another member, or null for nobody");
  // Two jobs that each refill what the other one empties would never end.
  const running = await tx.bulkJob.findMany({ where: { kind: "REASSIGN", finishedAt: null } });
  if (running.some(({ input }) => (input as { from?: unknown } | null)?.from === member.id))
    return refused(
      "INVALID_STATE",
      "a job is reassigning what is assigned to this member: wait until it has ended",
    );
  return { id: member.id, refusals: [] };
}

const subjectRefusals = (doer: Doer, member: Member): Refusal[] => {
  const refused = memberRefusal(doer, member);
  return refused === null ? [] : [refusal("FORBIDDEN", ["id"], refused)];
};

/** Nobody gives more than they have. */
function givingRefusals(
  doer: Doer,
  {
    role,
    dataScope,
  }: { readonly role?: Member["role"] | undefined; readonly dataScope?: Member["dataScope"] | undefined },
): Refusal[] {
  const found = [
    { field: "role", message: role === undefined ? null : roleRefusal(doer, role) },
    { field: "dataScope", message: dataScope === undefined ? null : dataScopeRefusal(doer, dataScope) },
  ];
  return found.flatMap(({ field, message }) =>
    message === null ? [] : [refusal("FORBIDDEN", ["input", field], message)],
  );
}

const revokeKeys = ({ tx, caller }: Writer, memberId: string) =>
  tx.apiKey.updateMany({ where: { memberId, revokedAt: null }, data: { revokedAt: caller.now } });
