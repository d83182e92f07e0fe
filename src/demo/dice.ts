/** Random choices for the demo organizations, the same on every machine. */

/** The moment from which dates count back. */
export const TODAY = Date.UTC(2026, 10, 1, 12);
/** Milliseconds. */
export const DAY = 86_400_000;

/** Mulberry32: small, fast, and the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Random choices from one generator, and ids that sort by their moment. */
export class Dice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = generator(seed);
  }
  chance = (probability: number): boolean => this.#next() < probability;
  whole = (low: number, high: number): number => low + Math.floor(this.#next() * (high - low + 1));
  /** Picks earlier items more often than later ones if `skew` is above 1. */
  pick = <T>(items: readonly T[], skew = 1): T => items[Math.floor(this.#next() ** skew * items.length)] as T;
  some = <T>(items: readonly T[], most: number, skew = 1): T[] => [
    ...new Set(Array.from({ length: this.whole(0, most) }, () => this.pick(items, skew))),
  ];
  moment = (daysBack: number, since = 0): number =>
    TODAY - Math.floor((since + this.#next() * (daysBack - since)) * DAY);
  /** A UUIDv7 of a moment. */
  id = (at: number): string => {
    const random = Array.from({ length: 19 }, () => this.whole(0, 15).toString(16)).join("");
    const time = at.toString(16).padStart(12, "0");
    const variant = "89ab"[this.whole(0, 3)];
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(3, 6)}-${random.slice(6, 18)}`;
  };
}

export const iso = (at: number): string => new Date(at).toISOString();
export const day = (at: number): string => iso(at).slice(0, 10);
