import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { path } from "./commands.ts";

/** Workload h: the bench of the import, which compares with COPY by itself. */

export interface ImportTurn {
  readonly rows: number;
  readonly importSeconds: number;
  readonly copySeconds: number;
}

export async function measureImports(server: string, rows: number, turns: number): Promise<ImportTurn[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", path("../import.ts")], {
    cwd: path(".."),
    env: { ...process.env, ROWS: String(rows), TURNS: String(turns), BENCH_DATABASE_URL: server },
  });
  return [...stdout.matchAll(/import ([\d.]+) s, COPY ([\d.]+) s/g)].map(([, imported, copied]) => ({
    rows,
    importSeconds: Number(imported),
    copySeconds: Number(copied),
  }));
}
