import { existsSync } from "node:fs";
import { resolve } from "node:path";
import SchemaBuilder from "@pothos/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addressOf } from "../support/mutation.ts";
import { walkCourse } from "./course.ts";
import { loadProduct } from "./doors.ts";
import { walkDownloads } from "./downloads.ts";
import { plantedFaults, type TenancyFault } from "./faults.ts";
import type { Leak } from "./leak.ts";
import { type Scene, setScene, walkerIn } from "./tour.ts";

/** Tests the walk itself: with one fault in the sources, it must find a leak. */

const faults = plantedFaults(process.env.TENANCY_FAULTS === "all");

let scene: Scene;
/** For each fault, the leak that showed it. */
const noticed: string[] = [];

beforeAll(async () => {
  // The modules are loaded again for each fault, and register the builder's plugin again.
  SchemaBuilder.allowPluginReRegistration = true;
  scene = await setScene();
});
afterAll(async () => {
  await scene?.stop();
  console.log(noticed.join("\n"));
});

/** Walks the fields that a fault affects, as the callers for whom it would show, until something leaks. */
async function firstLeak({ about }: Pick<TenancyFault, "about">): Promise<Leak | null> {
  let found: Leak | null = null;
  const { walker } = await walkerIn(scene, await loadProduct(), (leak) => {
    found = leak;
    throw leak;
  });
  try {
    if (about) await walkCourse(scene, walker, { seed: 1, about, share: "faults" });
    else await walkDownloads(scene, walker, { isShort: true });
  } catch (error) {
    if (error !== found) throw error;
    // Undoes the changes of the operation that leaked.
    await scene.rows.undo(await scene.rows.changes());
  }
  return found;
}

test.each(faults.map((fault): [string, TenancyFault] => [fault.name, fault]))(
  "it is noticed when %s",
  async (name, fault) => {
    const module = resolve("src", fault.file);
    expect(existsSync(module), "a module that is not there would be replaced by nothing").toBe(true);
    vi.resetModules();
    vi.doMock(module, () => import(/* @vite-ignore */ addressOf(fault)));
    try {
      const leak = await firstLeak(fault);
      expect(leak, "nothing leaks").not.toBeNull();
      noticed.push(`${leak?.check}: ${name} (${leak?.operation.name}, ${leak?.caller})`);
    } finally {
      vi.doUnmock(module);
    }
  },
  120_000,
);
