import { Pool } from "undici";
import type { Running } from "./process.ts";
import { type Sending, TIME } from "./types.ts";

/** Requests by so many callers at once, each sending its next when the last was answered. */

export interface Measured {
  /** Requests a second. */
  readonly throughput: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of the server's CPU a request. */
  readonly cpuMs: number;
  readonly peakMiB: number;
  /** How much of one core this process took to ask and to read the answers. */
  readonly loadShare: number;
  readonly requests: number;
}

export interface LoadOptions {
  readonly seconds: number;
  readonly connections: number;
  /** Requests a second over all callers; as many as go when left out. */
  readonly rate?: number;
}

export class Caller {
  readonly #pool: Pool;

  constructor(
    readonly running: Running,
    readonly sendings: readonly Sending[],
    connections: number,
  ) {
    this.#pool = new Pool(`http://127.0.0.1:${running.port}`, {
      connections,
      pipelining: 1,
      headersTimeout: 120_000,
      bodyTimeout: 120_000,
    });
  }

  close = () => this.#pool.destroy();

  /** Sends one request, in rotation. */
  async send(turn: number): Promise<string> {
    const sending = this.sendings[turn % this.sendings.length];
    if (!sending) throw new Error("nothing to send");
    times += 1;
    return request(this.#pool, sending, times).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.running.complaints()}`, { cause: error });
    });
  }

  async load({ seconds, connections, rate }: LoadOptions): Promise<Measured> {
    const times: number[] = [];
    let turn = Math.floor(Math.random() * this.sendings.length);
    this.running.resetPeak();
    const cpu = this.running.cpu();
    const ownCpu = process.cpuUsage();
    const began = performance.now();
    const until = began + seconds * 1000;
    await Promise.all(
      Array.from({ length: connections }, async (_, lane) => {
        for (let own = 0; ; own += 1) {
          const due = rate === undefined ? 0 : began + ((own * connections + lane) * 1000) / rate;
          if (due > performance.now()) await new Promise((wake) => setTimeout(wake, due - performance.now()));
          const sent = performance.now();
          if (sent >= until) return;
          turn += 1;
          await this.send(turn);
          times.push(performance.now() - sent);
        }
      }),
    );
    const elapsed = performance.now() - began;
    const { user, system } = process.cpuUsage(ownCpu);
    times.sort((left, right) => left - right);
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return {
      throughput: (times.length * 1000) / elapsed,
      p50: at(0.5),
      p99: at(0.99),
      cpuMs: (this.running.cpu() - cpu) / times.length,
      peakMiB: this.running.peak(),
      loadShare: (user + system) / 1000 / elapsed,
      requests: times.length,
    };
  }
}

/** What has been sent, counted on from run to run: a change that was made before would be none. */
let times = Date.now();

/** @throws Error with the answer, when it is none */
async function request(pool: Pool, { path, headers, body }: Sending, time: number): Promise<string> {
  const { statusCode, body: answer } = await pool.request({
    path,
    method: "POST",
    headers,
    body: body.replace(TIME, String(time)),
  });
  const text = await answer.text();
  if (statusCode !== 200 || text.startsWith('{"errors"') || text.includes('"errors":[{')) {
    throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 500)}`);
  }
  return text;
}

/** Sends one request on a connection of its own, for the so many-eth time. */
export async function ask(running: Running, sending: Sending, time = 0): Promise<unknown> {
  const pool = new Pool(`http://127.0.0.1:${running.port}`, { connections: 1 });
  try {
    return JSON.parse(await request(pool, sending, time));
  } finally {
    await pool.destroy();
  }
}
