import { getOperationAST } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import type { RequestContext } from "../request.ts";
import type { Tracer, Watch } from "../watch/watch.ts";

/** Notes on a request's account which operation it is, how long it takes, and how it ends. */
export const useWatch = (watch: Watch): Plugin<object, RequestContext> => ({
  ...(watch.tracer && { instrumentation: traced(watch.tracer) }),
  onParams({ context: { account } }) {
    account.operationBegan = performance.now();
  },
  // Also documents that turn out to be invalid have a name.
  onValidate({ context, params: { documentAST } }) {
    const { account, params } = context as unknown as RequestContext & { readonly params: GraphQLParams };
    const operation = getOperationAST(documentAST, params.operationName);
    account.document = documentAST;
    account.operation = operation?.name?.value ?? null;
    account.type = operation?.operation ?? null;
  },
  onResultProcess({ result, serverContext: { account } }) {
    if (Symbol.asyncIterator in result || Array.isArray(result)) return;
    const [error] = result.errors ?? [];
    account.code = error ? String(error.extensions?.code) : "OK";
    watch.operationEnded(account);
  },
});

/** Parsing, validating and executing an operation is one span of a trace. */
const traced = (tracer: Tracer): NonNullable<Plugin["instrumentation"]> => ({
  operation: ({ context }, work) => tracer.operation((context as unknown as RequestContext).account, work),
});
