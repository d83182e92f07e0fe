import pg from "pg";
import type { Sent } from "./wire.ts";

/** Plans of statements as the product sends them: with their values, and without where they are prepared by name. */

/** A node of EXPLAIN (FORMAT JSON), as far as it is looked at. */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "CTE Name"?: string;
  readonly "Plan Rows"?: number;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How PostgreSQL may plan a statement: knowing its values, or, for one with a name, once for all of them. */
export type Knowing = "values" | "nothing";

/** Transaction control and settings have no plan. */
export const hasPlan = ({ text }: Sent): boolean =>
  /^\s*(\(|(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES)\b)/i.test(text);

/** A connection that plans as the product's do. It stays in one transaction, which is undone when it closes. */
export async function openExplainer(url: string, options: string | undefined): Promise<Explainer> {
  const client = new pg.Client({ connectionString: url, ...(options !== undefined && { options }) });
  await client.connect();
  await client.query("BEGIN");
  const { rows } = await client.query<{ plan_cache_mode: string }>("SHOW plan_cache_mode");
  return new Explainer(client, rows[0]?.plan_cache_mode ?? "auto");
}

export class Explainer {
  readonly #mode: string;

  constructor(
    readonly client: pg.Client,
    mode: string,
  ) {
    this.#mode = mode;
  }

  close = () => this.client.end();

  /** The ways in which a statement may come to be planned when it is sent often. */
  waysOf({ name }: Sent): readonly Knowing[] {
    if (name === "" || this.#mode === "force_custom_plan") return ["values"];
    return this.#mode === "force_generic_plan" ? ["nothing"] : ["values", "nothing"];
  }

  /** The plan as a tree; of what has only been planned, rows and loops are missing. */
  async tree(sent: Sent, knowing: Knowing, analyze = false): Promise<PlanNode> {
    const rows = await this.#explain(sent, knowing, `FORMAT JSON${analyze ? ", ANALYZE, BUFFERS" : ""}`);
    return (rows[0] as unknown as [{ Plan: PlanNode }])[0].Plan;
  }

  /** The plan as text, of a statement that is run; what it would have changed is undone. */
  async text(sent: Sent, knowing: Knowing): Promise<string> {
    return (await this.#explain(sent, knowing, "ANALYZE, BUFFERS")).join("\n");
  }

  /** The types of a statement's parameters, in their order. */
  async kinds({ text }: Sent): Promise<readonly string[]> {
    return this.#apart(async () => {
      await this.client.query(`PREPARE explained AS ${text}`);
      const { rows } = await this.client.query<{ kinds: string[] }>(
        "SELECT parameter_types::text[] AS kinds FROM pg_prepared_statements WHERE name = 'explained'",
      );
      return rows[0]?.kinds ?? [];
    });
  }

  #explain({ text, values }: Sent, knowing: Knowing, how: string): Promise<unknown[]> {
    return this.#apart(async () => {
      if (knowing === "nothing") {
        await this.client.query("SET LOCAL plan_cache_mode = force_generic_plan");
        await this.client.query(`PREPARE explained AS ${text}`);
      }
      const literals = values.length > 0 ? `(${values.map(literal).join(", ")})` : "";
      const { rows } = await this.client.query<{ "QUERY PLAN": unknown }>(
        knowing === "nothing"
          ? { text: `EXPLAIN (${how}) EXECUTE explained${literals}` }
          : { text: `EXPLAIN (${how}) ${text}`, values: [...values] },
      );
      return rows.map((row) => row["QUERY PLAN"]);
    });
  }

  async #apart<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.client.query("SAVEPOINT explained");
    try {
      return await work();
    } finally {
      await this.client.query("ROLLBACK TO explained; DEALLOCATE ALL");
    }
  }
}

const literal = (value: string | Buffer | null): string => {
  if (value === null) return "NULL";
  return pg.escapeLiteral(typeof value === "string" ? value : `\\x${value.toString("hex")}`);
};

/** A node and all below it, those of subqueries and of parallel workers too. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The tables that a plan reads from the beginning to the end. */
export const sequentialScans = (plan: PlanNode): string[] =>
  nodesOf(plan)
    .filter((node) => node["Node Type"].endsWith("Seq Scan"))
    .map((node) => node["Relation Name"] ?? "");

/** Rows that a plan took from tables, those included that a condition then left out. */
export const rowsRead = (plan: PlanNode): number =>
  nodesOf(plan)
    .filter((node) => node["Relation Name"] !== undefined && node["Node Type"].endsWith("Scan"))
    .map((node) => {
      const each =
        (node["Actual Rows"] ?? 0) +
        (node["Rows Removed by Filter"] ?? 0) +
        (node["Rows Removed by Index Recheck"] ?? 0);
      return Math.round(each * (node["Actual Loops"] ?? 1));
    })
    .reduce((total, rows) => total + rows, 0);

/** Pages of 8 kB that a plan looked at, in memory or not, each as often as it did. */
export const buffersOf = (plan: PlanNode): number =>
  (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
