import { monitorEventLoopDelay } from "node:perf_hooks";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { requestCodes } from "../../src/lib/error-codes.ts";
import { schema } from "../../src/schema.ts";
import { listening } from "../support/listener.ts";
import { Organization } from "../support/makers.ts";
import { type Attack, attacks } from "./requests.ts";

/**
 * Random hostile requests, made from the schema and from inputs that have stopped other servers. Each answer says what
 * was wrong and reveals nothing of the implementation. None is a fault, and other clients are answered meanwhile.
 */

const cases = Number(process.env.ATTACKS_CASES ?? 300);
const seed = Number(process.env.ATTACKS_SEED ?? Math.floor(Math.random() * 2 ** 31));

let organization: Organization;
let other: Organization;
let server: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  [organization, other] = [await Organization.make(), await Organization.make()];
  const { id } = await organization.contact({ name: "Ann", email: "ann@example.com" });
  await organization.deal({ contactId: id });
  server = await listening({ bodyTimeout: 2_000, headersTimeout: 2_000 });
});
afterAll(() => server.stop());

/** Texts that no answer may contain: files, stacks, SQL, names of libraries. */
const insides =
  /node_modules|\/src\/|\/dist\/|file:\/\/|\bat \w+ \(|\bprisma\b|\bSELECT |\bINSERT |\bpg_|PGlite|ECONN|TypeError|undefined/i;

const figures = { answered: 0, refused: 0, slowest: 0, codes: new Map<string, number>() };

interface Said {
  readonly data?: object | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: { readonly cost?: { readonly requested: number; readonly actual: number } };
}

async function send(attack: Attack): Promise<{ readonly status: number; readonly text: string }> {
  if (attack.kind === "bytes") return server.talk(attack.bytes);
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${organization.key}`,
      ...(attack.kind === "operation" && { "x-cost": "true" }),
    },
    body: attack.body,
  });
  return { status: response.status, text: await response.text() };
}

/** Asserts that an answer is allowed. */
function judge(attack: Attack, status: number, text: string): void {
  const shown = `${JSON.stringify(attack).slice(0, 2_000)}\nanswered ${status} ${text.slice(0, 2_000)}`;
  // A request that is not HTTP may get only the end of the connection. HEAD has no body; / and /health have no JSON.
  if (attack.kind === "bytes" && text === "") return;
  expect(status, shown).not.toBe(500);
  const said = JSON.parse(text.replace(/^[\da-f]+\r\n|\r\n0\r\n\r\n$/gi, "")) as Said;
  for (const { message, extensions = {} } of said.errors ?? []) {
    const code = String(extensions.code);
    expect(Object.keys(requestCodes), shown).toContain(code);
    expect(code, shown).not.toBe("INTERNAL_SERVER_ERROR");
    expect(extensions.requestId, shown).toEqual(expect.any(String));
    // Messages repeat texts of the caller, shortened and in quotes; these are not checked.
    expect(message.replace(/"(?:[^"\\]|\\.)*"?/g, ""), shown).not.toMatch(insides);
    figures.codes.set(code, (figures.codes.get(code) ?? 0) + 1);
  }
  const { cost } = said.extensions ?? {};
  if (cost) expect(cost.actual, shown).toBeLessThanOrEqual(cost.requested);
  if (said.errors) figures.refused += 1;
  else figures.answered += 1;
}

/** A client of another organization. */
async function answersOthers(): Promise<void> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${other.key}` },
    body: JSON.stringify({ query: "{ viewer { organization { id } } }" }),
  });
  const id = encodeId("Organization", other.id);
  expect(await response.json()).toEqual({ data: { viewer: { organization: { id } } } });
}

test(`${cases} hostile requests are each answered, none as a fault, and others are answered beside them`, async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let sent = 0;
  const check = fc.asyncProperty(attacks(schema), async (attack) => {
    const began = performance.now();
    const { status, text } = await send(attack);
    figures.slowest = Math.max(figures.slowest, performance.now() - began);
    judge(attack, status, text);
    sent += 1;
    if (sent % 25 === 0) await answersOthers();
  });
  await fc.assert(check, { numRuns: cases, seed, endOnFailure: true });
  await answersOthers();
  expect(sent).toBe(cases);
  expect(figures.answered).toBeGreaterThan(0);
  if (process.env.ATTACKS_FIGURES) {
    console.log(
      `seed ${seed}: ${sent} requests, ${figures.answered} answered, ${figures.refused} refused; ` +
        `slowest ${figures.slowest.toFixed(0)} ms, longest turn of the event loop ${(delay.max / 1e6).toFixed(0)} ms, ` +
        `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB\n` +
        [...figures.codes]
          .sort(([, left], [, right]) => right - left)
          .map(([code, many]) => `${many} ${code}`)
          .join(", "),
    );
  }
}, 3_600_000);
