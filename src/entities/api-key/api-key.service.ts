import { keyRefusal } from "../../auth/rights.ts";
import { decodeId } from "../../db/ids.ts";
import type { Db } from "../../db/scope/db.ts";
import type { MemberProfile } from "../../db/scope/members.ts";
import type { ApiKey } from "../../generated/prisma/client.ts";
import type { Caller } from "../../graphql/context.ts";
import { quote, type Refusal, RefusalError, refusal, refuse } from "../../lib/errors.ts";
import { doerOf } from "../../records/doer.ts";
import { readInput } from "../../records/inputs.ts";
import { insertKey, type KeyCaller, keyRefusals, type MadeKey } from "../../records/keys.ts";
import { repeatable } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { ApiKeyCreate } from "./api-key.inputs.ts";

/** A new key. */
export interface CreatedKey {
  readonly id: string;
  /** The key itself: only in the answer to the request that created it. */
  readonly key: string | null;
}

/**
 * Creates a key for a member. The key itself is not stored: a repeated request gets the row without it.
 *
 * @throws RefusalError with everything that is wrong with the input
 */
export async function createApiKey(
  caller: KeyCaller,
  raw: unknown,
  idempotencyKey: string | null | undefined,
): Promise<CreatedKey> {
  const { now } = caller;
  const { memberId, ...input } = readInput(ApiKeyCreate, raw);
  // The work's result is stored for repeated requests, so it must not contain the key.
  let made: MadeKey | undefined;
  const { id } = await write(
    caller,
    async (writer) => {
      made = undefined;
      const doer = await doerOf(writer, "API_KEY_MANAGE");
      const { member, refusals } = await findHolder(caller, writer.tx, memberId);
      if (member) refusals.push(...keyRefusals(doer, now, member, input, ["input"], ["input", "memberId"]));
      if (!member || refusals.length > 0) throw new RefusalError(refusals);
      made = await insertKey(writer, caller, member.id, input);
      return { id: made.id };
    },
    {
      repeatable: repeatable("apiKey", "apiKeyCreate", raw, idempotencyKey),
    },
  );
  // A transaction that was rolled back and retried may have created another key.
  return { id, key: made?.id === id ? made.key : null };
}

/**
 * Revokes a key: it is refused from the next request on. A revoked key stays as it is.
 *
 * @param id the key's global id
 * @throws RefusalError NOT_FOUND, INVALID_STATE for the key of this request, or FORBIDDEN for an owner's key if the
 *   caller is not an owner
 */
export function revokeApiKey(caller: Caller, id: string): Promise<ApiKey> {
  const decoded = decodeId(id);
  const uuid = decoded?.type === "ApiKey" ? decoded.uuid : null;
  return write(caller, async (writer) => {
    const { tx } = writer;
    const doer = await doerOf(writer, "API_KEY_MANAGE");
    if (uuid !== null) await tx.lock.rows("api_key", [uuid], "update");
    const row = uuid === null ? null : await tx.apiKey.findFirst({ where: { id: uuid } });
    if (!row) throw refuse("NOT_FOUND", ["id"], "there is no such API key");
    if (row.id === caller.viewer.credentialId) {
      const message = "a key cannot revoke itself: send the request with another one, or with a token";
      throw refuse("INVALID_STATE", ["id"], message);
    }
    const [holder] = await tx.members([row.memberId]);
    const refused = holder && keyRefusal(doer, holder);
    if (refused != null) throw refuse("FORBIDDEN", ["id"], refused);
    return row.revokedAt === null ? writer.update("apiKey", row, { revokedAt: caller.now }) : row;
  });
}

/** The member to whom a key will belong: the caller, unless `memberId` names another one. */
async function findHolder(
  { viewer }: KeyCaller,
  db: Db,
  memberId: string | null | undefined,
): Promise<{ member: MemberProfile | undefined; refusals: Refusal[] }> {
  const path = ["input", "memberId"];
  const decoded = memberId == null ? null : decodeId(memberId);
  if (memberId != null && decoded?.type !== "Member") {
    const message = `${quote(memberId)} is not the id of a member`;
    return { member: undefined, refusals: [refusal("BAD_ID", path, message)] };
  }
  const [member] = await db.members([decoded?.uuid ?? viewer.memberId]);
  if (member?.removedAt === null) return { member, refusals: [] };
  return { member: undefined, refusals: [refusal("UNKNOWN_REFERENCE", path, "there is no such member")] };
}
