import { beforeAll, expect, test } from "vitest";
import {
  type Case,
  cases,
  createWith,
  fulfils,
  makeWorld,
  operandFor,
  ordered,
  titleOf,
  updateWith,
  valueFor,
  type World,
} from "../support/columns.ts";

/** What the tables of columns say is so: every row of every table is written, read, filtered and sorted by. */

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const named = (of: readonly Case[]) => of.map((one) => [titleOf(one), one] as const);

const written = cases.filter(({ row }) => row.create !== null);

test.each(named(written))("a record is created with %s, and answers with it", async (_title, one) => {
  const value = valueFor(world, one);
  expect((await createWith(world, one, value)).value).toEqual(value);
});

test.each(named(written.filter(({ row }) => row.update !== null)))(
  "%s of a record is changed, and answers with it",
  async (_title, one) => {
    const { id } = await createWith(world, one, undefined);
    const value = valueFor(world, one);
    expect((await updateWith(world, one, id, value)).value).toEqual(value);
  },
);

/** A column that is written with another one is looked for in a record that has that one. */
const writerOf = (one: Case): Case =>
  one.row.create !== null
    ? one
    : (cases.find(
        ({ noun, name }) => noun === one.noun && name === (noun === "lead" ? "dealValue" : "value"),
      ) ?? one);

/** Of what is found by its parent, a parent of its own. */
async function plant(one: Case, value = valueFor(world, writerOf(one))) {
  const writer = writerOf(one);
  const parent = await world.organization.contact();
  const child = one.noun === "activity" || one.noun === "conversation";
  const { id } = await createWith(world, writer, value, child ? { contactId: parent.globalId } : {});
  return { value, id: child ? parent.globalId : id };
}

test.each(named(cases.filter(({ row }) => row.filter.length > 0)))(
  "%s is filtered by, under each of its names",
  async (_title, one) => {
    const { id, value } = await plant(one);
    for (const field of one.row.filter) {
      const operand = operandFor(world, field, value);
      // Moments have no equality.
      const [holds, not] = field.type === "dateTime" ? ["GTE", "LT"] : ["EQ", "NE"];
      for (const name of [field.path, ...field.aliases]) {
        const ask = (op: string) => fulfils(world, one, id, { field: name, op, value: operand });
        expect([await ask(holds), await ask(not)], `${name} ${holds}, ${not}`).toEqual([true, false]);
      }
    }
  },
);

test.each(named(cases.filter(({ row }) => row.filter.some(({ sort }) => sort))))(
  "records are put in order by %s, either way",
  async (_title, one) => {
    const values = [valueFor(world, writerOf(one)), valueFor(world, writerOf(one))];
    // The one that comes last is made first: else the order of making would do as well.
    const last = await plant(one, values[1]);
    const ids = [(await plant(one, values[0])).id, last.id];
    for (const { path } of one.row.filter.filter(({ sort }) => sort)) {
      expect(await ordered(world, one, ids, path, "ASC"), path).toEqual(ids);
      expect(await ordered(world, one, ids, path, "DESC"), path).toEqual(ids.toReversed());
    }
  },
);
