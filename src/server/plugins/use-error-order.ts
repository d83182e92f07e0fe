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
import { isFailure as isFailureOf } from "../../db/faults.ts";
import { schema } from "../../schema.ts";

type Execute = (execution: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Makes the errors of a refused query the same every time. Fields run concurrently, so that their errors are ordered
 * by time: here they are sorted by their place in the document. If there is no data, graphql-js reports only the
 * field that failed first: the query is then run again with its fields one after the other, which gives the first
 * field in the document.
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

/** Whether an error is a fault, such as a timeout: running the query again would take as long and fail again. */
export const isFailure = ({ originalError }: GraphQLError): boolean => isFailureOf(originalError);

/** Whether an error of a non-null field left no data at all. */
const isRefused = ({ data, errors = [] }: ExecutionResult): boolean =>
  data === null && !errors.some(isFailure);

/** Whether the document has a query of more than one field, not counting fields of fragments. */
const hasSeveral = ({ definitions }: DocumentNode): boolean =>
  definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.QUERY &&
      (definition.selectionSet.selections.length > 1 ||
        definition.selectionSet.selections[0]?.kind !== Kind.FIELD),
  );

let serial: GraphQLSchema | undefined;

/** The schema with its query type as mutation type, whose fields graphql-js runs one after the other. */
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

/** Compares by the field's place in the document, then by list indexes in the path. */
function byPlace(one: GraphQLError, other: GraphQLError): number {
  const [at = 0] = one.positions ?? [];
  const [otherAt = 0] = other.positions ?? [];
  if (at !== otherAt) return at - otherAt;
  const items = (error: GraphQLError) => (error.path ?? []).filter((key) => typeof key === "number");
  const theirs = items(other);
  return items(one).reduce((order, item, level) => order || item - (theirs[level] ?? 0), 0);
}
