import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Instance } from "./instance.ts";

/**
 * A balancer in front of several instances, as docs/operating/running.md describes one: it asks each of them for
 * `/ready`, keeps connections open to those that are, and sends no request a second time.
 */

/** Milliseconds between two checks of an instance. */
const INTERVAL = 200;
/** Checks that fail in a row before an instance gets no more requests. */
const FALL = 3;
/** Milliseconds for the answer: an instance that stops says so at once, one on a busy machine answers late. */
const CHECK_TIMEOUT = 5_000;

class Member {
  /** Whether it gets requests. */
  up = false;
  readonly agent = new Agent({ keepAlive: true });
  #watched = true;

  constructor(readonly instance: Instance) {
    void this.#watch();
  }

  forget(): void {
    this.#watched = false;
    this.agent.destroy();
  }

  async #watch(): Promise<void> {
    for (let failed = 0; this.#watched; ) {
      failed = (await this.instance.isReady(CHECK_TIMEOUT)) ? 0 : failed + 1;
      if (failed === 0) this.up = true;
      else if (failed >= FALL) this.up = false;
      await pause(INTERVAL);
    }
  }
}

export class Balancer {
  readonly #members = new Set<Member>();
  readonly #http: Server;
  #next = 0;

  constructor() {
    this.#http = createServer((incoming, outgoing) => {
      const up = [...this.#members].filter((member) => member.up);
      this.#next += 1;
      const member = up[this.#next % up.length];
      if (!member) return outgoing.writeHead(503).end('{"errors":[{"message":"no instance is ready"}]}');
      const { port, hostname } = new URL(member.instance.url);
      const { connection: _, ...headers } = incoming.headers;
      const { method, url } = incoming;
      const passed = request({ agent: member.agent, port, host: hostname, method, path: url, headers });
      passed
        .on("response", (answer) => {
          const { connection: _, "keep-alive": __, ...headers } = answer.headers;
          outgoing.writeHead(answer.statusCode ?? 502, headers);
          answer.pipe(outgoing);
        })
        .on("error", ({ message }) => outgoing.writeHead(502).end(JSON.stringify({ errors: [{ message }] })));
      incoming.pipe(passed);
    });
  }

  /** @returns the address of GraphQL behind it */
  async listen(): Promise<string> {
    await new Promise<void>((listens) => this.#http.listen(0, "127.0.0.1", listens));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/graphql`;
  }

  /** Watches an instance, and waits until it is ready. */
  async add(instance: Instance): Promise<void> {
    const member = new Member(instance);
    this.#members.add(member);
    while (!member.up) await pause(20);
  }

  /** Waits until an instance that was told to stop gets no more requests, and forgets it once it has ended. */
  async drain(instance: Instance): Promise<void> {
    const member = [...this.#members].find((each) => each.instance === instance);
    await instance.stop();
    member?.forget();
    if (member) this.#members.delete(member);
  }

  async close(): Promise<void> {
    for (const member of this.#members) member.forget();
    await new Promise((closed) => {
      this.#http.close(closed);
      this.#http.closeAllConnections();
    });
  }
}
