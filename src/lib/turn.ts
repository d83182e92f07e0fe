import { setImmediate } from "node:timers/promises";

let line: Promise<void> = Promise.resolve();

/**
 * Waits for a turn of the event loop in which no other waiter runs. For work that one request asks for many times at
 * once: Node.js runs everything that is ready before it serves another request.
 */
export function ownTurn(): Promise<void> {
  line = line.then(() => setImmediate());
  return line;
}
