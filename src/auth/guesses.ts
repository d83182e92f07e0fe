import { timingSafeEqual } from "node:crypto";
import { RequestError } from "../lib/errors.ts";

/** Milliseconds over which wrong credentials are counted. */
const WINDOW = 60_000;
/** Wrong secrets for one key id within a window, after which the id is refused. */
const KEY_FAILURES = 10;
/** Most valid keys that are remembered. */
const MOST_KNOWN = 10_000;
/** Number of counted addresses and ids from which on expired entries are removed. */
const MANY_COUNTED = 1_000;
/** Milliseconds between two removals of expired entries. */
const CLEAR_EVERY = 1_000;

/** Wrong credentials from one address, or for one key id, within a window. */
interface Window {
  failures: number;
  /** In milliseconds of `performance.now()`. */
  readonly ends: number;
}

/**
 * Rate limit of wrong credentials, by client address and by key id. Over the limit, an address or id is refused
 * without a query until the window ends. Keys that were valid before continue to work, so that nobody can lock out
 * others at the same address, or the owner of a key. In memory: each process counts for itself. `performance.now()`
 * is used, and not the system clock: if that is set back, refusals would last longer; if set forward, they would end
 * early.
 */
export class Guesses {
  readonly #perAddress: number;
  /** By address or key id. */
  readonly #windows = new Map<string, Window>();
  /** When a refusal ends, by address or key id. */
  readonly #refused = new Map<string, number>();
  #cleared = 0;
  /** SHA-256 of keys that were valid, by key id. */
  readonly #known = new Map<string, Uint8Array>();

  /** @param perAddress wrong credentials per minute and address; 0 for no limit */
  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  /** Whether any address or id is refused at the moment; if not, the client's address is not needed. */
  get any(): boolean {
    return this.#refused.size > 0;
  }

  /**
   * @param who an address or a key id
   * @throws RequestError 429
   */
  check(who: string | null): void {
    const until = who === null ? undefined : this.#refused.get(who);
    if (who === null || until === undefined) return;
    const wait = until - performance.now();
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
  failed(address: string | null, keyId: string | null): void {
    if (this.#perAddress === 0) return;
    this.#count(address, this.#perAddress);
    this.#count(keyId, KEY_FAILURES);
  }

  #count(who: string | null, limit: number): void {
    if (who === null) return;
    const now = performance.now();
    let window = this.#windows.get(who);
    if (!window || window.ends <= now) {
      if (this.#windows.size >= MANY_COUNTED && now - this.#cleared >= CLEAR_EVERY) this.#clear(now);
      window = { failures: 0, ends: now + WINDOW };
      this.#windows.set(who, window);
    }
    window.failures += 1;
    if (window.failures >= limit) this.#refused.set(who, window.ends);
  }

  #clear(now: number): void {
    this.#cleared = now;
    for (const [who, { ends }] of this.#windows) if (ends <= now) this.#windows.delete(who);
    for (const [who, ends] of this.#refused) if (ends <= now) this.#refused.delete(who);
  }
}

const tooMany = (wait: number) => {
  const retryAfter = Math.ceil(wait / 1000);
  const message = `Too many requests with credentials that are not valid. Try again in ${retryAfter} s.`;
  return new RequestError(
    "RATE_LIMITED",
    message,
    { status: 429, retryAfter },
    { reason: "too_many_guesses" },
  );
};
