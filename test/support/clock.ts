import { vi } from "vitest";

/** Moves the two clocks of a process; `vi.restoreAllMocks()` and `vi.useRealTimers()` undo it. */

const elapsed = performance.now.bind(performance);

/** Moves the monotonic clock (`performance.now()`) forward; the system clock does not change. */
export function laterBy(milliseconds: number): void {
  const moved = performance.now() - elapsed() + milliseconds;
  vi.spyOn(performance, "now").mockImplementation(() => elapsed() + moved);
}

/** Sets the system clock, as an operator or a time server does; the monotonic clock does not change. */
export function setClock(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
}
