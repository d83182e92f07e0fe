import { randomUUID } from "node:crypto";
import type pg from "pg";
import { OwnChanges } from "../caller-changes.ts";

/** The channel on which a transaction that changes keys, members or organizations names its organization. */
const CHANNEL = "rolograph_callers";

/** Sends the notification of a change. It belongs into the transaction that makes the change. */
export const notification = (orgId: string) => ({
  text: "SELECT pg_notify($1, $2)",
  values: [CHANNEL, orgId],
});

/** Before the text of a notification that only shows that notifications arrive. */
const PROOF = "proof ";

/** Milliseconds after which the connection is asked again whether it hears. */
const ASK_AFTER = 300;
/** Milliseconds for which an answer holds, counted from its question. */
const HOLDS = 900;
/** Milliseconds after which a question without an answer means that the connection is broken. */
const UNANSWERED = 5_000;
/** Milliseconds after which a connection that is not yet trusted is given up. */
const CONNECTS = 15_000;
/** Milliseconds between two attempts to connect. */
const RETRY = 1_000;
/** The same if the database, or a pooler in front of it, passes on no notifications. */
const RETRY_DEAF = 60_000;
/** Milliseconds without a request after which the connection is closed. */
const IDLE = 30_000;

/**
 * Changes that any process commits, heard by LISTEN on a connection of its own.
 *
 * PostgreSQL sends a connection its notifications before it answers the next statement. If a statement is answered, all
 * changes committed before it was sent have been told. A broken connection, also one that was cut off silently, is
 * noticed because the answers stop. Everything happens on demand: without requests nothing is sent, and the connection
 * is closed.
 */
export class ListenedChanges extends OwnChanges {
  readonly #open: () => pg.Client;
  readonly #notify: (text: string) => Promise<unknown>;
  readonly #onDeaf: (reason: string) => void;
  #client: pg.Client | null = null;
  /** The client of a connection that is not yet trusted. */
  #opening: pg.Client | null = null;
  #connecting: Promise<void> | null = null;
  #nextAttempt = 0;
  /** When the last question that was answered was sent. */
  #answered = Number.NEGATIVE_INFINITY;
  /** When the question that waits for its answer was sent. */
  #asked: number | null = null;
  #lastNeeded = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param open makes the client of the connection
   * @param notify sends a notification on another connection
   * @param onDeaf called if notifications do not arrive
   */
  constructor(
    open: () => pg.Client,
    notify: (text: string) => Promise<unknown>,
    onDeaf: (reason: string) => void,
  ) {
    super(false);
    this.#open = open;
    this.#notify = notify;
    this.#onDeaf = onDeaf;
  }

  override isCurrent(): boolean {
    const now = performance.now();
    this.#lastNeeded = now;
    if (this.#client === null) {
      if (now >= this.#nextAttempt && !this.#closed) this.#connecting ??= this.#connect();
      return false;
    }
    if (this.#asked === null) {
      if (now - this.#answered > ASK_AFTER) void this.#ask(this.#client, now);
    } else if (now - this.#asked > UNANSWERED) this.#drop(this.#client);
    return now - this.#answered < HOLDS;
  }

  override async close(): Promise<void> {
    this.#closed = true;
    for (const client of [this.#opening, this.#client]) if (client) this.#drop(client);
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    this.#nextAttempt = performance.now() + RETRY;
    const client = this.#open();
    this.#opening = client;
    // Whatever is not answered: without this, a connection that is cut off silently now would be waited for, for ever.
    const patience = setTimeout(() => this.#drop(client), CONNECTS);
    client.on("error", () => this.#drop(client));
    client.on("end", () => this.#drop(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (await this.#hears(client)) {
        client.on("notification", ({ payload = "" }) => {
          if (!payload.startsWith(PROOF)) this.tell(payload);
        });
        // Before this moment nothing was heard.
        this.tell(null);
        this.#client = client;
        await this.#ask(client, performance.now());
        this.#closeWhenIdle(client);
        return;
      }
      this.#deaf("notifications do not arrive; a pooler in transaction mode passes none on");
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // feature_not_supported, read_only_sql_transaction: a standby.
      if (code === "0A000" || code === "25006") this.#deaf(message);
    } finally {
      clearTimeout(patience);
      this.#opening = null;
      this.#connecting = null;
      if (this.#client !== client || this.#closed) this.#drop(client);
    }
  }

  #deaf(reason: string): void {
    this.#nextAttempt = performance.now() + RETRY_DEAF;
    this.#onDeaf(reason);
  }

  /** Whether a notification of another connection arrives while this one is idle. */
  async #hears(client: pg.Client): Promise<boolean> {
    const proof = PROOF + randomUUID();
    const heard = new Promise<boolean>((resolve) => {
      client.on("notification", ({ payload }) => payload === proof && resolve(true));
    });
    // May wait for a connection of the pool, which says nothing about notifications.
    await this.#notify(proof);
    let timer: NodeJS.Timeout | undefined;
    const unheard = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), UNANSWERED);
    });
    return Promise.race([heard, unheard]).finally(() => clearTimeout(timer));
  }

  async #ask(client: pg.Client, now: number): Promise<void> {
    this.#asked = now;
    try {
      await client.query("SELECT 1");
      if (client !== this.#client) return;
      this.#answered = now;
      this.#asked = null;
    } catch {
      this.#drop(client);
    }
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) {
      this.#client = null;
      this.#asked = null;
      this.#answered = Number.NEGATIVE_INFINITY;
      clearInterval(this.#idle);
      this.tell(null);
    }
    void client.end().catch(() => undefined);
  }

  #closeWhenIdle(client: pg.Client): void {
    this.#idle = setInterval(() => {
      if (performance.now() - this.#lastNeeded > IDLE) this.#drop(client);
    }, IDLE);
    this.#idle.unref();
  }
}
