import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Counts statements on their way to PostgreSQL: a server is connected through it for a few requests of each workload,
 * outside of what is timed. Transaction control counts too.
 */

export interface StatementCounter {
  /** The database's address through the counter. */
  readonly url: string;
  /** Statements since the last call. */
  take(): number;
  close(): void;
}

export async function countStatements(url: string): Promise<StatementCounter> {
  const target = new URL(url);
  let count = 0;
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
    const read = messages((type) => {
      if (type === "Q" || type === "E") count += 1;
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
      const taken = count;
      count = 0;
      return taken;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Splits a frontend's bytes into messages; the first ones have no type. */
function messages(told: (type: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = rest.readInt32BE(head) + head;
      if (rest.length < length) return;
      if (started) told(String.fromCharCode(rest[0] ?? 0));
      // A request for encryption comes before the start-up proper, and is no start.
      else started = rest.readInt32BE(4) !== 80_877_103;
      rest = rest.subarray(length);
    }
  };
}
