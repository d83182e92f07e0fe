import { constants } from "node:os";

/**
 * Milliseconds within which a second signal is a repetition of the first: on Ctrl-C the terminal signals npm and the
 * server, and npm forwards its signal to the server.
 */
const ECHO = 100;

/**
 * Calls `stop` on the first SIGTERM or SIGINT. A second signal ends the process at once, with the exit code of a
 * process that this signal has ended.
 *
 * @param atOnce called before the process ends at once
 */
export function onSignals(stop: (signal: NodeJS.Signals) => void, atOnce: () => void = () => {}): void {
  let first: number | null = null;
  const hear = (signal: NodeJS.Signals) => {
    if (first === null) {
      first = performance.now();
      stop(signal);
    } else if (performance.now() - first > ECHO) {
      atOnce();
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
}
