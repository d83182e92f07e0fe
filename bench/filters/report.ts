import { cpus } from "node:os";
import { median, type Prepared, quantile, type Runner } from "./run.ts";

/** What was measured, as a table and as data. */

const goals = { "selective list": 1.5, list: 2, count: 2, "deep page": 3 } as const;
const MAX_GROWTH = 1.5;
const MAX_SPREAD = 20;

const round = (value: number): number => Number(value.toPrecision(3));

const spread = (times: readonly number[]) => ({
  p25: round(quantile(times, 0.25)),
  p50: round(median(times)),
  p75: round(quantile(times, 0.75)),
});

/** The middle of the ratios of runs that followed each other: what else the machine did has slowed both. */
const paired = (left: readonly number[], right: readonly number[]): number | null =>
  right.length === 0 ? null : round(median(left.map((time, at) => time / (right[at] ?? Number.NaN))));

/** One case, judged. */
export function judge({ of: { name, kind }, rows, times, hand }: Prepared) {
  const ratio = paired(times.product, times.hand) ?? Number.NaN;
  const growth = paired(times.product, times.smallProduct);
  const goal = goals[kind];
  return {
    name,
    kind,
    rows,
    runs: times.hand.length,
    handMs: spread(times.hand),
    productMs: spread(times.product),
    requestMs: spread(times.request),
    ratio,
    requestRatio: paired(times.request, times.hand) ?? Number.NaN,
    goal,
    growth,
    handGrowth: paired(times.hand, times.smallHand),
    met: ratio <= goal && (growth === null || growth <= MAX_GROWTH),
    handSql: hand.text.replace(/\s+/g, " "),
  };
}

export type Judged = ReturnType<typeof judge>;

/** How far apart the lists are: the slowest against the fastest. */
export function listSpread(results: readonly Judged[]) {
  const lists = results
    .filter(({ kind }) => kind !== "count")
    .sort((a, b) => a.productMs.p50 - b.productMs.p50);
  const [fastest, slowest] = [lists[0], lists.at(-1)];
  if (!fastest || !slowest) return null;
  const ratio = round(slowest.productMs.p50 / fastest.productMs.p50);
  return { fastest: fastest.name, slowest: slowest.name, ratio, goal: MAX_SPREAD, met: ratio <= MAX_SPREAD };
}

export function table(results: readonly Judged[]): string {
  const head = ["case", "kind", "rows", "hand ms", "a/c", "b/c", "goal", "growth", "by hand", ""];
  const lines = results.map((result) => [
    result.name,
    result.kind,
    String(result.rows),
    `${result.handMs.p50} (${result.handMs.p25}-${result.handMs.p75})`,
    result.ratio.toFixed(2),
    result.requestRatio.toFixed(2),
    String(result.goal),
    result.growth?.toFixed(2) ?? "",
    result.handGrowth?.toFixed(2) ?? "",
    result.met ? "met" : "MISSED",
  ]);
  const all = [head, ...lines];
  const widths = head.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  return all
    .map((line) =>
      line.map((text, at) => (at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))),
    )
    .map((line) => line.join("  ").trimEnd())
    .join("\n");
}

/** What is needed to read the figures elsewhere. */
export async function summary(runner: Runner, results: readonly Judged[], rounds: number) {
  const { large, small } = runner.world;
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? "",
    cores: cpus().length,
    postgres: await runner.version(),
    node: process.version,
    contacts: { large: large.size, small: small.size },
    rounds,
    met: results.filter(({ met }) => met).length,
    cases: results.length,
    lists: listSpread(results),
    results,
  };
}

/** The plans of both statements of a case that missed its goal. */
export async function plans(runner: Runner, { of: { name }, product, hand }: Prepared): Promise<string> {
  const both = [];
  for (const [whose, statement] of [
    ["product", product],
    ["by hand", hand],
  ] as const) {
    both.push(
      `-- ${whose}\n${statement.text}\n${JSON.stringify(statement.values)}\n\n${await runner.explain(statement)}`,
    );
  }
  return `== ${name}\n\n${both.join("\n\n")}\n`;
}
