import { mkdir, readFile, writeFile } from "node:fs/promises";
import { commandOf, path } from "./commands.ts";
import { CONNECTIONS } from "./contest.ts";
import { startInspected } from "./inspector.ts";
import { ask, Caller } from "./load.ts";
import { type Profile, sharesOf } from "./profile-shares.ts";
import { rolograph } from "./rolograph.ts";
import type { Letter } from "./types.ts";
import type { World } from "./world-data.ts";

/** Where the product's time goes in one workload: a profile for Chrome's developer tools, and its shares. */

const SAMPLE_MICROSECONDS = 500;

export async function profileWorkload(
  world: World,
  letter: Letter,
  seconds: number,
  say: (text: string) => void,
): Promise<void> {
  const running = await startInspected(commandOf("rolograph", world.url, ""));
  try {
    const sendings = await rolograph.sendings(letter, world, (sending) => ask(running, sending));
    const caller = new Caller(running, sendings, CONNECTIONS);
    await caller.load({ seconds: 3, connections: CONNECTIONS });
    const { result } = await running.send<{ result: { value: number } }>("Runtime.evaluate", {
      expression: "process.pid",
    });
    await running.send("Profiler.enable");
    await running.send("Profiler.setSamplingInterval", { interval: SAMPLE_MICROSECONDS });
    const before = await threadSeconds(result.value);
    await running.send("Profiler.start");
    const measured = await caller.load({ seconds, connections: CONNECTIONS });
    const { profile } = await running.send<{ profile: Profile }>("Profiler.stop");
    const after = await threadSeconds(result.value);
    await caller.close();
    const file = path(`../results/${letter}.cpuprofile`);
    await mkdir(path("../results"), { recursive: true });
    await writeFile(file, JSON.stringify(profile));
    const { busySeconds, groups, rooms, functions } = sharesOf(profile);
    const lines = (shares: ReadonlyMap<string, number>, most: number) =>
      [...shares]
        .sort(([, left], [, right]) => right - left)
        .slice(0, most)
        .map(([name, share]) => `${(share * 100).toFixed(1).padStart(5)} %  ${name}`)
        .join("\n");
    say(
      `workload ${letter}: ${measured.throughput.toFixed(0)} requests a second, p50 ${measured.p50.toFixed(1)} ms, ` +
        `CPU ${measured.cpuMs.toFixed(2)} ms a request, while it was profiled\n`,
    );
    say(`${lines(groups, 20)}\n\nown code\n${lines(rooms, 12)}\n\nfunctions\n${lines(functions, 30)}\n`);
    if (before !== null && after !== null) {
      const waited = Math.max(0, 1 - (after - before) / busySeconds);
      say(
        `The samples find the main thread at work for ${busySeconds.toFixed(1)} s, of which it had a core for ` +
          `${(after - before).toFixed(1)} s: ${(waited * 100).toFixed(0)} % of the shares are waits for a core. Most of them ` +
          "count as writes, for what a write wakes takes the core.",
      );
    }
    say(`written: ${file}`);
  } finally {
    await running.stop();
  }
}

/** Seconds of CPU of a process's main thread; null where there is no /proc. */
async function threadSeconds(pid: number): Promise<number | null> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/stat`, "utf8");
    const fields = text.replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
