import { type ChildProcess, spawn } from "node:child_process";
import { expect, vi } from "vitest";

/** The server, started from the build as an operator starts it, with its output and log so far. */

const started = new Set<ChildProcess>();

export function startInstance(env: Readonly<Record<string, string | undefined>>) {
  const child = spawn(process.execPath, ["dist/main.js"], { env: { PATH: process.env.PATH, ...env } });
  started.add(child);
  let output = "";
  const read = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    child,
    exited,
    output: () => output,
    url: async () => (await seen(() => /^GraphQL: (.*)\n/m.exec(output)?.[1])) ?? "",
    /** Process ids of the workers that answer, in the order in which they started to answer. */
    workers: async (count: number) => {
      const pids = () =>
        [...output.matchAll(/^\{.*"worker":(\d+),"msg":"a worker answers"/gm)].map(([, pid]) => Number(pid));
      await seen(() => pids().length >= count);
      return pids();
    },
  };
}

export function killInstances(): void {
  for (const child of started) child.kill("SIGKILL");
}

/** Polls until `look` returns a value. */
export const seen = <T>(look: () => T | Promise<T>) =>
  vi.waitFor(
    async () => {
      const found = await look();
      expect(found).toBeTruthy();
      return found;
    },
    { timeout: 100_000, interval: 20 },
  );
