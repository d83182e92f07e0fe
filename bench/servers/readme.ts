import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Goal, Report, Row } from "./result.ts";

/** The README's tables of what the last whole run of each size has found. */

/** The sizes with results of their own: the file of the results, by the number of contacts. */
export const resultsOf: ReadonlyMap<number, Results> = new Map([
  [1_000_000, "latest"],
  [40_000, "small"],
]);
export type Results = "latest" | "small";

const begin = (results: Results) =>
  `<!-- Written by \`npm run bench\` out of bench/results/${results}.json. -->`;
const END = "<!-- To here. -->";

const file = fileURLToPath(new URL("../../README.md", import.meta.url));

const what: Readonly<Record<string, string>> = {
  a: "50 contacts, 5 deals and 5 activities each",
  b: "the same, 20 contacts with 10 000 activities",
  c: "the smart list above, with its number",
  d: "one contact with everything, by id",
  e: "a deep page, by cursor",
  f: "16 shapes of filters in rotation",
  g: "`contactUpdate`",
  h: "an import; its floor is COPY",
  i: "a start, until the first answer; its floor is Yoga's hello-world",
  j: "a, beside 500 clients that read 1 kB/s",
};

export const verdict = ({ met }: Goal): string => (met === null ? "not measured" : met ? "met" : "MISSED");

const thousands = (value: number): string => value.toLocaleString("en-US");

const lineOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A ratio and its spread over the rounds. */
const ratio = (value: number | null, spread: readonly [number, number] | null): string =>
  value === null ? "" : `${value}${spread ? ` (${spread[0]}–${spread[1]})` : ""}`;

/** One workload of the product, beside the other servers in the same run. */
function workload(row: Row, rows: readonly Row[], { importRows }: Report): string {
  const beside = (server: string) =>
    rows.find((other) => other.workload === row.workload && other.server === server);
  const share = (of: "throughput" | "cpuMs", server: string): string => {
    const [own, other] = [row[of], beside(server)?.[of]];
    return own === null || !other ? "" : String(Number((own / other).toPrecision(2)));
  };
  const embedded = row.server === "rolograph embedded" ? ", embedded" : "";
  const many = row.workload === "h" ? ` of ${thousands(importRows)} rows` : "";
  const words = (what[row.workload] ?? row.workload).replace(/^(a start|an import)/, `$1${embedded}${many}`);
  const speed = row.throughput === null ? `${thousands(row.p50 ?? 0)} ms` : `${thousands(row.throughput)}/s`;
  return lineOf([
    `${row.workload}: ${words}`,
    speed,
    ratio(row.ofFloor, row.spread.ofFloor),
    ratio(row.ofPeer, row.spread.ofPeer),
    share("cpuMs", "postgraphile"),
    share("throughput", "plain"),
    row.statements === null ? "" : String(row.statements),
  ]);
}

/** What stands between the README's marks. */
export function readmeTable(report: Report): string {
  const { date, revision, machine, data, rounds, rows, goals } = report;
  const day = new Date(date).toISOString().slice(0, 10);
  const own = rows
    .filter(({ server }) => server.startsWith("rolograph"))
    .sort((left, right) => (left.workload < right.workload ? -1 : left.workload > right.workload ? 1 : 0));
  return [
    `${day}${revision === "" ? "" : ` at ${revision}`}, ${machine.cpu}, ${machine.cores} cores, ` +
      `${machine.memoryGiB} GiB, Node.js ${machine.node.slice(1)}, PostgreSQL ${machine.postgres.split(" ")[0]}: ` +
      `${thousands(data.contacts)} contacts, ${thousands(data.deals)} deals, ${thousands(data.activities)} activities. ` +
      `The middle of ${rounds} rounds, and the least and the greatest.`,
    "",
    lineOf([
      "workload",
      "",
      "× the floor",
      "× PostGraphile",
      "CPU × PostGraphile",
      "× plain server",
      "statements",
    ]),
    lineOf(["---", "--:", "--:", "--:", "--:", "--:", "--:"]),
    ...own.map((row) => workload(row, rows, report)),
    "",
    lineOf(["goal", "", "found", ""]),
    lineOf(["---", "---", "--:", "---"]),
    ...goals.map((goal) =>
      lineOf([
        goal.workload,
        goal.goal,
        goal.value === null ? "" : String(goal.value),
        goal.met === false ? "**missed**" : verdict(goal),
      ]),
    ),
  ].join("\n");
}

/** @throws Error when the README has no place for it */
export function withTable(readme: string, results: Results, report: Report): string {
  const from = readme.indexOf(begin(results));
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`README.md lacks ${begin(results)} … ${END}`);
  return `${readme.slice(0, from + begin(results).length)}\n\n${readmeTable(report)}\n\n${readme.slice(to)}`;
}

/** Writes a table into the README. */
export async function writeReadme(results: Results, report: Report): Promise<void> {
  await writeFile(file, withTable(await readFile(file, "utf8"), results, report));
}

/** Whether the README says what a report says. */
export async function readmeAgrees(results: Results, report: Report): Promise<boolean> {
  const readme = await readFile(file, "utf8");
  return readme === withTable(readme, results, report);
}

/** The report of the last whole run of a size. */
export const reportOf = async (results: Results): Promise<Report> =>
  JSON.parse(await readFile(new URL(`../results/${results}.json`, import.meta.url), "utf8"));
