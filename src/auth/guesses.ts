import { timingSafeEqual } from "node:crypto";
import { RequestError } from "../lib/errors.ts";

/** Milliseconds over which wrong credentials are counted. */
const WINDOW = 60_000;
/** Wrong secrets for the id of one key in a window. */
const KEY_FAILURES = 10;
/** Most valid keys that are remembered. */
const MOST_KNOWN = 10_000;
/** Number of addresses and ids from which on those whose window has ended are removed. */
const MANY_COUNTED = 1_000;
/** Milliseconds between two looks at all of them, so that each wrong credential costs the same. */
const CLEAR_EVERY = 1_000;

/** Wrong credentials of one address, or for one key's id. */
interface Window {
  failures: number;
  /** By the clock of `performance.now()`. */
  readonly ends: number;
}

/**
 * Rate limit of wrong credentials, by client address and by the key id that they name. Over the limit, an address or
 * id is refused without a query until the window ends; keys that were valid before go on working, so that nobody can
 * lock out others at the same address, or somebody else's key. In memory: each process counts for itself. Counted here
 * and by `performance.now()`, since rate-limiter-flexible measures by the clock of the day: set back, it would refuse
 * for as long as it was set back; set forward, it would let everybody begin anew.
 */
export class Guesses {
  readonly #perAddress: number;
  /** By address or key id. */
  readonly #windows = new Map<string, Window>();
  /** Ends of refusals, by address or key id. */
  readonly #refused = new Map<string, number>();
  #cleared = 0;
  /** SHA-256 of keys that were valid, by id. */
  readonly #known = new Map<string, Uint8Array>();

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
