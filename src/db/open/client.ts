import pg from "pg";
import { SentStatement, statementSent } from "../../lib/events.ts";

/** Called with the text of every statement that is sent, transaction control included. */
export type StatementListener = (sql: string) => void;

/**
 * Settings of every session, sent as start-up parameters. These take precedence over `options` in an address, and
 * poolers such as PgBouncer keep them for each of their clients.
 */
const session = { TimeZone: "UTC", DateStyle: "ISO, MDY" };

interface ClientHooks {
  /** Called for each statement, so that tests and logs can count them. */
  readonly onStatement?: StatementListener | undefined;
  /** Session settings for tests, instead of ours, to show that no statement depends on them. */
  readonly session?: Readonly<Record<string, string>> | undefined;
}

/** A connection that knows which request has it. */
export interface Attributed {
  /** Null while no request has it. */
  request: object | null;
}

/** The driver's method that builds the start-up message, which its types omit. */
type Startup = { getStartupConf(): Record<string, string> };

/** SQLSTATE protocol_violation, with which a pooler refuses an unknown start-up parameter. */
const REFUSED = "08P01";

/**
 * The driver's client with our session settings. After a pooler has refused a connection because of
 * `statement_timeout`, later connections are opened without it.
 */
export function clientWith({ onStatement, session: other }: ClientHooks): typeof pg.Client {
  const { getStartupConf } = pg.Client.prototype as unknown as Startup;
  let refused = false;
  const note = (error: unknown) => {
    if ((error as { code?: unknown } | undefined)?.code === REFUSED) refused = true;
  };
  class Client extends pg.Client implements Attributed {
    request: object | null = null;

    getStartupConf(): Record<string, string> {
      const { statement_timeout, ...given } = getStartupConf.call(this);
      const limit = statement_timeout === undefined || refused ? {} : { statement_timeout };
      return { ...given, ...limit, ...session, ...other };
    }

    override connect(...args: unknown[]): never {
      const connect = super.connect as (callback?: unknown) => unknown;
      const [callback] = args as [((error: unknown, client?: unknown) => void)?];
      const onConnected = (error: unknown, client?: unknown) => {
        note(error);
        callback?.(error, client);
      };
      const connecting = connect.call(this, callback && onConnected);
      if (connecting instanceof Promise) connecting.catch(note);
      return connecting as never;
    }

    // The driver declares a dozen overloads, which are all passed through.
    override query(...args: unknown[]): never {
      const [statement, ...rest] = args as [string | { text?: string }];
      const text = typeof statement === "string" ? statement : (statement.text ?? "");
      onStatement?.(text);
      const send = super.query as (...passed: unknown[]) => never;
      return statementSent.watched
        ? watched(new SentStatement(text, this.request), rest, (given) =>
            send.call(this, statement, ...given),
          )
        : send.call(this, statement, ...rest);
    }
  }
  return Client;
}

/**
 * Sends a statement and reports how long it takes.
 *
 * @param rest the arguments after the statement: its values, and the callback if there is one
 * @param send sends the statement with these arguments
 */
function watched(sent: SentStatement, rest: unknown[], send: (rest: unknown[]) => never): never {
  statementSent.tell(sent);
  const callback = rest.at(-1);
  if (typeof callback === "function") {
    return send([
      ...rest.slice(0, -1),
      (error: unknown, result: unknown) => {
        sent.done(error ?? null);
        callback(error, result);
      },
    ]);
  }
  const result: unknown = send(rest);
  // A streamed statement returns no promise: its time is not measured.
  if (result instanceof Promise)
    result.then(
      () => sent.done(null),
      (error: unknown) => sent.done(error),
    );
  else sent.done(null);
  return result as never;
}
