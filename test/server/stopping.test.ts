import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { listening } from "../support/listener.ts";

/** How long a port stays open after the signal: as long as a balancer needs, and no longer where there is none. */

/** Milliseconds: longer than a server that nobody watches waits for another request. */
const LULL = 600;

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`;

/** A server that has had its signal, and what was asked before it. */
async function stopping({ shutdownDelay, before }: { shutdownDelay: number; before: readonly string[] }) {
  let told = false;
  const { talk, stop } = await listening({ shutdownDelay, isStopping: () => told });
  // With HTTP/1.0 the connection ends with its answer.
  for (const path of before) await talk(get(path).replace("HTTP/1.1", "HTTP/1.0"));
  told = true;
  return { talk, stopped: stop() };
}

test.each([["/ready"], ["/ready?by=balancer"]])(
  "where %s is watched, a lull is no end: what comes after it, before the balancer has looked, is answered",
  async (watched) => {
    const { talk, stopped } = await stopping({ shutdownDelay: 5_000, before: [watched] });
    await sleep(LULL);
    expect(await talk(get("/graphql?query={__typename}"))).toMatchObject({
      status: 403,
      head: expect.stringContaining("connection: close"),
    });
    expect(await talk(get("/ready"))).toMatchObject({ status: 503 });
    // A balancer may have to see it more than once, and there may be several.
    await sleep(LULL);
    expect(await talk(get("/ready"))).toMatchObject({ status: 503 });
    await stopped;
    expect((await talk(get("/ready"))).status).toBeNaN();
  },
);

test.each([["nothing"], ["/health"]])(
  "where %s was asked for, the port is closed at the first lull, whatever the delay",
  async (asked) => {
    const before = asked === "nothing" ? [] : [asked];
    const { talk, stopped } = await stopping({ shutdownDelay: 600_000, before });
    await stopped;
    expect((await talk(get("/health"))).status).toBeNaN();
  },
);

test.each([["/health"], ["/health?by=balancer"]])(
  "who goes on asking for %s keeps no port open",
  async (asked) => {
    const { talk, stopped } = await stopping({ shutdownDelay: 600_000, before: [] });
    let open = true;
    const asking = async () => {
      while (open) {
        await talk(get(asked));
        await sleep(20);
      }
    };
    onTestFinished(() => {
      open = false;
    });
    void asking();
    await stopped;
    expect((await talk(get("/health"))).status).toBeNaN();
  },
);

test("a clock that is set back does not keep the port open", async () => {
  const { talk, stopped } = await stopping({ shutdownDelay: 600_000, before: [] });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  await stopped;
  expect((await talk(get("/health"))).status).toBeNaN();
});
