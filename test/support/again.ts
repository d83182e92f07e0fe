/** Sends the same request several times: all answers must have the same bytes. */

interface Server {
  fetch(url: string, init: RequestInit): Response | Promise<Response>;
}

/** The first run of the query is interpreted, the second compiled; later runs fill caches of the compiled query. */
export const TIMES = 5;

/** Everything that a caller sees of an answer, except the request id. */
async function shown(response: Response): Promise<string> {
  const headers = [...response.headers]
    .filter(([name]) => name.toLowerCase() !== "x-request-id")
    .map(([name, value]) => `${name}: ${value}`);
  const text = (await response.text()).replace(/"requestId":"[^"]*"/g, `"requestId":""`);
  return [response.status, ...headers, text].join("\n");
}

export interface Asked {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
}

export const ask = async (
  server: Server,
  key: string,
  asked: Asked,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> =>
  shown(
    await server.fetch("http://test/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(asked),
    }),
  );

/** Sends a request TIMES times, one after the other, and returns the different answers. */
export async function answersOf(...request: Parameters<typeof ask>): Promise<string[]> {
  const answers = new Set<string>();
  for (let time = 0; time < TIMES; time += 1) answers.add(await ask(...request));
  return [...answers];
}

/** Documents that were sent again, without the ids in them. */
const asked = new Set<string>();

/**
 * Sends a test's query again if it is the first of its kind: by turns to the server that has compiled it and to one
 * that interprets it.
 *
 * @param body the body of a GraphQL request
 * @throws Error if the answers differ although no data has changed
 */
export async function askAgain(
  body: string | Uint8Array,
  send: (compiled: boolean) => Promise<Response>,
): Promise<void> {
  const query =
    typeof body === "string" ? /^\{"query":"(?:\\n|\s)*((?:query|\{).*)/s.exec(body)?.[1] : undefined;
  const kind = query?.replace(/_[0-9a-z]{26}/g, "_…").replace(/","variables":.*/s, "");
  if (kind === undefined || asked.has(kind)) return;
  asked.add(kind);
  const before = await shown(await send(false));
  const compiled = [await shown(await send(true)), await shown(await send(true))];
  if (compiled.every((answer) => answer === before)) return;
  // If the first server's answer has changed as well, a job or another part of the test has changed the data.
  if (before === (await shown(await send(false))))
    throw new Error(`${body}\nis answered, interpreted,\n${before}\nand compiled\n${compiled.join("\n")}`);
}
