import { AsyncResource } from "node:async_hooks";
import pg from "pg";
import { connectionAwaited } from "../../lib/events.ts";
import { type Turn, turnOf } from "../turn.ts";
import type { Attributed } from "./client.ts";
import { Lanes, type Ticket } from "./lanes.ts";

/** The pool of a database. It gives connections by lanes, and remembers when each connection last worked. */

type Done = (release?: unknown) => void;
type Taken = (error: Error | undefined, client: pg.PoolClient | undefined, done: Done) => void;

/** Stands for the organization in work that belongs to none: lookups of credentials, claims of jobs, `/ready`. */
const NOBODY = "";

/** Minimum milliseconds that a job waits for a connection: if all jobs share one, it waits for another job's step. */
const JOB_WAIT = 20_000;

/** The driver's message if no connection became free in time. */
const FULL = "timeout exceeded when trying to connect";

export class LanePool extends pg.Pool {
  readonly #lanes: Lanes;
  readonly #wait: number;
  readonly #inOrder: boolean;
  readonly #held = new WeakMap<pg.PoolClient, Ticket>();
  readonly #worked = new WeakMap<pg.PoolClient, number>();

  /**
   * @param config `connectionTimeoutMillis` bounds the whole wait: for a turn, and for a new connection
   * @param inOrder gives connections in the order of asking, without lanes
   */
  constructor(config: pg.PoolConfig, inOrder = false) {
    super(config);
    this.#lanes = new Lanes(this.options.max ?? 10);
    this.#inOrder = inOrder;
    this.#wait = config.connectionTimeoutMillis ?? 0;
    this.on("connect", (client) => this.#worked.set(client, performance.now()));
    this.on("release", (error, client) => {
      if (!error) this.#worked.set(client, performance.now());
      const ticket = this.#held.get(client);
      this.#held.delete(client);
      Object.assign(client, { request: null } satisfies Attributed);
      // The driver takes the connection back only after this event.
      if (ticket) queueMicrotask(() => this.#lanes.end(ticket));
    });
  }

  /** Number of statements and transactions that wait for their turn. */
  get queued(): number {
    return this.#lanes.waiting;
  }

  /** Whether a connection was opened, or given back as sound, since a moment of `performance.now()`. */
  hasWorked(client: pg.PoolClient, since: number): boolean {
    return (this.#worked.get(client) ?? 0) >= since;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(taken: Taken, turn?: Turn): undefined;
  override connect(taken?: Taken, turn: Turn = turnOf(NOBODY)): Promise<pg.PoolClient> | undefined {
    if (!taken) {
      return new Promise((resolve, reject) =>
        this.connect((error, client) => (client ? resolve(client) : reject(error)), turn),
      );
    }
    const take = told(taken, turn);
    let late = false;
    let begun = false;
    let timer: NodeJS.Timeout | undefined;
    const ticket: Ticket = {
      ...this.#placeOf(turn),
      begin: () => {
        begun = true;
        super.connect((error, client, done) => {
          clearTimeout(timer);
          if (client) {
            this.#held.set(client, ticket);
            Object.assign(client, { request: turn.request } satisfies Attributed);
          } else this.#lanes.end(ticket);
          if (!late) take(error, client, done);
          else if (client) done();
        });
      },
    };
    this.#lanes.ask(ticket);
    if (!begun && this.#wait > 0) {
      const wait = ticket.lane === "job" ? Math.max(this.#wait, JOB_WAIT) : this.#wait;
      timer = setTimeout(() => {
        late = true;
        this.#lanes.giveUp(ticket);
        take(new Error(FULL), undefined, () => undefined);
      }, wait);
    }
  }

  /** A turn's place. Work without an organization is served in the order of asking: it gets a new place each time. */
  #placeOf(turn: Turn): Pick<Ticket, "turn" | "lane"> {
    if (this.#inOrder) return { turn: turnOf(NOBODY, "quick", turn.request), lane: "quick" };
    return { turn: turn.orgId === NOBODY ? turnOf(NOBODY, turn.lane, turn.request) : turn, lane: turn.lane };
  }
}

/**
 * Reports how long a connection was waited for. The caller continues in its own asynchronous context, in which traces
 * find their span: the driver would call back in the context of the request that gave the connection back.
 */
function told(taken: Taken, { request }: Turn): Taken {
  if (!connectionAwaited.watched) return taken;
  const began = performance.now();
  // Not `bind`, which takes longer than the rest of this: it defines properties of each function that it makes.
  const asked = new AsyncResource("rolograph:connection");
  return (error, client, done) => {
    connectionAwaited.tell({ milliseconds: performance.now() - began, got: client !== undefined, request });
    asked.runInAsyncScope(taken, null, error, client, done);
  };
}
