import { type Doer, dataScopeRefusal, memberRefusal, roleRefusal } from "../../auth/rights.ts";
import { decodeId } from "../../db/ids.ts";
import type { Member } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { emailKey } from "../../lib/email.ts";
import { quote, type Refusal, RefusalError, refusal, refuse } from "../../lib/errors.ts";
import { newId } from "../../lib/typeid.ts";
import { doerOf } from "../../records/doer.ts";
import { readInput } from "../../records/inputs.ts";
import { insertKey, type KeyCaller, keyRefusals, type MadeKey } from "../../records/keys.ts";
import { type Reassigned, reassign } from "../../records/reassign.ts";
import { checkVersion } from "../../records/version.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import type { Writer } from "../../records/write/writer.ts";
import { MemberInvite, MemberUpdate } from "./member.inputs.ts";

/**
 * Members of an organization. Changes of an organization's members are serialized by a lock, under which each reads
 * the caller's rights again: of two owners who demote each other at the same time, one succeeds.
 */

/** An invited member. */
export interface Invited {
  readonly memberId: string;
  /** Row id of the first API key; null if none was created. */
  readonly keyId: string | null;
  /** The key itself: only in the answer to the request that created it. */
  readonly key: string | null;
}

/** What was reassigned when a member was removed. */
export interface Moved extends Reassigned {
  readonly memberId: string;
}

/**
 * Adds a member: the user with the address, who is created if there is none. A removed member becomes a member again,
 * with the same id; revoked keys stay revoked.
 *
 * @param raw a `MemberInviteInput`
 * @throws RefusalError FORBIDDEN for more rights than the caller has, INVALID_STATE for the address of a current
 *   member, or everything that is wrong with the input
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
  // A transaction that was rolled back and retried may have created another key.
  const shown = made as MadeKey | null;
  return { ...invited, key: shown !== null && shown.id === invited.keyId ? shown.key : null };
}

const keyPath = ["input", "apiKey"];

/**
 * Changes a member's role and data scope, which also applies to the member's running jobs. The API keys of a member
 * who becomes an owner are revoked.
 *
 * @param id the member's global id
 * @param expectedVersion refuses if the member has another version
 * @throws RefusalError NOT_FOUND, VERSION_CONFLICT, or FORBIDDEN for a member, role or data scope that the caller
 *   cannot change or give
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
    // Somebody else may have created the member's keys, and must not get an owner's rights with them.
    if (change.role === "OWNER" && before.role !== "OWNER") await revokeKeys(writer, before.id);
    return writer.update("member", before, change);
  });
}

/**
 * Removes a member: the member's keys are revoked, the member's jobs end, and assigned records go to another member
 * or to nobody. The row stays, because activities and merges refer to it.
 *
 * @param reassignTo id of the member who gets the records; nobody if null
 * @throws RefusalError NOT_FOUND, FORBIDDEN for a member whom the caller cannot remove, or for a member who cannot
 *   get the records
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
 * Assigns all records of a member, removed or not, to another member or to nobody.
 *
 * @throws RefusalError NOT_FOUND, or for a member who cannot get the records
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

/** A repeatable request whose answer stores only ids, which are read again as the caller. */
const byIds = (operation: string, args: unknown, key: IdempotencyKey) => ({
  key,
  operation,
  args,
  records: () => ({}),
});

/** A member of the organization, removed or not. @throws RefusalError NOT_FOUND */
async function findMember({ tx }: Writer, id: string, path: readonly string[]): Promise<Member> {
  const decoded = decodeId(id);
  const row = decoded?.type === "Member" ? await tx.member.findFirst({ where: { id: decoded.uuid } }) : null;
  if (row === null) throw refuse("NOT_FOUND", path, "there is no such member");
  return row;
}

/** @throws RefusalError NOT_FOUND, or INVALID_STATE for a removed member */
async function findActive(writer: Writer, id: string, path: readonly string[]): Promise<Member> {
  const row = await findMember(writer, id, path);
  if (row.removedAt === null) return row;
  throw refuse("INVALID_STATE", path, "the member has been removed: invite them again");
}

/** The member who is to get the records of another one. */
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
  // Two jobs that reassign to each other's member would never end.
  const running = await tx.bulkJob.findMany({ where: { kind: "REASSIGN", finishedAt: null } });
  if (running.some(({ input }) => (input as { from?: unknown } | null)?.from === member.id))
    return refused(
      "INVALID_STATE",
      "a job is reassigning the records of this member: wait until it has ended",
    );
  return { id: member.id, refusals: [] };
}

const subjectRefusals = (doer: Doer, member: Member): Refusal[] => {
  const refused = memberRefusal(doer, member);
  return refused === null ? [] : [refusal("FORBIDDEN", ["id"], refused)];
};

/** Refusals for a role or data scope that the caller cannot give. */
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

async function revokeKeys({ tx, caller, trail }: Writer, memberId: string): Promise<void> {
  const revoked = await tx.apiKey.updateManyAndReturn({
    where: { memberId, revokedAt: null },
    data: { revokedAt: caller.now },
    select: { id: true },
  });
  trail.note(
    "REVOKED",
    "ApiKey",
    revoked.map(({ id }) => id),
  );
}
