import { getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Viewer, ViewerOf } from "../../auth/viewer.ts";
import type { Database } from "../../db/database.ts";
import { scopedDb } from "../../db/scope/scoped.ts";
import { turnOf } from "../../db/turn.ts";
import type { Context } from "../../graphql/context.ts";
import { RequestError } from "../../lib/errors.ts";
import type { AddressOf } from "../address.ts";
import type { RequestContext } from "../request.ts";
import { maskError } from "./use-errors.ts";

/** Authenticates the caller before the body is read, and builds the context of resolvers. */
export function useViewer(database: Database, viewerOf: ViewerOf, addressOf: AddressOf): Plugin<Context> {
  const viewers = new WeakMap<Request, Viewer>();
  return {
    async onRequestParse({ request, serverContext }) {
      viewers.set(request, await viewerOf(request, serverContext));
    },
    onContextBuilding({ context, extendContext }) {
      const server = context as unknown as { request: Request } & RequestContext;
      const { request, requestId } = server;
      const viewer = viewers.get(request);
      if (!viewer)
        throw new RequestError("UNAUTHENTICATED", "The request was not authenticated.", { status: 401 });
      const turn = turnOf(viewer.orgId, "quick", server.account);
      const made: Context = {
        requestId,
        origin: { requestId, address: addressOf(server), job: null, operator: false },
        viewer,
        turn,
        db: scopedDb(database, viewer, turn),
        now: new Date(),
        warnings: [],
        progress: { writes: 0 },
      };
      extendContext(made);
    },
    onExecute({ args, setResultAndStopExecution }) {
      const { document, operationName, contextValue } = args;
      const operation = getOperationAST(document, operationName)?.operation;
      const needed = operation === "mutation" ? "WRITE" : "READ";
      const context = contextValue as Context & { readonly request: Request };
      if (context.viewer.scopes.has(needed)) {
        // A query is cancelled when its caller disconnects; a mutation is not.
        if (needed === "READ")
          context.db = scopedDb(database, context.viewer, context.turn, context.request.signal);
        return;
      }
      const refusal = new RequestError("INSUFFICIENT_SCOPE", `This needs the scope ${needed}.`, {
        status: 403,
      });
      setResultAndStopExecution({ errors: [maskError(refusal, "") as never] });
    },
  };
}
