import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { isTimeout, isUnavailable } from "../../db/faults.ts";
import { schema } from "../../schema.ts";

type Execute = (execution: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * A query that is refused is refused with the same errors every time. Its fields are answered at once, and what they
 * fail with comes in the order of time: here it is put in the order of the document. When there is no data, graphql-js
 * tells the field that failed first alone; asked one after the other, that is the first one in the document.
 */
export const useErrorOrder = (): Plugin => ({
  onExecute({ executeFn, setExecuteFn }) {
    const execute = executeFn as Execute;
    setExecuteFn((execution) => {
      const ordered = (result: ExecutionResult) =>
        isRefused(result) && hasSeveral(execution.document)
          ? execute({ ...execution, schema: oneByOne(), document: asMutation(execution.document) })
          : inOrder(result);
      const result = execute(execution);
      return result instanceof Promise ? result.then(ordered) : ordered(result);
    });
  },
});

/** What would take as long again to fail again. */
export const isFailure = ({ originalError }: GraphQLError): boolean =>
  isTimeout(originalError) || isUnavailable(originalError);

/** Whether some field's error left nothing of the data. */
const isRefused = ({ data, errors = [] }: ExecutionResult): boolean =>
  data === null && !errors.some(isFailure);

/** Whether there is a query of more than one field, as far as it can be told without following fragments. */
const hasSeveral = ({ definitions }: DocumentNode): boolean =>
  definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.QUERY &&
      (definition.selectionSet.selections.length > 1 ||
        definition.selectionSet.selections[0]?.kind !== Kind.FIELD),
  );

let serial: GraphQLSchema | undefined;

/** The schema with its queries in place of mutations, which are executed one after the other. */
function oneByOne(): GraphQLSchema {
  const { query, ...config } = schema.toConfig();
  serial ??= new GraphQLSchema({ ...config, query, mutation: query, assumeValid: true });
  return serial;
}

const asMutation = (document: DocumentNode): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.QUERY
      ? { ...definition, operation: OperationTypeNode.MUTATION }
      : definition,
  ),
});

const inOrder = (result: ExecutionResult): ExecutionResult =>
  result.errors ? { ...result, errors: [...result.errors].sort(byPlace) } : result;

/** By where the field stands in the document, and by the items of lists on the way to it. */
function byPlace(one: GraphQLError, other: GraphQLError): number {
  const [at = 0] = one.positions ?? [];
  const [otherAt = 0] = other.positions ?? [];
  if (at !== otherAt) return at - otherAt;
  const items = (error: GraphQLError) => (error.path ?? []).filter((key) => typeof key === "number");
  const theirs = items(other);
  return items(one).reduce((order, item, level) => order || item - (theirs[level] ?? 0), 0);
}
