import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServerOptions } from "../../src/server/server.ts";
import { statementsOf } from "../support/database.ts";
import { listening, type Told } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";

/** The table of bad inputs: each row is sent to a server that listens at a port, and told apart by its number. */

/**
 * A row of the table.
 *
 * @param differs why it is answered otherwise than the table has it, where it is
 */
export function row(number: number, what: string, check: () => Promise<void>, differs?: string): void {
  test(`row ${number}: ${what}${differs ? ` (other than the table: ${differs})` : ""}`, check);
}

export interface Answered extends Told {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown> & { readonly code: string };
  }[];
}

/** What a request is made of; a method, a path and a key of its own where they matter. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

/** A server of a file's own with an organization, whose owner asks where no other key is given. */
export class Door {
  organization!: Organization;
  #server!: Awaited<ReturnType<typeof listening>>;

  private constructor() {}

  static forFile(options: Partial<ServerOptions> = {}): Door {
    const door = new Door();
    beforeAll(async () => {
      door.organization = await Organization.make();
      door.#server = await listening(options);
    });
    afterAll(() => door.#server.stop());
    return door;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Sends bytes as they are, and gives what comes until the server closes the connection. */
  raw(text: string | Uint8Array): Promise<Told> {
    return this.#server.talk(text);
  }

  /** Sends a request, by default a POST of JSON with the owner's key. */
  send({ method = "POST", path = "/graphql", key, headers = {}, body = "" }: Sent = {}): Promise<Answered> {
    const credential = key === undefined ? this.organization.key : key;
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          port: this.port,
          host: "127.0.0.1",
          method,
          path,
          agent: false,
          headers: {
            ...(method === "POST" && { "content-type": "application/json" }),
            ...(credential !== null && { authorization: `Bearer ${credential}` }),
            ...(body.length > 0 && { "content-length": Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (incoming) => void answered(incoming).then(resolve, reject),
      );
      sent.on("error", reject).end(body);
    });
  }

  /** Sends a query with variables. */
  ask(query: string, variables: object = {}, more: Omit<Sent, "body"> = {}): Promise<Answered> {
    return this.send({ ...more, body: JSON.stringify({ query, variables }) });
  }

  /** Asks twice: each time one error, with no SQL statement but the one that looks up the key. */
  async refuses(query: string, code: string, words: string, variables: object = {}): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      const { answer, statements } = await statementsOf(() => this.ask(query, variables));
      const error = checkError(answer, null, code);
      expect(error.message).toContain(words);
      expect(answer.errors).toHaveLength(1);
      expect(answer.data).toBeNull();
      expect(statements.length).toBeLessThanOrEqual(1);
    }
  }
}

async function answered(incoming: IncomingMessage): Promise<Answered> {
  let text = "";
  for await (const bytes of incoming) text += bytes;
  const head = incoming.rawHeaders.reduce((all, each, at) => all + each + (at % 2 ? "\r\n" : ": "), "");
  const isJson = /\bjson\b/.test(incoming.headers["content-type"] ?? "");
  const { data = null, errors = [] } = (isJson && text !== "" ? JSON.parse(text) : {}) as Partial<Answered>;
  return { status: incoming.statusCode ?? 0, head: head.toLowerCase(), text, data, errors };
}

/** What must not be in any answer: SQL, a stack, a path, a driver's or library's words. */
const inside =
  /\bat \S+ \(|\bat .*:\d+:\d+|\.ts\b|\.js\b(?!on)|node_modules|\/src\/|prisma|select \S+ from|hpe_|econn|invocation/i;

/** An error as every one is: JSON, a code, the request's id, and nothing of the inside. */
export function checkError(answer: Told, status: number | null, code: string): Answered["errors"][number] {
  const { head, text } = answer;
  if (status !== null) expect({ status: answer.status, text }).toMatchObject({ status });
  expect(head).toContain("content-type: application/");
  const { errors } = JSON.parse(text) as Answered;
  const [error] = errors;
  if (!error) throw new Error(text);
  expect(error, text).toMatchObject({
    message: expect.any(String),
    extensions: { code, requestId: expect.stringMatching(/^[\da-f-]{36}$/) },
  });
  expect(text).not.toMatch(inside);
  return error;
}

export const times = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(" ");
