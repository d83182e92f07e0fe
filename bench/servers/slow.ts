import { spawn } from "node:child_process";
import { path } from "./commands.ts";
import { CONNECTIONS, type Contest } from "./contest.ts";
import { atEnd } from "./ending.ts";
import type { Measured } from "./load.ts";
import { stopped } from "./process.ts";
import type { Row } from "./result.ts";
import { rowOf } from "./rows.ts";
import type { Sending, ServerName } from "./types.ts";

/** Workload j: workload a while 500 clients read their answers at a thousand bytes a second. */

const CLIENTS = 500;
const BYTES_A_SECOND = 1000;

/** By turns. The plain server has no part: it would have to be asked by fewer at once. */
export async function measureSlow(
  contest: Contest,
  rounds: number,
  seconds: number,
  say: (text: string) => void,
): Promise<Row[]> {
  const names = [...contest.servers.keys()].filter((name) => name !== "plain");
  const found = new Map<ServerName, Map<number, Measured>>(names.map((name) => [name, new Map()]));
  for (let at = 0; at < rounds; at += 1) {
    for (const [name, own] of found) {
      const measured = await measureBesideSlow(contest, name, seconds);
      if (!measured) continue;
      own.set(at, measured);
      say(`round ${at + 1} j ${name.padEnd(12)} ${measured.throughput.toFixed(1).padStart(8)}/s`);
    }
  }
  const beside = { floor: found.get("floor"), peer: found.get("postgraphile") };
  return [...found].map(([server, own]) => rowOf({ workload: "j", server }, own, beside));
}

/** Measures a server of the contest that takes part in workload a; null when it does not. */
async function measureBesideSlow(
  { entries }: Contest,
  name: ServerName,
  seconds: number,
): Promise<Measured | null> {
  const entry = entries.find(({ letter, server }) => letter === "a" && server === name);
  const [sending] = entry?.caller.sendings ?? [];
  if (!entry || !sending || entry.failure !== null) return null;
  const { port } = entry.caller.running;
  const clients = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      path("hosts/slow-clients.ts"),
      String(port),
      String(CLIENTS),
      String(BYTES_A_SECOND),
      rawRequest(sending),
    ],
    { cwd: path(".."), stdio: ["ignore", "pipe", "inherit"], detached: true },
  );
  const stop = atEnd(() => stopped(clients));
  try {
    await new Promise<void>((resolve, reject) => {
      clients.stdout.on("data", (chunk) => String(chunk).includes("all are being answered") && resolve());
      clients.once("error", reject).once("close", () => reject(new Error("the slow clients ended")));
    });
    // All have the beginning of their first answers: what is timed is not their rush.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return await entry.caller.load({ seconds, connections: CONNECTIONS });
  } finally {
    await stop();
  }
}

function rawRequest({ path: target, headers, body }: Sending): string {
  const lines = Object.entries({ host: "127.0.0.1", "content-length": Buffer.byteLength(body), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${target} HTTP/1.1\r\n${head}\r\n${body}`).toString("base64");
}
