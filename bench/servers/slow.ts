import { spawn } from "node:child_process";
import { path } from "./commands.ts";
import { CONNECTIONS, type Contest } from "./contest.ts";
import type { Measured } from "./load.ts";
import type { Sending } from "./types.ts";

/** Workload j: workload a while 500 clients read their answers at a thousand bytes a second. */

const CLIENTS = 500;
const BYTES_A_SECOND = 1000;

/** Measures a server of the contest that takes part in workload a; null when it does not. */
export async function measureBesideSlow(
  { entries }: Contest,
  name: string,
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
    { cwd: path(".."), stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      clients.stdout.on("data", (chunk) => String(chunk).includes("all are being answered") && resolve());
      clients.once("error", reject).once("close", () => reject(new Error("the slow clients ended")));
    });
    // All have the beginning of their first answers: what is timed is not their rush.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return await entry.caller.load({ seconds, connections: CONNECTIONS });
  } finally {
    clients.kill();
  }
}

function rawRequest({ path: target, headers, body }: Sending): string {
  const lines = Object.entries({ host: "127.0.0.1", "content-length": Buffer.byteLength(body), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${target} HTTP/1.1\r\n${head}\r\n${body}`).toString("base64");
}
