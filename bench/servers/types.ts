import type { World } from "./world-data.ts";

/** The servers that are compared, in the order of the table. */
export const serverNames = ["rolograph", "postgraphile", "plain", "floor"] as const;
export type ServerName = (typeof serverNames)[number];

/** The workloads that are requests to a running server; the others are in files of their own. */
export const letters = ["a", "b", "c", "d", "e", "f", "g"] as const;
export type Letter = (typeof letters)[number];

/** One request, ready to be sent. */
export interface Sending {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** May hold TIME. */
  readonly body: string;
}

/** Stands for how often a server has been asked before, in what is to be another change every time. */
export const TIME = "{{time}}";

/** Sends one request and gives what came, parsed. */
export type Ask = (sending: Sending) => Promise<unknown>;

/** How one server is asked, and its answers read. */
export interface Dialect {
  readonly name: ServerName;
  /** Requests of a workload, to be sent in rotation. */
  sendings(letter: Letter, world: World, ask: Ask): Promise<Sending[]>;
  /** An answer without what differs between servers: names of fields, spellings of ids, times and numbers. */
  read(letter: Letter, answer: unknown): unknown;
}

export const json = { "content-type": "application/json" } as const;
