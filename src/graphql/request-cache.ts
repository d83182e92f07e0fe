import { createContextCache } from "@pothos/core";
import type { Context } from "./context.ts";

/**
 * Something made once a request, such as a DataLoader, and made anew after each of the request's writes, so that
 * no mutation answers with what an earlier one has changed.
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
