import { GraphQLError, getOperationAST, validate } from "graphql";
import type { Plugin } from "graphql-yoga";
import { costOf } from "../../graphql/limits/cost.ts";
import { checkText, parseWithin } from "../../graphql/limits/document.ts";
import { checkValues } from "../../graphql/limits/values.ts";
import { readVariables } from "../../graphql/limits/variables.ts";
import { answerTooLarge, exceedsAnswer } from "../../lib/answer-size.ts";
import { RequestError } from "../../lib/errors.ts";

export interface LimitOptions {
  /** What an operation may cost. */
  readonly costLimit: number;
  /** Whether the schema may be asked for, and errors may name what was not sent. */
  readonly introspection: boolean;
}

export const defaultLimits: LimitOptions = { costLimit: 50_000, introspection: true };

/** Errors that one document is told of: each of them is looked up in the text. */
const MAX_VALIDATION_ERRORS = 10;

/** Variables that were read by their types, by the request's context. */
const read = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** A request's variables, read once for all that executes it. */
export const variablesOf = (context: object): Readonly<Record<string, unknown>> => read.get(context) ?? {};

/**
 * Refuses what is too large before anything of it runs: values before they are read by their types, documents before
 * they are validated, and what an operation costs before any resolver.
 */
export const useLimits = ({ costLimit, introspection }: LimitOptions): Plugin => ({
  onParams({ params: { query, variables, extensions } }) {
    if (typeof query === "string") checkText(query);
    checkValues(variables, "variables");
    checkValues(extensions, "extensions");
  },
  onParse({ setParseFn }) {
    setParseFn((source) => parseWithin(source, introspection));
  },
  onValidate({ setValidationFn }) {
    setValidationFn((schema, document, rules) =>
      validate(schema, document, rules, {
        maxErrors: MAX_VALIDATION_ERRORS,
        hideSuggestions: !introspection,
      }),
    );
  },
  onExecute({ args, setResultAndStopExecution }) {
    const { schema, document, operationName, contextValue } = args;
    const operation = getOperationAST(document, operationName);
    // Executing it says which operation is missing.
    if (!operation) return;
    const variables = readVariables(schema, operation, args.variableValues ?? {}, !introspection);
    if (variables.errors) return setResultAndStopExecution({ errors: variables.errors });
    read.set(contextValue as object, variables.coerced);
    const { total, dearest } = costOf(schema, document, operation, variables.coerced);
    if (total > costLimit)
      return setResultAndStopExecution({ errors: [tooComplex(total, costLimit, dearest().join("."))] });
    return {
      onExecuteDone({ result, setResult }) {
        if (exceedsAnswer(result)) setResult({ errors: [refused(answerTooLarge())] });
      },
    };
  },
});

function tooComplex(requested: number, limit: number, field: string): GraphQLError {
  const shown = requested > 1e12 ? "more than 1,000,000,000,000" : requested.toLocaleString("en");
  const message =
    `The operation costs ${shown}; the limit is ${limit.toLocaleString("en")}. ` +
    `${field} costs most: ask for fewer records of it with first, for fewer fields, or in several requests.`;
  return refused(new RequestError("QUERY_TOO_COMPLEX", message, { status: 400, field, requested, limit }));
}

const refused = (refusal: RequestError): GraphQLError =>
  new GraphQLError(refusal.message, { originalError: refusal });
