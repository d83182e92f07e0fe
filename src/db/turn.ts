/** Whose turn it is when connections are short: each request, and each job, has one. */
export interface Turn {
  /** Organizations take turns. */
  readonly orgId: string;
  /** What it is about to do. A request is quick until its cost is known. */
  lane: Lane;
  /** Requests of one organization and lane are served in the order in which they began. */
  readonly place: number;
}

/** From the one with the most connections to the one with the fewest: see `Lanes`. */
export type Lane = "quick" | "write" | "heavy" | "job";

/** The cost, as docs/limits.md counts it, from which an operation is heavy: a page of 100 records or so. */
export const HEAVY = 1_000;

let begun = 0;

export function turnOf(orgId: string, lane: Lane = "quick"): Turn {
  begun += 1;
  return { orgId, lane, place: begun };
}

/** The turn of the same request with what it writes. */
export const writing = (turn: Turn): Turn =>
  turn.lane === "job" || turn.lane === "write" ? turn : { ...turn, lane: "write" };
