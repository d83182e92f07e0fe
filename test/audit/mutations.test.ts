import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { statementsOf, testDatabase } from "../support/database.ts";
import { Organization } from "../support/makers.ts";
import { cases } from "./cases.ts";
import { asked, eventsOf, shortly } from "./support.ts";

/** Every mutation writes its audit events, in its transaction, and none where it does nothing. */

let organization: Organization;
beforeAll(async () => {
  organization = await Organization.make();
});

test("every mutation is here", () => {
  const mutations = buildSchema(readFileSync("schema.graphql", "utf8")).getMutationType()?.getFields() ?? {};
  expect(Object.keys(cases).sort()).toEqual(Object.keys(mutations).sort());
});

const writing = Object.entries(cases).flatMap(([name, make]) =>
  make === null ? [] : [[name, make] as const],
);

describe.each(writing)("%s", (name, make) => {
  test("is an event, which says who did what in which request", async () => {
    const { args, events: expected } = await make(organization);
    const field = `${name}${args === "" ? "" : `(${args})`} { errors { code message } }`;
    const { payload, requestId } = await asked(organization.key, field);
    expect(payload.errors).toEqual([]);
    const events = await eventsOf(organization.key, `requestId: "${requestId}"`);
    expect(events.map(shortly).sort()).toEqual(expected);
    for (const event of events) {
      expect(event).toMatchObject({ actor: "API_KEY", requestId, jobId: null });
      expect(event.apiKey?.id).toMatch(/^api_key_/);
      expect(event.member?.id).toMatch(/^member_/);
      expect(event.recordIds).toHaveLength(event.recordCount);
      expect(event.recordCount).toBeGreaterThan(0);
    }
  });
});

test("a write that is one statement has its event in it", async () => {
  const [{ globalId: contact }, { globalId: lead }, { globalId: deal }] = [
    await organization.contact(),
    await organization.lead(),
    await organization.deal(),
  ];
  for (const [field, expected] of [
    [`contactCreate(input: { name: "C", phoneNumbers: ["+33612345678"] })`, "CREATED CONTACT"],
    [`contactUpdate(id: "${contact}", input: { title: "T" })`, "UPDATED CONTACT title"],
    [`leadUpdate(id: "${lead}", input: { company: "T" })`, "UPDATED LEAD company"],
    [`dealUpdate(id: "${deal}", input: { stage: "T" })`, "UPDATED DEAL stage"],
  ] as const) {
    const { answer, statements } = await statementsOf(() =>
      asked(organization.key, `${field} { errors { code message } }`),
    );
    expect(answer.payload.errors).toEqual([]);
    expect(statements.filter((sql) => /^(BEGIN|COMMIT)/.test(sql))).toEqual([]);
    const events = await eventsOf(organization.key, `requestId: "${answer.requestId}"`);
    expect(events.map(shortly)).toEqual([expected]);
  }
});

test("what is refused is no event", async () => {
  const { globalId } = await organization.contact();
  const field = `contactUpdate(id: "${globalId}", input: { title: "T" }, expectedVersion: 99) { errors { code message } }`;
  const { payload, requestId } = await asked(organization.key, field);
  expect(payload.errors).toHaveLength(1);
  expect(await eventsOf(organization.key, `requestId: "${requestId}"`)).toEqual([]);
  expect(await eventsOf(organization.key, `recordId: "${globalId}"`)).toEqual([]);
});

test("what changes nothing, and a request that is answered again, are no events", async () => {
  const { globalId } = await organization.contact({ title: "Same" });
  const same = await asked(
    organization.key,
    `contactUpdate(id: "${globalId}", input: { title: "Same" }) { errors { code message } }`,
  );
  expect(await eventsOf(organization.key, `requestId: "${same.requestId}"`)).toEqual([]);
  const create = `tagCreate(input: { name: "Again" }, idempotencyKey: "again") { tag { id } errors { code message } }`;
  const first = await asked<{ tag: { id: string } }>(organization.key, create);
  const again = await asked<{ tag: { id: string } }>(organization.key, create);
  expect(again.payload).toEqual(first.payload);
  expect((await eventsOf(organization.key, `recordId: "${first.payload.tag.id}"`)).map(shortly)).toEqual([
    "CREATED TAG",
  ]);
});

test("no event has a value of a record", async () => {
  const secret = `secret-${organization.id}`;
  await asked(
    organization.key,
    `contactCreate(input: { name: "${secret}", email: "${secret}@example.com", notes: "${secret}" }) { errors { code message } }`,
  );
  const { pool } = await testDatabase();
  const { rows } = await pool.query(
    "SELECT count(*)::int AS count FROM audit_event AS e WHERE org_id = $1 AND e::text LIKE $2",
    [organization.id, `%${secret}%`],
  );
  expect(rows).toEqual([{ count: 0 }]);
});
