import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/**
 * A relay in front of PostgreSQL that can lose the listening connections without closing them, as a network does.
 *
 * @param target the address of PostgreSQL
 */
export async function startRelay(target: string) {
  const { hostname, port } = new URL(target);
  const all = new Set<Socket>();
  const listening = new Set<readonly [Socket, Socket]>();
  let atOnce = false;
  const cut = ([near, far]: readonly [Socket, Socket]) => {
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  };
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    near.pipe(far).pipe(near);
    near.on("data", (bytes) => {
      if (!bytes.includes("LISTEN ")) return;
      listening.add([near, far]);
      if (atOnce) cut([near, far]);
    });
    for (const socket of [near, far]) {
      all.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    for (const socket of all) socket.destroy();
    server.close();
  });
  const { port: own } = server.address() as { port: number };
  return {
    url: Object.assign(new URL(target), { hostname: "127.0.0.1", port: String(own) }).toString(),
    /** From now on, nothing arrives over the connections that listen. */
    freeze() {
      for (const sockets of listening) cut(sockets);
    },
    /** From now on, a connection that begins to listen gets no answer. */
    freezeAtOnce() {
      atOnce = true;
    },
    /** Number of connections that began to listen. */
    listening: () => listening.size,
  };
}
