import { WebSocket } from "undici";
import { type Command, type Running, start } from "./process.ts";

/**
 * A server with Node.js' inspector: to profile it, and to see its heap without what is only waiting to be collected.
 */

export interface Inspected extends Running {
  /** Sends a command of the Chrome DevTools Protocol. */
  send<Result>(method: string, params?: object): Promise<Result>;
}

/** Starts a server with its inspector open; npm in front of it has one too, which says so first. */
export async function startInspected(command: Command): Promise<Inspected> {
  const env = { ...command.env, NODE_OPTIONS: "--inspect=127.0.0.1:0" };
  const running = await start({ ...command, env });
  const url = [...running.complaints().matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
  if (url === undefined) throw new Error("the server's inspector did not open");
  const socket = new WebSocket(url);
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the server's inspector does not answer")));
  });
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error } = JSON.parse(String(data));
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error) waiter?.reject(new Error(error.message));
    else waiter?.resolve(result as never);
  });
  let last = 0;
  return {
    ...running,
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params }));
      }),
    async stop() {
      socket.close();
      await running.stop();
    },
  };
}

/** MiB on the heap after everything that can be collected was. */
export async function heapOf({ send }: Inspected): Promise<number> {
  await send("HeapProfiler.collectGarbage");
  const { usedSize } = await send<{ usedSize: number }>("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}
