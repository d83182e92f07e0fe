import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustAgree } from "./canon.ts";
import { commandOf } from "./commands.ts";
import { atEnd } from "./ending.ts";
import { floor, floorStatements } from "./floor.ts";
import { ask, Caller, type Measured } from "./load.ts";
import { plain } from "./plain.ts";
import { postgraphile } from "./postgraphile.ts";
import { type Running, start } from "./process.ts";
import { tapStatements } from "./proxy.ts";
import { rolograph } from "./rolograph.ts";
import type { Dialect, Letter, Sending, ServerName } from "./types.ts";
import type { Sent } from "./wire.ts";
import type { World } from "./world-data.ts";

/** All servers at once over the same rows, asked by turns. */

const dialects: Readonly<Record<ServerName, Dialect>> = { rolograph, postgraphile, plain, floor };

export const CONNECTIONS = 16;

/** Callers at once. The plain server reads every child of every parent: with more it would run out of memory. */
export const connectionsOf = (name: ServerName, letter: string): number =>
  name === "plain" && letter !== "g" && letter !== "d" ? (letter === "b" ? 1 : 4) : CONNECTIONS;

/** A server in a workload: what it was asked, and every round's figures. */
export interface Entry {
  readonly letter: Letter;
  readonly server: ServerName;
  readonly caller: Caller;
  /** What it sent to PostgreSQL for so many requests, outside of what is timed. */
  readonly sampled: { readonly requests: number; readonly sent: readonly Sent[] };
  readonly rounds: Map<number, Measured>;
  /** Why it takes no part. */
  failure: string | null;
}

export interface Contest {
  readonly entries: readonly Entry[];
  readonly servers: ReadonlyMap<ServerName, Running>;
  /** The settings that each server connects with. */
  readonly options: ReadonlyMap<ServerName, string | undefined>;
  close(): Promise<void>;
}

interface Options {
  readonly names: readonly ServerName[];
  readonly letters: readonly Letter[];
  readonly say: (text: string) => void;
}

/** Requests of a workload that are sent once: to compare answers, and to count statements. */
const SAMPLES = 16;
/** How often they are sent in between. */
const WARMING = 3;

/**
 * Starts the servers, sees that they agree and notes their statements.
 *
 * @throws Error when two servers answer differently
 */
export async function openContest(world: World, { names, letters, say }: Options): Promise<Contest> {
  const folder = await mkdtemp(join(tmpdir(), "rolograph-bench-"));
  const remove = atEnd(() => rm(folder, { recursive: true, force: true }));
  const statements = join(folder, "statements.json");
  await writeFile(statements, JSON.stringify(floorStatements(world)));
  const servers = new Map<ServerName, Running>();
  const options = new Map<ServerName, string | undefined>();
  const entries: Entry[] = [];
  const close = async () => {
    await Promise.all(entries.map(({ caller }) => caller.close()));
    await Promise.all([...servers.values()].map((running) => running.stop()));
    await remove();
  };
  try {
    const answers = new Map<string, { name: ServerName; answer: unknown }>();
    for (const name of names) {
      const dialect = dialects[name];
      const tap = await tapStatements(world.url);
      const tapped = await start(commandOf(name, tap.url, statements));
      const running = await start(commandOf(name, world.url, statements));
      servers.set(name, running);
      try {
        for (const letter of letters) {
          const sendings = await dialect.sendings(letter, world, (sending) => ask(running, sending));
          const entry = { letter, server: name, failure: null as string | null, rounds: new Map() };
          let sampled: Entry["sampled"] = { requests: 0, sent: [] };
          try {
            sampled = await sample(dialect, letter, sendings, tapped, tap.take, answers);
          } catch (error) {
            if (name !== "plain") throw error;
            entry.failure = (error as Error).message.slice(0, 300);
            say(`${letter} ${name}: ${entry.failure}`);
          }
          const caller = new Caller(running, sendings, connectionsOf(name, letter));
          entries.push({ ...entry, caller, sampled });
        }
        options.set(name, tap.options());
      } finally {
        await tapped.stop();
        tap.close();
      }
      say(`${name} answers like the others`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { entries, servers, options, close };
}

/** Sends some requests twice: the first time answers are compared, the second time statements are noted. */
async function sample(
  { name, read }: Dialect,
  letter: Letter,
  sendings: readonly Sending[],
  running: Running,
  take: () => readonly Sent[],
  answers: Map<string, { name: ServerName; answer: unknown }>,
): Promise<Entry["sampled"]> {
  const some = sendings.slice(0, SAMPLES);
  for (const [at, sending] of some.entries()) {
    const answer = read(letter, await ask(running, sending));
    const key = `${letter}${at}`;
    const known = answers.get(key);
    if (known) mustAgree(`workload ${letter}, request ${at}`, [known.name, name], known.answer, answer);
    else answers.set(key, { name, answer });
  }
  // Statements are kept and named, and queries compiled, when they come again; the plain server keeps nothing, and
  // reads for seconds.
  for (let time = 1; name !== "plain" && time <= WARMING; time += 1) {
    for (const sending of some) await ask(running, sending, time);
  }
  take();
  for (const sending of some) await ask(running, sending, WARMING + 1);
  return { requests: some.length, sent: take() };
}

/** One round of every workload on every server, in another order every time. */
export async function playRound(
  { entries }: Contest,
  letters: readonly Letter[],
  round: number,
  seconds: number,
  say: (text: string) => void,
): Promise<void> {
  for (const letter of letters) {
    const playing = entries.filter((entry) => entry.letter === letter && entry.failure === null);
    for (let turn = 0; turn < playing.length; turn += 1) {
      const entry = playing[(turn + Math.max(round, 0)) % playing.length];
      // The plain server is far behind: every other round shows that as well.
      if (!entry || (entry.server === "plain" && round % 2 !== 0)) continue;
      try {
        const connections = connectionsOf(entry.server, letter);
        const measured = await entry.caller.load({ seconds, connections });
        if (round >= 0) entry.rounds.set(round, measured);
        const { throughput, p50, cpuMs, loadShare } = measured;
        say(
          `round ${round + 1} ${letter} ${entry.server.padEnd(12)} ${throughput.toFixed(1).padStart(8)}/s ` +
            `p50 ${p50.toFixed(1)} ms, CPU ${cpuMs.toFixed(2)} ms, load ${(loadShare * 100).toFixed(0)} %`,
        );
      } catch (error) {
        if (entry.server !== "plain") throw error;
        entry.failure = (error as Error).message.slice(0, 300);
        say(`${letter} ${entry.server}: ${entry.failure}`);
      }
    }
  }
}
