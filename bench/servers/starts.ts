import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandOf, helloCommand, rolographCommand } from "./commands.ts";
import { atEnd } from "./ending.ts";
import { ask } from "./load.ts";
import { type Command, type Running, start } from "./process.ts";
import { pageSending } from "./rolograph.ts";
import { json, type Sending } from "./types.ts";
import type { World } from "./world-data.ts";

/** Workload i: from the command to the first answer, beside Yoga's hello-world started the same way through npm. */

export const starters = ["hello", "rolograph", "rolograph embedded", "postgraphile"] as const;
export type Starter = (typeof starters)[number];

const seconds = (since: number) => (performance.now() - since) / 1000;

/** Seconds until the answer to one request is there. */
async function timeStart(command: Command, sendingOf: (running: Running) => Sending): Promise<number> {
  const began = performance.now();
  const running = await start(command);
  try {
    await ask(running, sendingOf(running));
    return seconds(began);
  } finally {
    await running.stop();
  }
}

const query = (text: string, headers: Readonly<Record<string, string>> = {}): Sending => ({
  path: "/graphql",
  headers: { ...json, ...headers },
  body: JSON.stringify({ query: text }),
});

/** The key that the embedded server prints. It is written before the port is open, and may come just after. */
async function timeEmbedded(directory: string): Promise<number> {
  const began = performance.now();
  const running = await start(rolographCommand(null, { DATA_DIR: directory }));
  try {
    for (;;) {
      const key = /API key: (\S+)/.exec(running.output())?.[1];
      if (key !== undefined) {
        await ask(
          running,
          query("{ contacts(first: 1) { nodes { id } } }", { authorization: `Bearer ${key}` }),
        );
        return seconds(began);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  } finally {
    await running.stop();
  }
}

/** Seconds of every start, by turns. */
export async function measureStarts(
  world: World,
  rounds: number,
  withPeer: boolean,
  say: (text: string) => void,
): Promise<ReadonlyMap<Starter, number[]>> {
  const directory = await mkdtemp(join(tmpdir(), "rolograph-bench-data-"));
  const remove = atEnd(() => rm(directory, { recursive: true, force: true }));
  const times = new Map<Starter, number[]>(starters.map((name) => [name, []]));
  const timed: Readonly<Record<Starter, () => Promise<number>>> = {
    hello: () => timeStart(helloCommand, () => query("{ hello }")),
    rolograph: () => timeStart(rolographCommand(world.url), () => pageSending(world, 1)),
    "rolograph embedded": () => timeEmbedded(directory),
    postgraphile: () =>
      timeStart(commandOf("postgraphile", world.url, ""), () =>
        query("{ allTags(first: 1) { nodes { name } } }"),
      ),
  };
  try {
    // The first start of all makes the embedded data and fills the caches of compiled files.
    for (let round = -1; round < rounds; round += 1) {
      for (const name of starters) {
        if (name === "postgraphile" && !withPeer) continue;
        const time = await timed[name]();
        if (round >= 0) times.get(name)?.push(time);
        say(
          `start ${name.padEnd(20)} ${time.toFixed(2)} s${round < 0 ? ", the first one: not counted" : ""}`,
        );
      }
    }
  } finally {
    await remove();
  }
  return times;
}
