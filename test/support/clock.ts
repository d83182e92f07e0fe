import { vi } from "vitest";

/** The two clocks of a process, moved: undone by `vi.restoreAllMocks()` and `vi.useRealTimers()`. */

const elapsed = performance.now.bind(performance);

/** Lets time pass for what measures how long something takes; the clock of the day stands as it is. */
export function laterBy(milliseconds: number): void {
  const moved = performance.now() - elapsed() + milliseconds;
  vi.spyOn(performance, "now").mockImplementation(() => elapsed() + moved);
}

/** Sets the clock of the day, as an operator or a time server does, while no time passes. */
export function setClock(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
}
