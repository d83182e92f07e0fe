import type { Lane, Turn } from "../turn.ts";

/**
 * Who gets the next connection of a pool, so that what is quick is answered while what takes long queues, and no
 * organization keeps the others out.
 *
 * A part of the connections, a quarter, is kept from each lane for those before it: what writes leaves it to quick
 * reads, heavy reads leave two of them, and jobs have no more than one. Of those who wait and may have a connection, an
 * organization's lane with the fewest has the next one; where several have as few, the one that was not served for the
 * longest time.
 */

const lanes: readonly Lane[] = ["quick", "write", "heavy", "job"];

/** A wish for a connection. */
export interface Ticket {
  readonly turn: Turn;
  /** The lane at the moment of asking. */
  readonly lane: Lane;
  /** Called once it may take a connection. */
  readonly begin: () => void;
}

/** One lane of one organization. */
interface Flow {
  /** Connections that it has. */
  active: number;
  /** In the order of their requests. */
  readonly waiting: Ticket[];
}

export class Lanes {
  /** The most connections that a lane and those after it may have together. */
  readonly #most: readonly number[];
  /** How many they have. */
  readonly #taken: number[] = lanes.map(() => 0);
  readonly #flows = new Map<string, Flow>();
  #waiting = 0;

  /** @param size connections of the pool */
  constructor(size: number) {
    const part = Math.floor(size / 4);
    this.#most = [size, size - part, size - 2 * part, Math.max(1, part)];
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Lets it begin at once, or when its turn has come. */
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

  /** It has waited for too long. */
  giveUp(ticket: Ticket): void {
    const flow = this.#flowOf(ticket);
    const at = flow.waiting.indexOf(ticket);
    if (at === -1) return;
    flow.waiting.splice(at, 1);
    this.#waiting -= 1;
    this.#forget(ticket, flow);
  }

  /** Its connection is free again, or could not be opened. */
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
      // Behind all that have as few.
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
