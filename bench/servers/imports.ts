import { spawn } from "node:child_process";
import { path } from "./commands.ts";
import { atEnd } from "./ending.ts";
import { stopped } from "./process.ts";

/** Workload h: the bench of the import, which compares with COPY by itself. */

export interface ImportTurn {
  readonly rows: number;
  readonly importSeconds: number;
  readonly copySeconds: number;
}

export async function measureImports(
  server: string,
  rows: number,
  turns: number,
  say: (text: string) => void,
): Promise<ImportTurn[]> {
  const child = spawn(process.execPath, ["--import", "tsx", path("../import.ts")], {
    cwd: path(".."),
    env: { ...process.env, ROWS: String(rows), TURNS: String(turns), BENCH_DATABASE_URL: server },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const stop = atEnd(() => stopped(child));
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
    say(String(chunk).trimEnd());
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  await stop();
  if (code !== 0) throw new Error("the import's bench failed");
  return [...output.matchAll(/import ([\d.]+) s, COPY ([\d.]+) s/g)].map(([, imported, copied]) => ({
    rows,
    importSeconds: Number(imported),
    copySeconds: Number(copied),
  }));
}
