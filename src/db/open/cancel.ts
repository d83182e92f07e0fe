import pg from "pg";
import { CallerGone } from "../../lib/errors.ts";
import { isOverdue } from "../faults.ts";
import type { Turn } from "../turn.ts";
import type { LanePool } from "./lane-pool.ts";
import { type Send, takeFor } from "./query.ts";

/**
 * Statements for one caller. If the caller leaves, PostgreSQL is asked to cancel them: nobody would read their rows,
 * and they would keep connections from others.
 */

/** Milliseconds that a cancel request may take. */
const PATIENCE = 5_000;

/** Milliseconds after which it is repeated: PostgreSQL ignores one that arrives before it has read the statement. */
const AGAIN = 1_000;

/** The driver's client, with properties of its backend that its types do not show. */
interface Backend {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | object;
  readonly sslNegotiation: string;
  readonly processID: number;
  readonly secretKey: number;
}

/** The driver's connection, which speaks the protocol, with methods that its types do not show. */
type Canceller = pg.Connection & {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
};

/** A running statement. */
interface Running {
  readonly client: pg.PoolClient;
  /** Whether PostgreSQL has handled the cancel requests; absent before the first. */
  cancelling?: Promise<boolean>;
  again?: NodeJS.Timeout;
}

/**
 * Sends statements through a pool until a caller leaves. Statements that run at that moment are cancelled.
 *
 * @param turn the caller's turn for connections
 * @param signal aborted when the caller leaves; listened to from the first statement on, so it is one request's own
 * @returns a sender that throws CallerGone, instead of PostgreSQL's error for a cancelled statement, and for each later
 *   statement, which is not sent
 */
export function cancelledWith(pool: LanePool, turn: Turn, signal: AbortSignal): Send {
  const statements = new Set<Running>();
  let listens = false;
  const cancelAll = () => {
    for (const running of statements) beginToCancel(running);
  };
  const begin = (client: pg.PoolClient): Running => {
    const running = { client };
    if (!listens) signal.addEventListener("abort", cancelAll);
    listens = true;
    statements.add(running);
    return running;
  };
  const end = (running: Running) => {
    clearInterval(running.again);
    statements.delete(running);
  };
  return async (statement, since) => {
    const { client, giveBack } = await takeFor(pool, turn, since);
    if (signal.aborted) {
      giveBack(true);
      throw new CallerGone();
    }
    const running = begin(client);
    let sound = false;
    try {
      const result = await client.query(statement);
      sound = true;
      return result;
    } catch (error) {
      if (!running.cancelling || !isOverdue(error)) throw error;
      sound = true;
      throw new CallerGone();
    } finally {
      end(running);
      // A cancel request that is still under way would hit the connection's next statement.
      giveBack(running.cancelling ? (await running.cancelling) && sound : sound);
    }
  };
}

function beginToCancel(running: Running): void {
  const backend = running.client as unknown as Backend;
  let requests = cancel(backend);
  running.cancelling = requests;
  running.again = setInterval(() => {
    requests = requests.then((done) => done && cancel(backend));
    running.cancelling = requests;
  }, AGAIN);
}

/**
 * Asks PostgreSQL to cancel what one backend does, as its protocol says (CancelRequest): on a separate connection,
 * which needs no role and which poolers forward.
 *
 * @returns whether PostgreSQL has handled the request; it closes that connection then
 */
function cancel({ host, port, ssl, sslNegotiation, processID, secretKey }: Backend): Promise<boolean> {
  const canceller = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig) as Canceller;
  return new Promise((resolve) => {
    let sent = false;
    const settle = (done: boolean) => {
      clearTimeout(timer);
      canceller.stream.destroy();
      resolve(done);
    };
    const send = () => {
      canceller.cancel(processID, secretKey);
      sent = true;
    };
    const timer = setTimeout(settle, PATIENCE, false);
    canceller
      .on("connect", () => {
        if (!ssl) send();
        else if (sslNegotiation !== "direct") canceller.requestSsl();
      })
      .on("sslconnect", send)
      .on("error", () => settle(false))
      .on("end", () => settle(sent));
    if (host.startsWith("/")) canceller.connect(`${host}/.s.PGSQL.${port}`);
    else canceller.connect(port, host);
  });
}
