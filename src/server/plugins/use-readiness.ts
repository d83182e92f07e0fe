import { type Plugin, useReadinessCheck } from "graphql-yoga";
import type { Database } from "../../db/database.ts";

const endpoint = "/ready";

/**
 * Says whether requests are welcome, at `/ready`: the database answers, and the server does not stop. The library's
 * check takes the address of every request apart, by a pattern; only those that may be its own reach it here.
 */
export function useReadiness({ pool }: Pick<Database, "pool">, isStopping: () => boolean): Plugin {
  const check = () =>
    !isStopping() &&
    pool.query("SELECT 1").then(
      () => true,
      () => false,
    );
  const { onRequest, ...rest }: Plugin = useReadinessCheck({ endpoint, check });
  return {
    ...rest,
    onRequest: (payload) => (payload.request.url.includes(endpoint) ? onRequest?.(payload) : undefined),
  };
}
