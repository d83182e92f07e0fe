import { setImmediate } from "node:timers/promises";
import type { Writer } from "../../records/write/writer.ts";
import type { JobKind, JobWork } from "../kind.ts";
import { type Group, Groups, reasonsByWeight } from "./groups.ts";

/** Number of live contacts for each part of the keys, so that the result of a part is small. */
const PART = 50_000;

/** Number of groups written in one step, and of keys after which the event loop may run other work. */
const BATCH = 500;
const TURN = 1000;

/**
 * Searches for duplicates: shared keys are read in parts, one per step, and the groups are written at the end. If the
 * process ends, the next one starts over.
 */
export const duplicateKind: JobKind<"duplicateSearch"> = {
  name: "duplicateSearch",
  tables: { job: "duplicate_search", result: "duplicate_group" },
  noun: "a search for duplicates",
  permission: "DUPLICATE_SEARCH",
  source: () => "API",
  toAnalyze: () => [],
  async *steps(work) {
    const { claims } = work.job;
    const parts = Math.ceil(((await (await work.db()).duplicates.countLive()) || 1) / PART);
    await work.step((writer) => begin(writer, parts * reasonsByWeight.length, claims));
    yield;
    const groups = new Groups();
    for (const reason of reasonsByWeight) {
      for (let part = 0; part < parts; part += 1) {
        const shared = await (await work.db()).duplicates.sharing(reason, part, parts);
        for (const [at, ids] of shared.entries()) {
          if (at % TURN === TURN - 1) await setImmediate();
          groups.unite(ids, reason);
        }
        await work.step(async () => ({ done: work.job.done + 1, claims }));
        yield;
      }
    }
    yield* write(work, groups.all(), claims);
  },
};

/**
 * Deletes the groups of an earlier attempt, and all searches except the latest complete one, whose groups are shown
 * until this search is complete.
 */
async function begin({ tx }: Writer, total: number, claims: number) {
  const shown = await tx.duplicateSearch.findFirst({
    where: { state: "DONE" },
    orderBy: [{ finishedAt: "desc" }, { id: "desc" }],
    select: { id: true },
  });
  await tx.duplicateGroup.deleteMany({ where: shown === null ? {} : { jobId: { not: shown.id } } });
  return { total, done: 0, groups: 0, claims };
}

async function* write(
  work: JobWork<"duplicateSearch">,
  groups: readonly Group[],
  claims: number,
): AsyncGenerator<void, void> {
  for (let at = 0; at < groups.length; at += BATCH) {
    const batch = groups.slice(at, at + BATCH);
    await work.step(async ({ tx }) => {
      await tx.duplicateGroup.createMany({
        data: batch.map(({ ids, reasons, score }, place) => ({
          orgId: tx.orgId,
          jobId: work.job.id,
          position: at + place,
          score,
          reasons: [...reasons],
          contactIds: [...ids],
        })),
      });
      // A restart counts as a failed attempt, so that a job that is interrupted again and again ends.
      return { groups: at + batch.length, claims };
    });
    yield;
  }
}
