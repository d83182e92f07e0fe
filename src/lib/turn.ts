import { setImmediate } from "node:timers/promises";

let line: Promise<void> = Promise.resolve();

/**
 * Waits in line for a turn of the event loop with no other waiter in it. For work that one request asks for many times
 * at once: Node.js runs everything that is ready before it serves another request.
 */
export function ownTurn(): Promise<void> {
  line = line.then(() => setImmediate());
  return line;
}
