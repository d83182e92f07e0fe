import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";
import { quote } from "../../lib/errors.ts";
import { fieldsProblem } from "./fields.ts";

/**
 * Coerces variables by the rules of graphql-js. Its own errors each repeat the whole value, so that many errors in a
 * large value could be a thousand times the size of the request; these give the path, and repeat only short values.
 */

/** Most errors about variables in one answer. */
const MAX_ERRORS = 20;

export type Variables =
  | { readonly coerced: Readonly<Record<string, unknown>>; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[] };

/**
 * @param inputs the variables as they were sent
 * @param hideSuggestions whether errors must not reveal names of the schema
 */
export function readVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
  hideSuggestions: boolean,
): Variables {
  const definitions = operation.variableDefinitions ?? [];
  const errors: GraphQLError[] = [];
  const coerced: Record<string, unknown> = Object.create(null);
  for (const definition of definitions) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (!isInputType(type) || value === undefined || (value === null && isNonNullType(type))) {
      // Messages of graphql-js about defaults and missing variables do not contain values.
      const given = value === undefined ? {} : { [name]: value };
      const read = getVariableValues(schema, [definition], given);
      if (read.errors)
        errors.push(...read.errors.map((error) => refused(error.message, definition, `${name}`)));
      else Object.assign(coerced, read.coerced);
      continue;
    }
    const tooLarge = fieldsProblem(value, type, `variables.${name}`);
    if (tooLarge) return { errors: [new GraphQLError(tooLarge.message, { originalError: tooLarge })] };
    try {
      coerced[name] = coerceInputValue(
        value,
        type,
        (path, wrong, error) => {
          errors.push(errorOf(definition, path, wrong, error));
          if (errors.length >= MAX_ERRORS) throw new TooManyErrors();
        },
        hideSuggestions,
      );
    } catch (error) {
      if (!(error instanceof TooManyErrors)) throw error;
      errors.push(refused("Too many errors in the variables; the others are not shown.", definition, name));
      break;
    }
  }
  return errors.length > 0 ? { errors } : { coerced };
}

class TooManyErrors extends Error {}

function errorOf(
  definition: VariableDefinitionNode,
  path: readonly (string | number)[],
  wrong: unknown,
  error: GraphQLError,
): GraphQLError {
  const name = definition.variable.name.value;
  const field = path.reduce<string>(
    (place, part) => (typeof part === "number" ? `${place}[${part}]` : `${place}.${part}`),
    name,
  );
  const value = typeof wrong === "object" ? "an invalid value" : `invalid value ${shown(wrong)}`;
  const at = path.length > 0 ? ` at "${field}"` : "";
  // Scalars may have a code for an invalid value, such as INVALID_TIME_ZONE.
  return refused(
    `Variable "$${name}" got ${value}${at}; ${error.message}`,
    definition,
    field,
    error.extensions.code,
  );
}

/** Strings are quoted as in messages of graphql-js. */
const shown = (value: unknown): string => (typeof value === "string" ? quote(value) : String(value));

const refused = (
  message: string,
  definition: VariableDefinitionNode,
  field: string,
  code: unknown = "BAD_USER_INPUT",
): GraphQLError =>
  new GraphQLError(message, {
    nodes: definition,
    // The same whether graphql-js or compiled code executes the query: the answer has no data.
    extensions: { code, field, http: { spec: true, status: 400 } },
  });
