import { pino } from "pino";
import { createServer } from "../../src/server.ts";
import type { TypedDocumentString } from "../generated/graphql.ts";
import { testDatabase } from "./database.ts";

/** Through the door without a port. */

let server: ReturnType<typeof createServer> | undefined;

export async function testServer() {
  server ??= createServer({
    database: await testDatabase(),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    graphiql: null,
  });
  return server;
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
  const yoga = await testServer();
  return yoga.fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

/** Sends any text as a query. */
export async function sendText(
  key: string | null,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer<Record<string, never>>> {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  return read(await post(JSON.stringify({ query, variables }), { ...authorization, ...headers }));
}

/** An answer, read. */
export async function read(response: Response): Promise<Answer<Record<string, never>>> {
  const text = await response.text();
  const { data = null, errors = [] } = JSON.parse(text);
  return { status: response.status, data, errors, text };
}

/** Sends a typed document and gives its data; a top-level error fails the test with the query and the answer. */
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
