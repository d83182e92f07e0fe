import { pino } from "pino";
import { openDatabase } from "../../src/db/open/database.ts";
import { createServer } from "../../src/server/server.ts";
import { buffersOf, hasPlan, openExplainer, rowsRead } from "./explain.ts";
import { tapStatements } from "./proxy.ts";

/** What the statements of some requests read, in databases of several sizes. */

/** An organization to ask about. */
export interface Asked {
  readonly url: string;
  readonly key: string;
}

interface Database {
  readonly name: string;
  open(): Promise<Asked>;
}

/** One request in one database, as `results/growth.json` keeps it. */
export interface GrowthRow {
  readonly workload: string;
  readonly data: string;
  /** Statements, the lookup of the credential included. */
  readonly statements: number;
  /** Rows taken from tables, those included that a condition then left out. */
  readonly rowsRead: number;
  /** Pages of 8 kB that were looked at, in memory or not. */
  readonly buffers: number;
}

const list = (args: string, fields = "id name") =>
  `{ contacts(first: 20${args}) { totalCount nodes { ${fields} } } }`;
const filtered = (filter: string) => list(`, filter: { ${filter} }`);

/** The requests, by what they ask for. */
export const requests: Readonly<Record<string, string>> = {
  "page and number": list(""),
  "page with children": list("", "id deals(first: 5) { nodes { id } } activities(first: 5) { nodes { id } }"),
  "company contains corp004": filtered('company: { contains: "corp004" }'),
  "e-mail contains @corp0": filtered('email: { contains: "@corp0" }'),
  "search of a word": list(', search: { text: "corp004" }'),
  "search of two letters": list(', search: { text: "co" }'),
  "a facet of 5 %": filtered('customFields: [{ slug: "industry", select: { eq: "Technology" } }]'),
  "a custom text contains quokka": filtered(
    'customFields: [{ slug: "slogan", text: { contains: "quokka" } }]',
  ),
  "at least 4 deals": filtered("deals: { count: { gte: 4 } }"),
  "fewer than 4 deals": filtered("deals: { count: { lt: 4 } }"),
  "at least 4 deals, one won": filtered('deals: { count: { gte: 4 }, some: { status: { eq: "WON" } } }'),
  "six facets": `{ contacts(first: 1) { facets { tags { count } source { count } owner { count } company { count }
    industry: customField(slug: "industry") { count } score: customField(slug: "key_account") { count } } } }`,
  "number of a tag": filtered('tags: { hasAny: ["focus"] }'),
  "tags and their contacts": "{ tags { name contactCount } }",
};

/** Asks everything in every database, and explains the statements that were sent. */
export async function growthRows(
  databases: readonly Database[],
  say: (text: string) => void,
): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  for (const { name, open } of databases) {
    const { url, key } = await open();
    const tap = await tapStatements(url);
    const database = await openDatabase({
      kind: "postgres",
      url: tap.url,
      poolSize: 3,
      statementTimeout: 600_000,
    });
    const yoga = createServer({
      database,
      logger: pino({ level: "silent" }),
      corsOrigins: [],
      bodyLimit: 1_048_576,
      fileLimit: 1_048_576,
      graphiql: null,
    });
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    for (const [workload, query] of Object.entries(requests)) {
      const ask = async () => {
        const response = await yoga.fetch("http://bench/graphql", {
          method: "POST",
          headers,
          body: JSON.stringify({ query }),
        });
        const answer = (await response.json()) as { errors?: unknown };
        if (answer.errors) throw new Error(`${query}\nanswered\n${JSON.stringify(answer.errors)}`);
      };
      // Statements are prepared when they come again.
      for (let time = 0; time < 3; time += 1) await ask();
      tap.take();
      await ask();
      const sent = tap.take();
      const explainer = await openExplainer(url, tap.options());
      const row = { statements: sent.length, rowsRead: 0, buffers: 0 };
      for (const one of sent.filter(hasPlan)) {
        const plan = await explainer.tree(one, explainer.waysOf(one)[0] ?? "values", true);
        row.rowsRead += rowsRead(plan);
        row.buffers += buffersOf(plan);
      }
      await explainer.close();
      rows.push({ workload, data: name, ...row });
      say(`${name}: ${workload}: ${row.buffers} pages`);
    }
    await database.close();
    tap.close();
  }
  return rows;
}

/** A line for each request, with the pages and rows of each database. */
export function growthTable(rows: readonly GrowthRow[]): string {
  const databases = [...new Set(rows.map(({ data }) => data))];
  const lines = [...new Set(rows.map(({ workload }) => workload))].map((workload) => [
    workload,
    ...databases.map((data) => {
      const row = rows.find((each) => each.workload === workload && each.data === data);
      return row ? `${row.buffers} (${row.rowsRead} rows, ${row.statements} st.)` : "";
    }),
  ]);
  const all = [["pages of 8 kB", ...databases], ...lines];
  const widths = all[0]?.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0))) ?? [];
  return all
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
