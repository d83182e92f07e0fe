import { newId } from "../../src/lib/typeid.ts";
import type { Scene } from "./tour.ts";
import { pathsOf, type Walker } from "./walker.ts";

/** Files of jobs: of one's own, of colleagues, of other organizations, and of jobs that never were. */

const tables = { ImportJob: "import_job", ExportJob: "export_job" } as const;

/** @param isShort whether of the jobs of one member, which are all alike, only one is asked for */
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
          // An export is for the member alone who asked for it.
          const isTheirs = table === "import_job" || row.member_id === walk.caller.asker?.memberId;
          const may = walk.known.ids.has(row.id) && isTheirs;
          for (const path of pathsOf(table, row.id)) await walker.download(walk, path, may ? null : absent);
        }
      }
    }
  }
}
