import { newId } from "../../src/lib/typeid.ts";
import type { Scene } from "./tour.ts";
import { pathsOf, type Walker } from "./walker.ts";

/** Downloads of jobs: the caller's own, of colleagues, of other organizations, and of jobs that never existed. */

const tables = { ImportJob: "import_job", ExportJob: "export_job" } as const;

/** @param isShort whether to request only one job of each member, since all of them are alike */
export async function walkDownloads(
  { callers, inventory }: Scene,
  walker: Walker,
  { isShort }: { readonly isShort: boolean },
): Promise<void> {
  for (const walk of callers) {
    for (const [model, table] of Object.entries(tables) as [keyof typeof tables, string][]) {
      const [absent = ""] = pathsOf(table, newId());
      for (const rows of inventory.values()) {
        const asked = new Set<unknown>();
        for (const row of rows[model] ?? []) {
          if (isShort && asked.has(row.member_id)) continue;
          asked.add(row.member_id);
          // Only the member who started an export may download it.
          const isTheirs = table === "import_job" || row.member_id === walk.caller.asker?.memberId;
          const may = walk.known.ids.has(row.id) && isTheirs;
          for (const path of pathsOf(table, row.id)) await walker.download(walk, path, may ? null : absent);
        }
      }
    }
  }
}
