import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startMetrics } from "../../src/server/watch/metrics.ts";
import { testDatabase } from "../support/database.ts";
import { keptLog } from "../support/log.ts";

/** What the papers for operators say of metrics is what there is. */

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
}

/** All metrics, and the labels of each that is the product's own. */
async function allMetrics() {
  const { registry, stop } = startMetrics(await testDatabase(), keptLog().logger, "1");
  const metrics = registry.getMetricsAsArray() as unknown as (Metric & {
    readonly labelNames?: readonly string[];
  })[];
  const made = metrics.map(({ name, help, type, labelNames = [] }) => ({
    name,
    help,
    type: String(type),
    labelNames,
  }));
  stop();
  return made;
}

/** The rows of the table in docs/operating/metrics.md, of what is registered. */
async function expectedRows(): Promise<string[]> {
  return (await allMetrics())
    .filter(({ name }) => name.startsWith("rolograph_"))
    .map(({ name, help, type, labelNames }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(", ");
      return `| \`${name}\` | ${type} | ${labels} | ${help} |`;
    })
    .sort();
}

test("docs/operating/metrics.md has every metric with its type, its labels and its words", async () => {
  const text = await readFile("docs/operating/metrics.md", "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| `rolograph_"));
  expect(rows).toEqual(await expectedRows());
});

test("names have their unit, and those of sums end as Prometheus has it", async () => {
  for (const { name, type, help } of await allMetrics()) {
    if (!name.startsWith("rolograph_")) continue;
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    expect(name).not.toMatch(/_(ms|milliseconds|time|latency)(_|$)/);
    expect(help).toMatch(/^[A-Z].*\.$/s);
  }
});

/** Names of metrics in an expression, each with the labels that it is asked by. */
function asked(expression: string) {
  return [...expression.matchAll(/\b((?:rolograph|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", by = ""]) => ({
      name,
      labels: [...by.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
    }),
  );
}

test.each(["grafana.json", "alerts.yml"])("every metric and label that %s asks for exists", async (file) => {
  const text = await readFile(`docs/operating/${file}`, "utf8");
  const known = new Map<string, readonly string[]>();
  for (const { name, type, labelNames } of await allMetrics()) {
    const series = type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
    for (const each of series) known.set(each, [...labelNames, "job", "le", "instance"]);
  }
  const expressions =
    file === "grafana.json"
      ? (JSON.parse(text).panels as { targets?: { expr: string }[] }[]).flatMap(({ targets = [] }) =>
          targets.map(({ expr }) => expr),
        )
      : [...text.matchAll(/^ +expr: (.*)$/gm)].map(([, expression = ""]) => expression);
  const questions = expressions.flatMap(asked);
  expect(questions.length).toBeGreaterThan(10);
  expect(questions.filter(({ name }) => !known.has(name)).map(({ name }) => name)).toEqual([]);
  for (const { name, labels } of questions)
    expect([name, labels.filter((label) => !known.get(name)?.includes(label))]).toEqual([name, []]);
});

test("the board shows every metric of the product", async () => {
  const board = JSON.parse(await readFile("docs/operating/grafana.json", "utf8"));
  const text = JSON.stringify(board.panels);
  const names = (await allMetrics()).map(({ name }) => name).filter((name) => name.startsWith("rolograph_"));
  expect(names.filter((name) => !text.includes(name))).toEqual(["rolograph_http_request_duration_seconds"]);
  const ids = board.panels.map(({ id }: { id: number }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
