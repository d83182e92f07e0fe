/** A place in the queue for connections. Each request and each job has one. */
export interface Turn {
  /** Connections go to organizations by turns. */
  readonly orgId: string;
  /** The kind of work. A request is in the lane `quick` until its cost is known. */
  lane: Lane;
  /** Requests of one organization and lane are served in the order in which they began. */
  readonly place: number;
  /** The request, as whoever follows it knows it; null for other work. Its statements are told with it. */
  readonly request: object | null;
}

/** The lanes, from the one that may use the most connections to the one that may use the fewest: see `Lanes`. */
export type Lane = "quick" | "write" | "heavy" | "job";

/** An operation of at least this cost (see docs/limits.md) is heavy: a page of about 100 records. */
export const HEAVY = 1_000;

let begun = 0;

/**
 * A turn for a request or job that begins now.
 *
 * @param request identifies the request; null for other work
 */
export function turnOf(orgId: string, lane: Lane = "quick", request: object | null = null): Turn {
  begun += 1;
  return { orgId, lane, place: begun, request };
}

/** The turn for the writes of a request or job, in the same place; a job stays in its own lane. */
export const writing = (turn: Turn): Turn =>
  turn.lane === "job" || turn.lane === "write" ? turn : { ...turn, lane: "write" };
