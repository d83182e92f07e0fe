import { type ChildProcess, execFile, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

/** Servers as their operator starts them, from the build. */

const running = new Set<ChildProcess>();

export const killAll = (): void => {
  for (const child of running) child.kill("SIGKILL");
};

export interface Answer {
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  readonly data: unknown;
  /** Of the first error; null without errors. */
  readonly code: string | null;
  readonly message: string | null;
  /** Whether the answer has `errors`, whatever its status. */
  readonly failed: boolean;
}

export class Instance {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output = "";
  url = "";

  private constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, command, {
      env: { PATH: process.env.PATH, LOG_LEVEL: "error", PORT: "0", ...env },
    });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
    }
    this.#exited = new Promise((resolve) =>
      this.#child.once("close", () => {
        running.delete(this.#child);
        resolve();
      }),
    );
  }

  static async start(env: Readonly<Record<string, string>>, command = ["dist/main.js"]): Promise<Instance> {
    const instance = new Instance(command, env);
    let over = false;
    void instance.#exited.then(() => {
      over = true;
    });
    for (;;) {
      const [, url] = /^Graph(?:QL|iQL): (\S+)$/m.exec(instance.#output) ?? [];
      if (url) {
        instance.url = url;
        return instance;
      }
      if (over) throw new Error(`the server did not start: ${instance.#output}`);
      await pause(20);
    }
  }

  /** What was printed at the start. */
  get output(): string {
    return this.#output;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#exited;
  }

  /** @param timeout milliseconds for the answer */
  isReady = (timeout: number): Promise<boolean> =>
    fetch(this.url.replace("graphql", "ready"), { signal: AbortSignal.timeout(timeout) }).then(
      ({ status }) => status === 200,
      () => false,
    );
}

/** Sends a query. */
export async function ask(url: string, key: string, query: string, variables: object = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors } = (await response.json()) as {
      data?: unknown;
      errors?: { message?: string; extensions?: { code?: string } }[];
    };
    const { message = null, extensions } = errors?.[0] ?? {};
    return { status: response.status, data, code: extensions?.code ?? null, message, failed: !!errors };
  } catch (error) {
    const { message, cause } = error as Error;
    return {
      status: 0,
      data: null,
      code: null,
      message: `${message} ${(cause as Error | undefined)?.message ?? ""}`,
      failed: true,
    };
  }
}

/** Makes an organization and its first key. */
export async function makeKey(DATABASE_URL: string, organization: string): Promise<string> {
  const args = ["dist/main.js", "key", "--org", organization, "--email", "me@example.com", "--mode", "test"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env.PATH, DATABASE_URL },
  });
  const [, key] = /^API key: (\S+)$/m.exec(stdout) ?? [];
  if (!key) throw new Error(`no key was made: ${stdout}`);
  return key;
}
