import { createContextCache } from "@pothos/core";
import type { Context } from "./context.ts";

/**
 * Creates something once per request, such as a DataLoader, and again after each write of the request, so that no
 * mutation returns data from before an earlier one.
 */
export function requestCache<Cached>(make: (context: Context) => Cached): (context: Context) => Cached {
  const kept = createContextCache((context: Context) => ({
    writes: context.progress.writes,
    cached: make(context),
  }));
  return (context) => {
    const entry = kept(context);
    if (entry.writes !== context.progress.writes) {
      entry.writes = context.progress.writes;
      entry.cached = make(context);
    }
    return entry.cached;
  };
}
