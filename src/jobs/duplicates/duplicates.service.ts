import type { FoundGroup, GroupPlace, Likeness } from "../../db/read/duplicates.ts";
import type { DuplicateSearch } from "../../generated/prisma/client.ts";
import { batched } from "../../graphql/batch.ts";
import { type Connection, lazyConnection } from "../../graphql/connection.ts";
import type { Caller, Context } from "../../graphql/context.ts";
import { requestCache } from "../../graphql/request-cache.ts";
import { makePage, type PageArgs, placeOf, readWindow } from "../../lib/page.ts";
import { lockRow } from "../../records/lock-row.ts";
import { write } from "../../records/write/write.ts";
import { scoreOf } from "./groups.ts";

/** Searches for contacts that are likely one person, and what they found. */

/**
 * Queues a search; one that is waiting or running already is returned instead.
 *
 * @throws RefusalError FORBIDDEN for a member restricted to assigned data
 */
export function searchDuplicates(caller: Caller): Promise<DuplicateSearch> {
  const { memberId, apiKeyId } = caller.viewer;
  return write(caller, async (writer) => {
    const { tx } = writer;
    await tx.lock.jobsOf(`${tx.orgId}, whoever asks`);
    const waiting = await tx.duplicateSearch.findFirst({
      where: { state: { in: ["QUEUED", "RUNNING"] } },
      orderBy: { createdAt: "asc" },
    });
    return waiting ?? writer.insert("duplicateSearch", { memberId, apiKeyId });
  });
}

/**
 * Cancels a search and deletes what it has found. One that has ended stays as it is.
 *
 * @throws RefusalError NOT_FOUND; FORBIDDEN for a member restricted to assigned data
 */
export function cancelSearch(caller: Caller, id: string): Promise<DuplicateSearch> {
  return write(caller, async (writer) => {
    const before = await lockRow(writer, "duplicateSearch", id);
    if (before.finishedAt !== null) return before;
    await writer.tx.duplicateGroup.deleteMany({ where: { jobId: before.id } });
    return writer.update("duplicateSearch", before, {
      state: "CANCELLED",
      finishedAt: caller.now,
      leasedUntil: null,
    });
  });
}

/**
 * A page of the groups of the latest search, the likeliest first, limited to contacts that the viewer can see.
 *
 * @throws RequestError for page arguments that contradict each other
 */
export function groupsPage({ db, viewer }: Context, args: PageArgs): Connection<FoundGroup> {
  const window = readWindow(args);
  const binding = { secret: viewer.cursorSecret, list: "contactDuplicates" };
  const [score, position] = placeOf(binding, window) ?? [];
  const place: GroupPlace | null =
    typeof score === "number" && typeof position === "number" ? { score, position } : null;
  const cursorOf = (group: FoundGroup) => [group.score, group.position];
  const behind = async () => (await db.duplicates.groups(place, 1, !window.backwards)).length > 0;
  return lazyConnection(
    async () => {
      const read = await db.duplicates.groups(place, window.take + 1, window.backwards);
      return makePage(read, window, binding, cursorOf, behind);
    },
    () => db.duplicates.countGroups(),
  );
}

/** A contact that is likely the same person as another one. */
export interface PossibleDuplicate extends Pick<Likeness, "contactId" | "reasons"> {
  /** In percent. */
  readonly score: number;
}

/** Most duplicates listed for one contact. */
const TOLD = 10;

const loader = requestCache(({ db }: Context) =>
  batched<string, PossibleDuplicate[]>("possibleDuplicates", async (ids) => {
    const of = new Map<string, PossibleDuplicate[]>(ids.map((id) => [id, []]));
    for (const { of: id, contactId, reasons } of await db.duplicates.likenesses(ids)) {
      of.get(id)?.push({ contactId, reasons, score: scoreOf(reasons) });
    }
    // Contacts with the same score stay in the order of their ids.
    return ids.map((id) => (of.get(id) ?? []).sort((one, other) => other.score - one.score).slice(0, TOLD));
  }),
);

/**
 * Contacts that are likely the same person as a contact, the likeliest first: one statement for all contacts of a
 * level of the query.
 */
export const possibleDuplicates = (context: Context, contactId: string): Promise<PossibleDuplicate[]> =>
  loader(context).load(contactId);
