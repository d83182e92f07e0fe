import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { atEnd } from "./ending.ts";

/** Processes under measurement: started, watched through /proc, ended with all that they started. */

export interface Running {
  readonly port: number;
  readonly pid: number;
  /** Milliseconds of CPU, its children's included; 0 where there is no /proc. */
  cpu(): number;
  /** Forgets the peak of memory. */
  resetPeak(): void;
  /**
   * MiB at the peak of whichever of the processes has most: a package manager in front of the server does not count.
   */
  peak(): number;
  /** MiB just now. */
  memory(): number;
  /** What it has written on standard output. */
  output(): string;
  /** The end of what it has written on standard error. */
  complaints(): string;
  stop(): Promise<void>;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A port that was free a moment ago. */
export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Starts a server, which is told its port by PORT. */
export async function start({ file, args, cwd, env }: Command): Promise<Running> {
  const port = await freePort();
  const child = spawn(file, args, {
    cwd,
    env: {
      ...process.env,
      // npm and its scripts find the Node.js that runs the benchmark, whatever PATH says.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let written = "";
  let complaints = "";
  child.stdout?.on("data", (chunk) => {
    written += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    complaints = (complaints + String(chunk)).slice(-4000);
  });
  const pid = child.pid ?? 0;
  const stop = atEnd(() => stopped(child));
  try {
    await listening(child, port);
  } catch {
    await stop();
    throw new Error(`${file} ${args.join(" ")} did not listen\n${complaints}`);
  }
  return {
    port,
    pid,
    cpu: () => sum(family(pid).map(cpuOf)),
    resetPeak: () => {
      for (const each of family(pid)) attempt(() => writeFileSync(`/proc/${each}/clear_refs`, "5"));
    },
    peak: () => Math.max(...family(pid).map((each) => memoryOf(each, "VmHWM")), 0),
    memory: () => Math.max(...family(pid).map((each) => memoryOf(each, "VmRSS")), 0),
    output: () => written,
    complaints: () => complaints,
    stop,
  };
}

/** Ends a process with all that it started, and waits for it. */
export const stopped = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const kill = setTimeout(() => signal(child, "SIGKILL"), 10_000);
    child.once("close", () => {
      clearTimeout(kill);
      resolve();
    });
    signal(child, "SIGTERM");
  });

/** To a process and those that it started: they have a group of their own. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid !== undefined) attempt(() => process.kill(-pid, name));
}

const attempt = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Waits until something listens on the port; it looks every few milliseconds, for starts are measured too. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  for (const until = Date.now() + 120_000; Date.now() < until; ) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  throw new Error("nothing listens");
}

const stat = (pid: number): string[] =>
  // The name in parentheses may hold spaces.
  attempt(() =>
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" "),
  ) ?? [];

/** A process and its descendants. */
function family(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of attempt(() => readdirSync("/proc")) ?? []) {
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(stat(Number(name))[1]));
  }
  const members = [pid];
  for (const member of members) {
    for (const [each, parent] of parents) if (parent === member) members.push(each);
  }
  return members;
}

/** Linux counts in hundredths of a second. */
const cpuOf = (pid: number): number => {
  const fields = stat(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
};

const memoryOf = (pid: number, field: "VmHWM" | "VmRSS"): number => {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "";
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
};
