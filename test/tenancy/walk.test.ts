import { afterAll, beforeAll, expect, test } from "vitest";
import { allPlaces, type Walked, walkCourse } from "./course.ts";
import { type Doors, loadProduct } from "./doors.ts";
import { walkDownloads } from "./downloads.ts";
import type { Leak } from "./leak.ts";
import { idKinds } from "./names.ts";
import { walkRandomly } from "./random.ts";
import { allFields } from "./selections.ts";
import { type Scene, setScene, walkerIn } from "./tour.ts";
import { unreached } from "./unreached.ts";
import type { Walker } from "./walker.ts";

/**
 * Sends every field and argument of the schema, as every caller and about every kind of record: no caller may learn or
 * change data of others. `npm run check:tenancy` sends more.
 */

/** The share of operations to send: see `Course.share`. */
const given = process.env.TENANCY_SHARE;
const share = given === "all" || given === "broad" ? given : "short";
/** Test runs have a fixed seed; `check:tenancy` uses another seed each time. */
const seed = Number(process.env.TENANCY_SEED ?? 7);
const about = process.env.TENANCY_ABOUT;
/** Number of random operations with several values. */
const runs = Number(process.env.TENANCY_RUNS ?? { all: 100_000, broad: 200, short: 40 }[share]);
const loud = process.env.TENANCY_FIGURES === "true";
/** Maximum number of leaks in a message. */
const SHOWN = 5;

let scene: Scene;
let walker: Walker;
let doors: Doors;
let walked: Walked;
/** Whether the first leak ends the current test. */
let throwing = false;
const leaks: Leak[] = [];

beforeAll(async () => {
  scene = await setScene();
  ({ walker, doors } = await walkerIn(scene, await loadProduct(), (leak) => {
    leaks.push(leak);
    if (throwing) throw leak;
  }));
});

afterAll(async () => {
  await scene?.stop();
  if (loud && walked) console.log(figures());
});

function figures(): string {
  const [fields, places] = [allFields(), allPlaces()];
  return [
    `seed ${seed}`,
    `${walker.operations} operations in ${doors.requests} requests, ${Math.round(doors.bytes / 1024)} KiB read`,
    `${fields.filter((field) => walker.seen.has(field)).length} of ${fields.length} fields with data`,
    `${walked.places.size} of ${places.length} arguments and input fields`,
    `${walked.callers.size} callers, ${walked.kinds.size} kinds of values`,
    `${scene.secrets.size} marks and ids that are somebody's, ${walker.marks} found in answers`,
    `${leaks.length} leaks`,
  ].join("\n");
}

/** Fails with the seed and the first leaks. */
function expectNone(): void {
  const shown = leaks.slice(0, SHOWN).map(({ message }) => message);
  expect(leaks.length, `seed ${seed}\n\n${shown.join("\n\n")}`).toBe(0);
}

test(`nobody learns or changes what is not theirs (seed ${seed})`, async () => {
  walked = await walkCourse(scene, walker, {
    share,
    seed,
    ...(about !== undefined && { about: new RegExp(about) }),
    onField: (field) => {
      if (loud) console.log(`${field} (${walker.operations} operations, ${leaks.length} leaks)`);
    },
  });
  expectNone();
}, 7_200_000);

test.skipIf(about !== undefined)(
  "nor by what is said at random",
  async () => {
    const before = leaks.length;
    throwing = true;
    try {
      await walkRandomly(scene, walker, { seed, runs });
    } finally {
      throwing = false;
      await scene.rows.undo(await scene.rows.changes());
    }
    expect(leaks.length).toBe(before);
  },
  7_200_000,
);

test("files are downloaded by those alone who may have them", async () => {
  await walkDownloads(scene, walker, { isShort: share === "short" });
  expectNone();
}, 600_000);

test.skipIf(about !== undefined)("everybody asked, by ids of every kind", () => {
  const missing = scene.callers.map(({ caller }) => caller.name).filter((name) => !walked.callers.has(name));
  expect([...missing, ...idKinds.filter((kind) => !walked.kinds.has(kind))]).toEqual([]);
});

test.skipIf(about !== undefined)("every argument and every field of an input was given", () => {
  expect(allPlaces().filter((place) => !walked.places.has(place))).toEqual([]);
});

test.skipIf(about !== undefined)("every field was seen with data, but for those that are listed", () => {
  const missing = allFields().filter((field) => !walker.seen.has(field) && !(field in unreached));
  expect(missing, "reach them, or say why not in test/tenancy/unreached.ts").toEqual([]);
});
