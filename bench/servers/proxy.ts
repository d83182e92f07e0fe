import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { readFrontend, type Sent } from "./wire.ts";

/**
 * Stands before PostgreSQL and notes every statement on its way there, transaction control included: whatever the
 * server is, and whichever of its parts sends it. Outside of what is timed. A connection that listens for changes is
 * left out: it is asked every 300 ms whether it hears, however many requests there are.
 */
export interface StatementTap {
  /** The database's address through the tap. */
  readonly url: string;
  /** Statements since the last call. */
  take(): readonly Sent[];
  /** The `options` of the last connection: what plans are made under. */
  options(): string | undefined;
  close(): void;
}

/** @param url without encryption: what is encrypted cannot be read */
export async function tapStatements(url: string): Promise<StatementTap> {
  const target = new URL(url);
  let sent: Sent[] = [];
  let options: string | undefined;
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(Number(target.port || 5432), target.hostname);
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.on("error", () => other.destroy());
    }
    let listens = false;
    const read = readFrontend({
      statement: (statement) => {
        listens ||= statement.text.startsWith("LISTEN ");
        if (!listens) sent.push(statement);
      },
      start: (settings) => {
        options = settings.get("options");
      },
    });
    from.on("data", (chunk: Buffer) => {
      read(chunk);
      to.write(chunk);
    });
    to.pipe(from);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.toString(),
    take() {
      const taken = sent;
      sent = [];
      return taken;
    },
    options: () => options,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
