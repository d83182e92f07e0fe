/** The same request again and again: the last answer has to be the first one to the byte. */

interface Server {
  fetch(url: string, init: RequestInit): Response | Promise<Response>;
}

/** Interpreted the first time, compiled from the second on, and with the compiled query's caches filled later. */
export const TIMES = 5;

/** All that a caller sees of an answer, but for the ids that tell requests apart. */
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

/** Asks some times, one after the other, and gives each answer that there was. */
export async function answersOf(...request: Parameters<typeof ask>): Promise<string[]> {
  const answers = new Set<string>();
  for (let time = 0; time < TIMES; time += 1) answers.add(await ask(...request));
  return [...answers];
}

/** Documents that were asked again, but for the ids in them. */
const asked = new Set<string>();

/**
 * Asks a query of a test again, if it is the first of its kind: by the server that has compiled it and by one that
 * interprets, in turns.
 *
 * @param body of a request for GraphQL
 * @throws Error when the two differ though nothing has changed
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
  // A job that goes on, or whatever else a test has running, changes both.
  if (before === (await shown(await send(false))))
    throw new Error(`${body}\nis answered, interpreted,\n${before}\nand compiled\n${compiled.join("\n")}`);
}
