import { constants } from "node:os";

/**
 * Milliseconds within which a second signal is the first one's echo: a terminal sends Ctrl-C to npm and to the server,
 * and npm hands it on.
 */
const ECHO = 100;

/**
 * Calls `stop` with the first SIGTERM or SIGINT. A second one ends the process at once, with the exit code of one that
 * the signal has ended.
 *
 * @param atOnce done before the process ends at once
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
