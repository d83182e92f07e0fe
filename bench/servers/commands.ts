import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "./process.ts";
import type { ServerName } from "./types.ts";

/** How each server is started. */

export const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const product = path("../..");
const bench = path("..");
const peer = path("../peer");
const nothing: Readonly<Record<string, string>> = {};

/** A Node.js that PostgreSQL's peer runs on: the one that its package brings, or this one when it is new enough. */
export function newerNode(): string | null {
  const brought = `${peer}/node_modules/node-${process.platform}-${process.arch}/bin/node`;
  if (existsSync(brought)) return brought;
  return Number(process.versions.node.split(".")[0]) >= 22 ? process.execPath : null;
}

/** Costs are counted, and so high a sum is refused to nobody. */
const anyCost = { COST_PER_MINUTE: "1000000000000", ORGANIZATION_COST_PER_MINUTE: "1000000000000" };

/** The product as an operator starts it. Nothing of it is purged in the middle of a measurement. */
export const rolographCommand = (url: string | null, env = nothing): Command => ({
  file: "npm",
  args: ["start", "--silent"],
  cwd: product,
  env: { ...(url !== null && { DATABASE_URL: url }), PURGE_EVERY_MINUTES: "0", ...anyCost, ...env },
});

export const helloCommand: Command = {
  file: "npm",
  args: ["run", "--silent", "hello"],
  cwd: bench,
  env: nothing,
};

const typescript = (script: string, env: Readonly<Record<string, string>>): Command => ({
  file: process.execPath,
  args: ["--import", "tsx", script],
  cwd: bench,
  env,
});

/** @param statements the file with the floor's statements */
export function commandOf(name: ServerName, url: string, statements: string): Command {
  switch (name) {
    case "rolograph":
      return rolographCommand(url);
    case "floor":
      return typescript("servers/hosts/floor.ts", { DATABASE_URL: url, STATEMENTS: statements });
    case "plain":
      return typescript("servers/hosts/plain.ts", { DATABASE_URL: url });
    case "postgraphile":
      return {
        file: newerNode() ?? process.execPath,
        args: ["postgraphile.ts"],
        cwd: peer,
        env: { DATABASE_URL: url, GRAPHILE_ENV: "production" },
      };
  }
}
