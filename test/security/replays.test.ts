import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { mutate, sendText } from "../support/client.ts";
import { testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { type Ids, replayCases } from "./replay-cases.ts";

/**
 * A request that is sent again under its idempotency key is answered as the first time, as far as its caller may see
 * every record of that answer at this moment.
 */

let organization: Organization;
let used = 0;
beforeAll(async () => {
  organization = await Organization.make();
});

const cases = replayCases(() => organization);
const unused = () => `replay-${++used}-${organization.id}`;

/** Their answers have ids of contacts alone, which are looked up as the caller. */
const bulk = ["contactsBulkUpdate", "contactsBulkTag", "contactsBulkDelete"];
/** Their answers are the organization and the member as they are then (test/organization, test/members). */
const anew = ["contactErase", "organizationUpdate", "memberRemove", "memberReassign"];

test("every mutation that takes an idempotency key is here", () => {
  const mutations = buildSchema(readFileSync("schema.graphql", "utf8")).getMutationType()?.getFields() ?? {};
  const repeatable = Object.values(mutations).filter(({ args }) =>
    args.some(({ name }) => name === "idempotencyKey"),
  );
  expect([...Object.keys(cases), ...bulk, ...anew].sort()).toEqual(repeatable.map(({ name }) => name).sort());
});

const idsOf = (payload: object): Ids =>
  Object.fromEntries(
    Object.entries(payload).flatMap(([field, value]): [string, string][] => {
      const one = Array.isArray(value) ? value[0] : value;
      if (typeof one !== "object" || one === null) return [];
      const { id, duplicate } = one as { id?: string; duplicate?: string };
      return [
        ...(id === undefined ? [] : ([[field, id]] as [string, string][])),
        ...(duplicate === undefined ? [] : ([["duplicate", duplicate]] as [string, string][])),
        ...Object.entries(idsOf(one)),
      ];
    }),
  );

describe.each(Object.entries(cases))("%s", (mutation, { who, ask, losses }) => {
  test.each(Object.entries(losses))("%s: nothing of it is answered again", async (_what, [lose, code]) => {
    const member = await organization.member(who);
    const { args, selection } = await ask(member);
    const field = `${mutation}(${args}, idempotencyKey: "${unused()}")`;
    const first = await mutate<Record<string, object>>(member.key, field, selection);
    expect(first.errors).toEqual([]);
    expect(await mutate(member.key, field, selection)).toEqual(first);
    await lose(idsOf(first), member);
    const { errors, ...again } = await mutate<Record<string, unknown>>(member.key, field, selection);
    expect(errors).toMatchObject([{ code, path: ["idempotencyKey"] }]);
    for (const value of Object.values(again)) expect([null, []]).toContainEqual(value);
  });
});

test("a member who may only read by now is not answered again", async () => {
  const member = await organization.member();
  const field = `contactCreate(input: { name: "R", email: "${unused()}@example.com" }, idempotencyKey: "${unused()}")`;
  await mutate(member.key, field, "contact { id }");
  const { prisma } = await testDatabase();
  await prisma.member.updateMany({ where: { id: member.id }, data: { role: "READ_ONLY" } });
  const { data, errors } = await sendText(member.key, `mutation { ${field} { contact { id } } }`);
  expect(data?.contactCreate ?? null).toBeNull();
  expect(errors[0]?.extensions.code).toBe("INSUFFICIENT_SCOPE");
});
