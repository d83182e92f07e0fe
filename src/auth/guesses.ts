import { timingSafeEqual } from "node:crypto";
import type { RateLimiterMemory } from "rate-limiter-flexible";
import { RequestError } from "../lib/errors.ts";

/** Seconds over which wrong credentials are counted. */
const WINDOW = 60;
/** Wrong secrets for the id of one key in a window. */
const KEY_FAILURES = 10;
/** Keys that are remembered to be right. */
const MOST_KNOWN = 10_000;
/** Refused addresses and ids after which those whose time is over are cleared away. */
const MANY_REFUSED = 1_000;

/**
 * Wrong credentials, counted by the address that they come from and by the id of the key that they claim to be. Over
 * the limit, an address or id is refused without a look at the database until its minute is over; keys that were
 * right before go on working, so that nobody can lock out others at the same address, or somebody else's key.
 * In memory: each process counts for itself.
 */
export class Guesses {
  readonly #perAddress: number;
  /** Until when they are refused, in milliseconds of the clock. */
  readonly #refused = new Map<string, number>();
  /** SHA-256 of keys that were right, by id. */
  readonly #known = new Map<string, Uint8Array>();
  #limiters: Promise<{ readonly address: RateLimiterMemory; readonly key: RateLimiterMemory }> | undefined;

  /** @param perAddress wrong credentials a minute from one address; 0 for any number, of any key */
  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  /** Whether somebody is refused just now, so that it is worth while to ask who. */
  get any(): boolean {
    return this.#refused.size > 0;
  }

  /**
   * @param who an address, or a key's id
   * @throws RequestError 429
   */
  check(who: string | null): void {
    const until = who === null ? undefined : this.#refused.get(who);
    if (who === null || until === undefined) return;
    const wait = until - Date.now();
    if (wait > 0) throw tooMany(wait);
    this.#refused.delete(who);
  }

  /** Whether a key was right before. */
  knows(keyId: string, hash: Uint8Array): boolean {
    const known = this.#known.get(keyId);
    return known !== undefined && timingSafeEqual(known, hash);
  }

  /** A key that was right before may be right no more. */
  forget(keyId: string, hash: Uint8Array): void {
    if (this.knows(keyId, hash)) this.#known.delete(keyId);
  }

  succeeded(keyId: string, hash: Uint8Array): void {
    if (this.#known.has(keyId)) return;
    this.#known.set(keyId, hash);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Counts a wrong credential. */
  async failed(address: string | null, keyId: string | null): Promise<void> {
    if (this.#perAddress === 0) return;
    this.#limiters ??= makeLimiters(this.#perAddress);
    const limiters = await this.#limiters;
    for (const [limiter, who] of [
      [limiters.address, address],
      [limiters.key, keyId],
    ] as const) {
      if (who === null) continue;
      const { remainingPoints, msBeforeNext } = await limiter.penalty(who);
      if (remainingPoints > 0) continue;
      if (this.#refused.size > MANY_REFUSED) this.#clear();
      this.#refused.set(who, Date.now() + msBeforeNext);
    }
  }

  #clear(): void {
    const now = Date.now();
    for (const [who, until] of this.#refused) if (until < now) this.#refused.delete(who);
  }
}

/** The library knows a dozen stores; it is read with the first wrong credential. */
async function makeLimiters(perAddress: number) {
  const { RateLimiterMemory } = await import("rate-limiter-flexible");
  return {
    address: new RateLimiterMemory({ points: perAddress, duration: WINDOW }),
    key: new RateLimiterMemory({ points: KEY_FAILURES, duration: WINDOW }),
  };
}

const tooMany = (wait: number) => {
  const retryAfter = Math.ceil(wait / 1000);
  const message = `Too many requests with credentials that are not valid. Try again in ${retryAfter} s.`;
  return new RequestError("RATE_LIMITED", message, { status: 429, retryAfter });
};
