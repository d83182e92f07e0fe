import { pino } from "pino";
import { inject } from "vitest";
import { requestCodes } from "../../src/lib/error-codes.ts";
import { createServer } from "../../src/server/server.ts";
import type { TypedDocumentString } from "../generated/graphql.ts";
import { askAgain } from "./again.ts";
import { isCounting, testDatabase } from "./database.ts";

/** Sends requests to the server without a port. */

/** @param compileAfter how many times a query runs before it is compiled */
export const serverOf = async (compileAfter: number) =>
  createServer({
    database: await testDatabase(),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 2_097_152,
    graphiql: null,
    compileAfter,
  });

let interpreting: ReturnType<typeof createServer> | undefined;
let compiling: ReturnType<typeof createServer> | undefined;

/** On PostgreSQL, queries are compiled from the first time on; on PGlite, never. Both must give the same answers. */
export async function testServer(compiles = inject("databaseUrl") !== null) {
  if (compiles) {
    compiling ??= await serverOf(0);
    return compiling;
  }
  interpreting ??= await serverOf(Number.POSITIVE_INFINITY);
  return interpreting;
}

export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null;
  readonly errors: readonly {
    message: string;
    path?: (string | number)[];
    extensions: Record<string, unknown>;
  }[];
  readonly text: string;
}

export async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Response> {
  const request = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  const send = async (compiles?: boolean) =>
    (await testServer(compiles)).fetch("http://test/graphql", request);
  const response = await send();
  if (inject("databaseUrl") !== null && !isCounting()) await askAgain(body, send);
  return response;
}

/** Sends a text as a query. */
export async function sendText(
  key: string | null,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer<Record<string, never>>> {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  return read(await post(JSON.stringify({ query, variables }), { ...authorization, ...headers }));
}

/** Reads an answer. */
export async function read(response: Response): Promise<Answer<Record<string, never>>> {
  const text = await response.text();
  const { data = null, errors = [] } = JSON.parse(text);
  for (const { extensions } of errors) {
    if (!Object.hasOwn(requestCodes, extensions.code))
      throw new Error(`a code that docs/errors.md lacks: ${text}`);
  }
  return { status: response.status, data, errors, text };
}

/** Sends a typed document and returns its data; a top-level error fails the test with the query and the answer. */
export async function send<Data, Variables>(
  key: string,
  document: TypedDocumentString<Data, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Data> {
  const answer = await sendText(key, document.toString(), (variables ?? {}) as Record<string, unknown>);
  if (answer.errors.length > 0 || answer.data === null) {
    throw new Error(`${document.toString()}\n${JSON.stringify(variables)}\nanswered\n${answer.text}`);
  }
  return answer.data as Data;
}

/** An error in a mutation's payload. */
export interface PayloadError {
  readonly __typename?: string;
  readonly code: string;
  readonly path: string[];
  readonly message?: string;
}

/**
 * Sends one mutation as text, for tests of its refusals, and returns its payload.
 *
 * @param field the mutation with its arguments
 * @param selection the payload's fields in addition to `errors`
 */
export async function mutate<Payload = Record<string, never>>(
  key: string,
  field: string,
  selection: string,
  variables: Record<string, unknown> = {},
  declared = "",
): Promise<Payload & { errors: PayloadError[] }> {
  const query = `mutation ${declared} { payload: ${field} { ${selection} errors { __typename code path message } } }`;
  const { data, errors, text } = await sendText(key, query, variables);
  const payload = (data as unknown as { payload?: Payload & { errors: PayloadError[] } } | null)?.payload;
  if (errors.length > 0 || !payload)
    throw new Error(`${query}\n${JSON.stringify(variables)}\nanswered\n${text}`);
  return payload;
}
