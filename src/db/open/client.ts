import pg from "pg";

/** Called with the text of every statement that is sent, transaction control included. */
export type StatementListener = (sql: string) => void;

/**
 * What every session is in. Parameters of the connection's start and not of its `options`, which an address may have of
 * its own and which win nothing against these; poolers such as PgBouncer keep both for each of their clients.
 */
const session = { TimeZone: "UTC", DateStyle: "ISO, MDY" };

interface ClientHooks {
  /** How tests and logs count statements. */
  readonly onStatement?: StatementListener | undefined;
  /** Settings of the session in the place of ours: tests show that no statement depends on them. */
  readonly session?: Readonly<Record<string, string>> | undefined;
}

/** What a connection's first message says, which the driver's types leave out. */
type Startup = { getStartupConf(): Record<string, string> };

/** PostgreSQL's code for a message that breaks the protocol: a pooler's refusal of a parameter that it does not keep. */
const REFUSED = "08P01";

/**
 * The driver's client, which begins its session as ours are. Once a pooler has refused a connection for its limit of a
 * statement's time, the next ones begin without.
 */
export function clientWith({ onStatement, session: other }: ClientHooks): typeof pg.Client {
  const { getStartupConf } = pg.Client.prototype as unknown as Startup;
  let refused = false;
  const note = (error: unknown) => {
    if ((error as { code?: unknown } | undefined)?.code === REFUSED) refused = true;
  };
  class Client extends pg.Client {
    getStartupConf(): Record<string, string> {
      const { statement_timeout, ...given } = getStartupConf.call(this);
      const limit = statement_timeout === undefined || refused ? {} : { statement_timeout };
      return { ...given, ...limit, ...session, ...other };
    }

    override connect(...args: unknown[]): never {
      const connect = super.connect as (callback?: unknown) => unknown;
      const [callback] = args as [((error: unknown, client?: unknown) => void)?];
      const told = (error: unknown, client?: unknown) => {
        note(error);
        callback?.(error, client);
      };
      const connecting = connect.call(this, callback && told);
      if (connecting instanceof Promise) connecting.catch(note);
      return connecting as never;
    }

    // The driver declares a dozen overloads; all of them pass through.
    override query(...args: unknown[]): never {
      const [statement, ...rest] = args as [string | { text?: string }];
      onStatement?.(typeof statement === "string" ? statement : (statement.text ?? ""));
      return (super.query as (...passed: unknown[]) => never)(statement, ...rest);
    }
  }
  return Client;
}
