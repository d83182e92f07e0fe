import type { Entry } from "./contest.ts";
import { type Explainer, hasPlan, rowsRead, sequentialScans } from "./explain.ts";
import type { PlanSummary } from "./result.ts";
import type { Sent } from "./wire.ts";

/** The plans of what the product sends for the workloads that read, over the benchmark's rows. */

/** Rows from which on a table is not to be read from the beginning to the end. */
const LARGE = 10_000;

/** Of a line of a plan: fifty ids say no more than ten. */
const LINE = 400;

const clipped = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line.length > LINE ? `${line.slice(0, LINE)} …` : line))
    .join("\n");

/** Tables of so many rows that a plan has to take care. */
async function largeTables({ client }: Explainer): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND reltuples > $1",
    [LARGE],
  );
  return new Set(rows.map(({ name }) => name));
}

/** @returns the plans as text, and what there is to know of each workload */
export async function explainWorkloads(
  explainer: Explainer,
  entries: readonly Entry[],
): Promise<{ text: string; summaries: readonly PlanSummary[] }> {
  const large = await largeTables(explainer);
  const parts: string[] = [];
  const summaries: PlanSummary[] = [];
  for (const { letter, sampled } of entries) {
    const distinct = [...new Map(sampled.sent.map((sent) => [`${sent.name} ${sent.text}`, sent])).values()];
    const scanned = new Set<string>();
    let read = 0;
    for (const [at, sent] of distinct.entries()) {
      const times = sampled.sent.filter(({ text, name }) => text === sent.text && name === sent.name).length;
      parts.push(await headOf(explainer, sent, `${letter}, statement ${at + 1}`, times / sampled.requests));
      if (!hasPlan(sent)) continue;
      for (const knowing of explainer.waysOf(sent)) {
        const plan = await explainer.tree(sent, knowing, true);
        if (knowing === "values") read += rowsRead(plan);
        for (const table of sequentialScans(plan)) if (large.has(table)) scanned.add(table);
        const title = knowing === "nothing" ? "planned once for all values:\n" : "";
        parts.push(`${title}${clipped(await explainer.text(sent, knowing))}`);
      }
    }
    summaries.push({
      workload: letter,
      statements: sampled.sent.length / sampled.requests,
      distinct: distinct.length,
      rowsRead: read,
      sequentialScans: [...scanned].sort(),
    });
  }
  return { text: `${parts.join("\n\n")}\n`, summaries };
}

async function headOf(explainer: Explainer, sent: Sent, title: string, times: number): Promise<string> {
  const kinds = hasPlan(sent) ? await explainer.kinds(sent) : [];
  return [
    `== ${title}, ${Number(times.toPrecision(3))} a request, ${sent.name === "" ? "without a name" : `named ${sent.name}`}`,
    sent.text.trim(),
    ...kinds.map((kind, at) => `$${at + 1} ${kind}`),
  ].join("\n");
}

export const planTable = (summaries: readonly PlanSummary[]): string =>
  summaries
    .map(
      ({ workload, statements, distinct, rowsRead: rows, sequentialScans: scans }) =>
        `${workload}  ${statements.toFixed(1)} statements a request, ${String(distinct).padStart(2)} distinct, ` +
        `${String(rows).padStart(6)} rows read by them, ` +
        (scans.length > 0 ? `SEQUENTIAL SCAN of ${scans.join(", ")}` : "no sequential scan of a large table"),
    )
    .join("\n");
