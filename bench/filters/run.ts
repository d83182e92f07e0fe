import pg from "pg";
import { pino } from "pino";
import { decodeId } from "../../src/db/ids.ts";
import { createServer } from "../../src/server/server.ts";
import type { Case, Place, Variables } from "./cases.ts";
import type { World } from "./data.ts";
import { type Spelling, type Statement, write } from "./hand.ts";
import type { Org } from "./organization.ts";

/** Asks one question in several ways, sees that the answers are one, and takes the time of each. */

const listDocument = `query ($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput, $after: String, $first: Int, $offset: Int) {
  contacts(filter: $filter, query: $query, search: $search, after: $after, first: $first, offset: $offset,
           orderBy: [{ field: CREATED_AT, direction: DESC }]) {
    edges { cursor node { id name email company createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const countDocument = `query ($filter: ContactFilter, $query: SmartListQueryInput, $search: SearchInput) {
  contacts(filter: $filter, query: $query, search: $search, first: 1) { totalCount }
}`;

interface Connection {
  readonly totalCount?: number;
  readonly edges?: readonly { cursor: string; node: { id: string; createdAt: string } }[];
}

/** Milliseconds of every run. */
type Times = number[];

/** A case that is ready to be measured. */
export interface Prepared {
  readonly of: Case;
  readonly product: pg.QueryArrayConfig;
  readonly hand: pg.QueryArrayConfig;
  /** How many rows answer, over all pages; of a list, at most a page. */
  readonly rows: number;
  /** Both statements in the small organization, for selective lists. */
  readonly small: { readonly product: pg.QueryArrayConfig; readonly hand: pg.QueryArrayConfig } | null;
  readonly request: () => Promise<unknown>;
  readonly times: Record<"product" | "hand" | "request" | "smallProduct" | "smallHand", Times>;
}

export class Runner {
  readonly #client: pg.Client;
  readonly #server: ReturnType<typeof createServer>;
  #recorded: pg.QueryArrayConfig[] | null = null;

  private constructor(
    readonly world: World,
    client: pg.Client,
  ) {
    this.#client = client;
    const { pool } = world.database;
    const send = pool.query.bind(pool) as (...args: unknown[]) => never;
    pool.query = (...args: unknown[]): never => {
      const [statement] = args as [string | pg.QueryArrayConfig];
      if (typeof statement === "object") this.#recorded?.push(statement);
      return send(...args);
    };
    this.#server = createServer({
      database: world.database,
      logger: pino({ level: "silent" }),
      corsOrigins: [],
      bodyLimit: 1_048_576,
      fileLimit: 1_048_576,
      graphiql: null,
    });
  }

  static async open(world: World): Promise<Runner> {
    const client = new pg.Client({ connectionString: world.url, options: "-c TimeZone=UTC" });
    await client.connect();
    return new Runner(world, client);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  /** Sends a request through the door, and gives the contacts that came. */
  async #ask(org: Org, query: string, variables: object): Promise<Connection> {
    const response = await this.#server.fetch("http://bench/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${org.key}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: { contacts: Connection } };
    if (!answer.data) throw new Error(JSON.stringify({ variables, answer }));
    return answer.data.contacts;
  }

  /** The row before a page, and its cursor. */
  async #find(org: Org, { afterRow, ...variables }: Variables): Promise<(Place & { cursor: string }) | null> {
    if (afterRow === undefined) return null;
    const found = await this.#ask(org, listDocument, { ...variables, first: 1, offset: afterRow - 1 });
    const [edge] = found.edges ?? [];
    const id = decodeId(edge?.node.id ?? "")?.uuid;
    if (!edge || !id) throw new Error(`there is no row ${afterRow}`);
    return { id, createdAt: edge.node.createdAt, cursor: edge.cursor };
  }

  /** What the product sends for the rows or their number, as it sends it. */
  async #record(
    { kind }: Case,
    org: Org,
    variables: object,
  ): Promise<{ request: () => Promise<unknown>; statement: pg.QueryArrayConfig }> {
    const request = () => this.#ask(org, kind === "count" ? countDocument : listDocument, variables);
    await request();
    this.#recorded = [];
    await request();
    const recorded = this.#recorded;
    this.#recorded = null;
    const sent = recorded.filter(({ text }) => text.includes(`FROM "public"."contact"`));
    // By Prisma, or where one condition alone is counted by less than its rows.
    const counts = recorded.filter(({ text }) => /^SELECT (COUNT|\(\(SELECT count|\(\()/.test(text));
    const [statement] = kind === "count" ? counts : sent;
    if (!statement) throw new Error("the product sent no such statement");
    return { request, statement: { ...statement, rowMode: "array" } };
  }

  async prepare(one: Case, runs: number): Promise<Prepared> {
    const { large, small } = this.world;
    const { afterRow, ...variables } = one.variables(large);
    const place = await this.#find(large, { ...variables, ...(afterRow !== undefined && { afterRow }) });
    const asked = { ...variables, ...(one.kind !== "count" && { first: 50, after: place?.cursor ?? null }) };
    const { request, statement } = await this.#record(one, large, asked);
    const expected = await this.#answer(one, statement);
    const probed: { spelling: Spelling; hand: pg.QueryArrayConfig; ms: number }[] = [];
    for (const spelling of one.spellings(large, place)) {
      const hand = this.#like(statement, write(spelling, large));
      const answer = await this.#answer(one, hand);
      if (answer !== expected) {
        throw new Error(
          `${one.name}: the product answers ${expected.slice(0, 200)}\n${hand.text}\n${answer.slice(0, 200)}`,
        );
      }
      const times: Times = [];
      for (let run = 0; run < runs; run += 1) times.push(await this.time(hand));
      probed.push({ spelling, hand, ms: median(times) });
    }
    const [best] = probed.sort((left, right) => left.ms - right.ms);
    if (!best) throw new Error(`${one.name} has no spelling`);
    const inSmall =
      one.kind === "selective list"
        ? await this.#record(one, small, { ...one.variables(small), first: 50, after: null })
        : null;
    return {
      of: one,
      product: statement,
      hand: best.hand,
      rows: one.kind === "count" ? Number(expected) : expected.split(" ").filter(Boolean).length,
      small: inSmall && {
        product: inSmall.statement,
        hand: this.#like(statement, write(best.spelling, small)),
      },
      request,
      times: { product: [], hand: [], request: [], smallProduct: [], smallHand: [] },
    };
  }

  /** A statement read by the same parsers as the product's, and prepared no more than that. */
  #like({ types }: pg.QueryArrayConfig, { text, values }: Statement): pg.QueryArrayConfig {
    return { text, values: [...values], rowMode: "array", ...(types && { types }) };
  }

  /** The number, or the ids in their order. */
  async #answer({ kind }: Case, statement: pg.QueryArrayConfig): Promise<string> {
    const { rows, fields } = await this.#client.query(statement);
    const at = kind === "count" ? 0 : fields.findIndex(({ name }) => name === "id");
    return rows.map((row) => String(row[at])).join(" ");
  }

  /** Milliseconds of a statement, its rows read. */
  async time(statement: pg.QueryArrayConfig): Promise<number> {
    const started = process.hrtime.bigint();
    await this.#client.query(statement);
    return Number(process.hrtime.bigint() - started) / 1e6;
  }

  /** One more run of each, in another order every round. */
  async measure({ product, hand, small, request, times }: Prepared, round: number): Promise<void> {
    const turns: (() => Promise<unknown>)[] = [
      async () => times.product.push(await this.time(product)),
      async () => times.hand.push(await this.time(hand)),
      async () => {
        const started = process.hrtime.bigint();
        await request();
        times.request.push(Number(process.hrtime.bigint() - started) / 1e6);
      },
      async () => small && times.smallProduct.push(await this.time(small.product)),
      async () => small && times.smallHand.push(await this.time(small.hand)),
    ];
    for (let turn = 0; turn < turns.length; turn += 1) await turns[(turn + round) % turns.length]?.();
  }

  /** The plan of a statement as it is run, with its operands. */
  async explain({ text, values }: pg.QueryArrayConfig): Promise<string> {
    const { rows } = await this.#client.query<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE, BUFFERS) ${text}`,
      values,
    );
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  }

  async version(): Promise<string> {
    const { rows } = await this.#client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "";
  }
}

/** The value at a share of the sorted ones. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (times: readonly number[]): number => quantile(times, 0.5);
