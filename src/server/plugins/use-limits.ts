import { GraphQLError, getOperationAST, validate } from "graphql";
import type { Plugin } from "graphql-yoga";
import { HEAVY } from "../../db/turn.ts";
import type { Context } from "../../graphql/context.ts";
import { type Cost, costOf } from "../../graphql/limits/cost.ts";
import { checkText, parseWithin } from "../../graphql/limits/document.ts";
import { checkValues } from "../../graphql/limits/values.ts";
import { readVariables } from "../../graphql/limits/variables.ts";
import { answerTooLarge, exceedsAnswer } from "../../lib/answer-size.ts";
import { RequestError } from "../../lib/errors.ts";
import type { Allowance, Rates } from "../rates/rates.ts";
import type { RequestContext } from "../request.ts";

export interface LimitOptions {
  /** Most cost of one operation. */
  readonly costLimit: number;
  /** Whether introspection is allowed, and errors may suggest names of the schema. */
  readonly introspection: boolean;
}

export const defaultLimits: LimitOptions = { costLimit: 50_000, introspection: true };

/** Most validation errors reported for one document: the position of each is searched in the text. */
const MAX_VALIDATION_ERRORS = 10;

/** The request header that asks for the cost of the operation, and its values. */
const COST_HEADER = "x-cost";
const ASKED = new Set(["true", "1"]);

/**
 * Whether the caller asks for `extensions.cost`. The cost is counted from values, so that no JSON text of PostgreSQL
 * may be among them.
 */
export const isCostAsked = (context: object): boolean =>
  ASKED.has((context as { request?: Request }).request?.headers.get(COST_HEADER)?.toLowerCase() ?? "");

/** Coerced variables, by request context. */
const read = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** The coerced variables of a request, which are coerced once. */
export const variablesOf = (context: object): Readonly<Record<string, unknown>> => read.get(context) ?? {};

/**
 * Refuses what is too large before any resolver runs: variables before they are coerced, documents before they are
 * validated, and operations by their cost, on its own and with the rate limit. Reports the cost in `extensions.cost`
 * if the caller asks for it.
 */
export const useLimits = ({ costLimit, introspection }: LimitOptions, rates: Rates): Plugin => ({
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
  async onExecute({ args, setResultAndStopExecution }) {
    const { schema, document, operationName, contextValue } = args;
    const operation = getOperationAST(document, operationName);
    // Execution reports the missing operation.
    if (!operation) return;
    const variables = readVariables(schema, operation, args.variableValues ?? {}, !introspection);
    if (variables.errors) return setResultAndStopExecution({ errors: variables.errors });
    read.set(contextValue as object, variables.coerced);
    const cost = costOf(schema, document, operation, variables.coerced);
    const { total } = cost;
    const { account } = contextValue as unknown as RequestContext;
    account.cost = { requested: total };
    if (total > costLimit) return setResultAndStopExecution({ errors: [tooComplex(cost, costLimit)] });
    if (total >= HEAVY) (contextValue as unknown as Context).turn.lane = "heavy";
    let allowance: Allowance | null;
    try {
      allowance = await rates.take((contextValue as unknown as Context).viewer, total);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return setResultAndStopExecution({ errors: [refused(error)] });
    }
    const asked = isCostAsked(contextValue as object);
    return {
      onExecuteDone({ result, setResult }) {
        if (exceedsAnswer(result)) return setResult({ errors: [refused(answerTooLarge())] });
        if (!asked || Symbol.asyncIterator in result) return;
        const { extensions, ...rest } = result;
        const actual = cost.actual(rest.data);
        account.cost = { requested: total, actual };
        setResult({
          ...rest,
          extensions: { ...extensions, cost: told(total, actual, costLimit, allowance) },
        });
      },
    };
  },
});

const told = (requested: number, actual: number, limit: number, allowance: Allowance | null) => ({
  requested,
  actual,
  limit,
  ...(allowance && { remaining: allowance.remaining, resetAt: allowance.resetAt.toISOString() }),
});

function tooComplex({ total: requested, dearest, fields }: Cost, limit: number): GraphQLError {
  const field = dearest().join(".");
  const shown = requested > 1e12 ? "more than 1,000,000,000,000" : requested.toLocaleString("en");
  const message =
    `The operation costs ${shown}; the limit is ${limit.toLocaleString("en")}. ` +
    `${field} costs most: ask for fewer records of it with first, for fewer fields, or in several requests.`;
  return refused(
    new RequestError("QUERY_TOO_COMPLEX", message, { status: 400, field, requested, limit, costs: fields() }),
  );
}

const refused = (refusal: RequestError): GraphQLError =>
  new GraphQLError(refusal.message, { originalError: refusal });
