import type { Lane, Turn } from "../turn.ts";

/**
 * Decides who gets the next connection of a pool, so that long work does not delay short work, and no organization
 * keeps the others out.
 *
 * Each lane leaves connections free for the lanes before it: writes leave a quarter of the pool to quick reads, heavy
 * reads leave two quarters, and jobs use at most one quarter. A free connection goes to the flow (one lane of one
 * organization) that has the fewest connections, of the flows that wait and may have one more. If several have equally
 * few, it goes to the one that has waited longest since it was last served.
 */

const lanes: readonly Lane[] = ["quick", "write", "heavy", "job"];

/** A request for one connection. */
export interface Ticket {
  readonly turn: Turn;
  /** The lane at the moment of asking. */
  readonly lane: Lane;
  /** Called once, when a connection may be taken. */
  readonly begin: () => void;
}

/** One lane of one organization. */
interface Flow {
  /** Number of connections that it has. */
  active: number;
  /** In the order in which their requests or jobs began. */
  readonly waiting: Ticket[];
}

export class Lanes {
  /** For each lane, the most connections that it and the lanes after it may have together. */
  readonly #most: readonly number[];
  /** For each lane, how many connections it and the lanes after it have. */
  readonly #taken: number[] = lanes.map(() => 0);
  readonly #flows = new Map<string, Flow>();
  #waiting = 0;

  /** @param size number of connections of the pool */
  constructor(size: number) {
    const part = Math.floor(size / 4);
    this.#most = [size, size - part, size - 2 * part, Math.max(1, part)];
  }

  /** Number of tickets that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Lets a ticket begin, at once or when its turn comes. */
  ask(ticket: Ticket): void {
    const flow = this.#flowOf(ticket);
    if (this.#mayBegin(ticket.lane) && flow.waiting.length === 0) {
      this.#begin(flow, ticket);
    } else {
      const behind = flow.waiting.findLastIndex(({ turn }) => turn.place <= ticket.turn.place);
      flow.waiting.splice(behind + 1, 0, ticket);
      this.#waiting += 1;
    }
  }

  /** Removes a ticket that has waited too long. */
  giveUp(ticket: Ticket): void {
    const flow = this.#flowOf(ticket);
    const at = flow.waiting.indexOf(ticket);
    if (at === -1) return;
    flow.waiting.splice(at, 1);
    this.#waiting -= 1;
    this.#forget(ticket, flow);
  }

  /** Notes that a ticket's connection was given back or could not be opened, and lets waiting tickets begin. */
  end(ticket: Ticket): void {
    const flow = this.#flowOf(ticket);
    flow.active -= 1;
    for (let rank = lanes.indexOf(ticket.lane); rank >= 0; rank -= 1)
      this.#taken[rank] = this.#count(rank) - 1;
    this.#forget(ticket, flow);
    while (this.#waiting > 0) {
      const next = this.#next();
      if (!next) return;
      const [key, chosen] = next;
      const first = chosen.waiting.shift();
      if (!first) return;
      this.#waiting -= 1;
      // Moves the flow to the end: among flows with equally few connections, the first one is served.
      this.#flows.delete(key);
      this.#flows.set(key, chosen);
      this.#begin(chosen, first);
    }
  }

  #count(rank: number): number {
    return this.#taken[rank] ?? 0;
  }

  #begin(flow: Flow, ticket: Ticket): void {
    flow.active += 1;
    for (let rank = lanes.indexOf(ticket.lane); rank >= 0; rank -= 1)
      this.#taken[rank] = this.#count(rank) + 1;
    ticket.begin();
  }

  #mayBegin(lane: Lane): boolean {
    for (let rank = lanes.indexOf(lane); rank >= 0; rank -= 1) {
      if (this.#count(rank) >= (this.#most[rank] ?? 0)) return false;
    }
    return true;
  }

  #next(): [string, Flow] | undefined {
    let best: [string, Flow] | undefined;
    for (const entry of this.#flows) {
      const [, { active, waiting }] = entry;
      if (waiting[0] && (!best || active < best[1].active) && this.#mayBegin(waiting[0].lane)) best = entry;
    }
    return best;
  }

  #flowOf(ticket: Ticket): Flow {
    const key = keyOf(ticket);
    const known = this.#flows.get(key);
    if (known) return known;
    const flow: Flow = { active: 0, waiting: [] };
    this.#flows.set(key, flow);
    return flow;
  }

  #forget(ticket: Ticket, { active, waiting }: Flow): void {
    if (active === 0 && waiting.length === 0) this.#flows.delete(keyOf(ticket));
  }
}

const keyOf = ({ turn, lane }: Ticket): string => `${lane} ${turn.orgId}`;
