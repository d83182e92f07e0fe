import { setTimeout as pause } from "node:timers/promises";
import { type Answer, ask } from "./instance.ts";

/** Clients that read and write while something happens to what they use. */

const CREATE =
  "mutation ($input: ContactCreateInput!, $key: String!) { contactCreate(idempotencyKey: $key, input: $input) { contact { id } errors { code } } }";

/** A mutation that creates a contact, for `ask`. */
export const creating = (name: string, email: string, key = email): [query: string, variables: object] => [
  CREATE,
  { input: { name, email }, key },
];

const READ = "{ contacts(first: 5) { totalCount nodes { id name activities(first: 2) { nodes { id } } } } }";

/** Answers that are told in words. */
const MOST_ODD = 10;

/** A broken promise of the product. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Broken(otherwise);
}

export class Traffic {
  /** Answers by status, of reads and of writes. */
  readonly reads = new Map<number, number>();
  readonly writes = new Map<number, number>();
  readonly acknowledged = new Set<string>();
  /** Everything that was sent, acknowledged or not. */
  readonly sent = new Set<string>();
  readonly #url: () => string;
  readonly #key: string;
  readonly #name: string;
  readonly #clients: Promise<void>[];
  /** The first answers that were others than 200 without errors, in words. */
  readonly #odd: string[] = [];
  /** The first of the answers that had the status 200 and errors, in words, and how many there were. */
  readonly #masked: string[] = [];
  #maskedCount = 0;
  readonly #began = performance.now();
  #over = false;

  /** @param url asked before each request, since a server that is started again is elsewhere */
  constructor(name: string, url: () => string, key: string, { readers = 4, writers = 4 } = {}) {
    this.#name = name;
    this.#url = url;
    this.#key = key;
    this.#clients = [
      ...Array.from({ length: readers }, () => this.#read()),
      ...Array.from({ length: writers }, (_, at) => this.#write(at)),
    ];
  }

  /** Waits until so many writes are acknowledged in all. */
  async until(acknowledged: number, seconds = 120): Promise<void> {
    const late = Date.now() + seconds * 1000;
    while (this.acknowledged.size < acknowledged) {
      holds(Date.now() < late, `not more than ${this.figures} within ${seconds} s`);
      await pause(10);
    }
  }

  /** Waits until reads and writes are answered again, and ends the clients. */
  async end(seconds = 60): Promise<void> {
    const from = this.acknowledged.size;
    const late = Date.now() + seconds * 1000;
    while (this.acknowledged.size < from + 20) {
      holds(Date.now() < late, `it did not come back within ${seconds} s`);
      await pause(20);
    }
    await this.stop();
  }

  /** Ends the clients as they are. */
  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#clients);
  }

  /**
   * Whether only these were answered. No answer of a status 200 may have errors: for these requests, that is a fault
   * answered as a bug.
   */
  only(...statuses: number[]): void {
    holds(
      this.#maskedCount === 0,
      `${this.#maskedCount} answers had the status 200 and errors, of which the first were\n    ${this.#masked.join("\n    ")}`,
    );
    const others = [...this.reads.keys(), ...this.writes.keys()].filter(
      (status) => !statuses.includes(status),
    );
    holds(
      others.length === 0,
      `answers had the status ${[...new Set(others)].join(", ")} (0 is none), of which the first were\n    ${this.#odd.join("\n    ")}`,
    );
  }

  /** How many requests were answered, or had no answer. */
  get answered(): number {
    return [...this.reads.values(), ...this.writes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** In words. */
  get figures(): string {
    const list = (counts: Map<number, number>) =>
      [...counts]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${count} × ${status || "no answer"}`)
        .join(", ");
    return `reads ${list(this.reads)}; writes ${list(this.writes)}; ${this.acknowledged.size} acknowledged`;
  }

  #count(kind: "reads" | "writes", { status, code, message, failed }: Answer): void {
    this[kind].set(status, (this[kind].get(status) ?? 0) + 1);
    const masked = status === 200 && failed;
    if (masked) this.#maskedCount += 1;
    const list = masked ? this.#masked : this.#odd;
    if ((status === 200 && !masked) || list.length === MOST_ODD) return;
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(2);
    list.push(`${kind} after ${seconds} s: ${status} ${code ?? ""} ${message ?? ""}`);
  }

  async #read(): Promise<void> {
    while (!this.#over) {
      const answer = await ask(this.#url(), this.#key, READ);
      this.#count("reads", answer);
      if (answer.failed) await pause(20);
    }
  }

  /** Writes contact after contact, each under its own key again and again until it is acknowledged. */
  async #write(writer: number): Promise<void> {
    for (let at = 0; !this.#over; at += 1) {
      const email = `${this.#name}-${writer}-${at}@example.com`;
      this.sent.add(email);
      while (!this.acknowledged.has(email)) {
        const answer = await ask(this.#url(), this.#key, ...creating(email, email));
        const { status, data, failed } = answer;
        this.#count("writes", answer);
        const { contact = null } =
          (data as { contactCreate?: { contact: object | null } } | null)?.contactCreate ?? {};
        if (contact !== null) this.acknowledged.add(email);
        else if (this.#over) return;
        else {
          holds(status !== 200 || failed, `a contact was refused that nobody had: ${JSON.stringify(data)}`);
          await pause(20);
        }
      }
    }
  }
}
