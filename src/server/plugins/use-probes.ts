import type { Plugin } from "graphql-yoga";
import type { Database } from "../../db/database.ts";
import { RequestError } from "../../lib/errors.ts";

/** A health check path for Yoga's own check, which answers every path that ends with it: no path ends with a space. */
export const NO_ENDPOINT = " ";

/**
 * Health checks: `/health` answers 200 while the process runs; `/ready` answers 200 while the database answers and
 * the server is warm and not stopping, and 503 otherwise.
 */
export function useProbes({ pool }: Pick<Database, "pool">, isServing: () => boolean): Plugin {
  let asking: Promise<boolean> | null = null;
  /** Probes at the same time share one answer, and so use at most one connection. */
  const isReady = () => {
    asking ??= pool
      .query("SELECT 1")
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asking = null;
      });
    return asking;
  };
  const probes = new Map<string, () => Promise<boolean> | boolean>([
    ["/health", () => true],
    ["/ready", () => isServing() && isReady()],
  ]);
  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      // A quick test, since parsing the URL of every request costs more.
      if (!/\/(?:health|ready)/.test(request.url)) return;
      const probe = probes.get(url.pathname);
      if (!probe) return;
      if (request.method !== "GET" && request.method !== "HEAD") {
        throw new RequestError("METHOD_NOT_ALLOWED", "Send a GET.", { status: 405, allow: "GET, HEAD" });
      }
      endResponse(new fetchAPI.Response(null, { status: (await probe()) ? 200 : 503 }));
    },
  };
}
