import type { Plugin } from "graphql-yoga";
import type { Database } from "../../db/database.ts";
import { RequestError } from "../../lib/errors.ts";

/** Where Yoga's own check answers, any method and any path that ends so: no address ends with this. */
export const NO_ENDPOINT = " ";

/**
 * Answers who watches the server: `/health` is 200 while the process answers at all, `/ready` 200 while requests are
 * welcome, else 503: the database answers, and the server does not stop.
 */
export function useProbes({ pool }: Pick<Database, "pool">, isStopping: () => boolean): Plugin {
  const isReady = () =>
    pool.query("SELECT 1").then(
      () => true,
      () => false,
    );
  const probes = new Map<string, () => Promise<boolean> | boolean>([
    ["/health", () => true],
    ["/ready", () => !isStopping() && isReady()],
  ]);
  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      // Every request passes here, and its address need not be taken apart.
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
