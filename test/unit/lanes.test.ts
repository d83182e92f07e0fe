import { describe, expect, test } from "vitest";
import { Lanes, type Ticket } from "../../src/db/open/lanes.ts";
import { type Lane, turnOf } from "../../src/db/turn.ts";

/** Who gets a connection when there are fewer than are asked for. */

function pool(size: number) {
  const lanes = new Lanes(size);
  const running: Ticket[] = [];
  const began: string[] = [];
  const ask = (orgId: string, lane: Lane, name = `${orgId} ${lane}`, turn = turnOf(orgId, lane)) => {
    const ticket: Ticket = {
      turn,
      lane,
      begin: () => {
        running.push(ticket);
        began.push(name);
      },
    };
    lanes.ask(ticket);
    return ticket;
  };
  const end = (ticket = running[0]) => {
    if (!ticket) throw new Error("nothing runs");
    running.splice(running.indexOf(ticket), 1);
    lanes.end(ticket);
  };
  const counts = () => {
    const found: Partial<Record<Lane, number>> = {};
    for (const { lane } of running) found[lane] = (found[lane] ?? 0) + 1;
    return found;
  };
  return { lanes, ask, end, counts, running, began };
}

const many = (count: number, ask: () => unknown) => {
  for (let at = 0; at < count; at += 1) ask();
};

describe("of ten connections", () => {
  test("heavy reads have six, writes beside them eight, jobs two, and quick reads all", () => {
    const full = pool(10);
    many(20, () => full.ask("a", "job"));
    expect(full.counts()).toEqual({ job: 2 });
    many(20, () => full.ask("a", "heavy"));
    expect(full.counts()).toEqual({ job: 2, heavy: 4 });
    many(20, () => full.ask("a", "write"));
    expect(full.counts()).toEqual({ job: 2, heavy: 4, write: 2 });
    many(20, () => full.ask("a", "quick"));
    expect(full.counts()).toEqual({ job: 2, heavy: 4, write: 2, quick: 2 });
    expect(full.lanes.waiting).toBe(18 + 16 + 18 + 18);
    const alone = pool(10);
    many(20, () => alone.ask("a", "quick"));
    expect(alone.counts()).toEqual({ quick: 10 });
  });
});

test.each([
  [1, { heavy: 1 }],
  [2, { heavy: 2 }],
  [3, { heavy: 3 }],
  [4, { heavy: 2 }],
  [5, { heavy: 3 }],
  [8, { heavy: 4 }],
])("of %i connections heavy reads alone have %o", (size, counts) => {
  const { ask, counts: found } = pool(size);
  many(20, () => ask("a", "heavy"));
  expect(found()).toEqual(counts);
});

test.each([1, 2, 3, 4, 10])("of %i connections each lane comes to have one", (size) => {
  const { ask, end, began, running } = pool(size);
  many(5, () => ask("a", "heavy"));
  many(5, () => ask("a", "job"));
  many(5, () => ask("a", "write"));
  many(5, () => ask("a", "quick"));
  while (running.length > 0) end();
  expect(began).toHaveLength(20);
});

test("one of another organization is next, however many of the first one wait", () => {
  const { ask, end, began } = pool(1);
  many(200, () => ask("a", "heavy"));
  ask("b", "heavy");
  end();
  end();
  expect(began.indexOf("b heavy")).toBeLessThan(3);
});

test("one quick request is next, however many heavy ones of its organization wait", () => {
  const { ask, end, began } = pool(1);
  many(200, () => ask("a", "heavy"));
  ask("a", "quick");
  end();
  end();
  expect(began.indexOf("a quick")).toBeLessThan(3);
});

test("a request that has begun goes before those that began later", () => {
  const { ask, end, began } = pool(1);
  const first = turnOf("a", "heavy");
  ask("a", "heavy", "first", first);
  ask("a", "heavy", "second");
  ask("a", "heavy", "first again", first);
  end();
  expect(began).toEqual(["first", "first again"]);
});

test("who gives up waits no longer, and is not served", () => {
  const { lanes, ask, end, began } = pool(1);
  ask("a", "quick", "first");
  const second = ask("a", "quick", "second");
  ask("a", "quick", "third");
  lanes.giveUp(second);
  expect(lanes.waiting).toBe(1);
  end();
  expect(began).toEqual(["first", "third"]);
});

test("lookups of credentials are served in the order of asking, whatever asks between them", () => {
  const { ask, end, began, running } = pool(1);
  const probe = () => ask("", "quick", "probe", turnOf("", "quick"));
  ask("", "quick", "first");
  ask("", "quick", "lookup");
  probe();
  ask("", "quick", "lookup");
  while (running.length > 0) end();
  expect(began).toEqual(["first", "lookup", "probe", "lookup"]);
});
