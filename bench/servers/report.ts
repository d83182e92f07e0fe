import { execFile } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { path } from "./commands.ts";
import { verdict } from "./readme.ts";
import type { Goal, Machine, Row } from "./result.ts";

/** A run's report: as data, and as text for whoever waits for it. */

/** What is to be known of the machine. */
export const machine = (postgres: string): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${release()}`,
  node: process.version,
  postgres,
});

const git = async (...args: string[]) =>
  (await promisify(execFile)("git", args, { cwd: path("../..") })).stdout.trim();

/** What a run measures: the product and what it needs. */
const measured = ["src", "prisma", "package-lock.json"];

/** The commit that is measured; empty outside of a repository. */
export async function revision(): Promise<string> {
  try {
    const changed = await git("status", "--porcelain", "--", ...measured);
    return `${await git("rev-parse", "--short", "HEAD")}${changed === "" ? "" : "+"}`;
  } catch {
    return "";
  }
}

/** When what is measured was changed last; null outside of a repository. */
export async function codeChanged(): Promise<Date | null> {
  try {
    return new Date(await git("log", "-1", "--format=%cI", "--", ...measured));
  } catch {
    return null;
  }
}

const cell = (value: number | null): string => (value === null ? "" : String(value));
const withSpread = (value: number | null, spread: readonly [number, number] | null): string =>
  value === null ? "" : spread ? `${value} (${spread[0]}–${spread[1]})` : String(value);

export function table(rows: readonly Row[]): string {
  const heads = "workload,server,/s,p50 ms,p99 ms,CPU ms,statements,MiB,of floor,of PostGraphile".split(",");
  const cells = [...rows]
    .sort((left, right) => (left.workload < right.workload ? -1 : left.workload > right.workload ? 1 : 0))
    .map((row) => [
      row.workload,
      row.failure ? `${row.server}: ${row.failure.slice(0, 60)}` : row.server,
      ...[row.throughput, row.p50, row.p99, row.cpuMs, row.statements, row.rssMiB].map(cell),
      withSpread(row.ofFloor, row.spread.ofFloor),
      withSpread(row.ofPeer, row.spread.ofPeer),
    ]);
  const widths = heads.map((_, at) => Math.max(...[heads, ...cells].map((line) => line[at]?.length ?? 0)));
  return [heads, ...cells]
    .map((line) =>
      line
        .map((text, at) => (at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const goalTable = (goals: readonly Goal[]): string =>
  goals
    .map((goal) =>
      [goal.workload.padEnd(5), goal.goal.padEnd(76), cell(goal.value).padStart(6), verdict(goal)].join(" "),
    )
    .join("\n");

/** Where the load generator took most of a core, and may have been what limits. */
export function busiest(rows: readonly Row[]): string {
  const [most] = [...rows].sort((left, right) => (right.loadShare ?? 0) - (left.loadShare ?? 0));
  return most
    ? `The load generator took ${Math.round((most.loadShare ?? 0) * 100)} % of a core at most (${most.workload}, ${most.server}).`
    : "";
}
