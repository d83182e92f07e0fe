import { pino } from "pino";
import { createServer, type ServerOptions } from "../../src/server/server.ts";
import { testDatabase } from "../support/database.ts";

/** Servers with limits of their own, and what they answer, for tests. */

export const serverWith = async (options: Partial<ServerOptions>) =>
  createServer({
    database: await testDatabase(),
    logger: pino({ level: "silent" }),
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
    compileAfter: 0,
    ...options,
  });

type Server = Awaited<ReturnType<typeof serverWith>>;

interface Told {
  readonly requested: number;
  readonly actual: number;
  readonly limit: number;
  readonly remaining?: number;
  readonly resetAt?: string;
}

export async function ask(server: Server, key: string, query: string, variables = {}, headers = {}) {
  const response = await server.fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as {
    data?: unknown;
    errors?: readonly { message: string; extensions: Record<string, unknown> }[];
    extensions?: { cost?: Told };
  };
  return { status: response.status, headers: response.headers, ...body };
}

/** The header that asks for the cost. */
export const asking = { "x-cost": "true" };
