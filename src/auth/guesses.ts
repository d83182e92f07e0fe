import { timingSafeEqual } from "node:crypto";
import type { RateLimiterMemory } from "rate-limiter-flexible";
import { RequestError } from "../lib/errors.ts";

/** Seconds over which wrong credentials are counted. */
const WINDOW = 60;
/** Wrong secrets for the id of one key in a window. */
const KEY_FAILURES = 10;
/** Most valid keys that are remembered. */
const MOST_KNOWN = 10_000;
/** Number of refused addresses and ids from which on expired ones are removed. */
const MANY_REFUSED = 1_000;

/**
 * Rate limit of wrong credentials, by client address and by the key id that they name. Over the limit, an address or
 * id is refused without a query until the window ends; keys that were valid before go on working, so that nobody can
 * lock out others at the same address, or somebody else's key. In memory: each process counts for itself.
 */
export class Guesses {
  readonly #perAddress: number;
  /** Ends of refusals, in milliseconds since 1970, by address or key id. */
  readonly #refused = new Map<string, number>();
  /** SHA-256 of keys that were valid, by id. */
  readonly #known = new Map<string, Uint8Array>();
  #limiters: Promise<{ readonly address: RateLimiterMemory; readonly key: RateLimiterMemory }> | undefined;

  /** @param perAddress wrong credentials a minute from one address; 0 for any number, of any key */
  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  /** Whether anybody is refused now; if not, the client's address need not be found out. */
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

  /** Whether a key was valid before. */
  knows(keyId: string, hash: Uint8Array): boolean {
    const known = this.#known.get(keyId);
    return known !== undefined && timingSafeEqual(known, hash);
  }

  /** Forgets a key that is no longer valid. */
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

/** Imported with the first wrong credential, because the library loads a dozen stores. */
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
