import { beforeAll, describe, expect, inject, test } from "vitest";
import { encodeId } from "../../src/db/ids.ts";
import { scopedDb } from "../../src/db/scope/scoped.ts";
import type { Caller } from "../../src/graphql/context.ts";
import { leastIdAt, momentOf, newId } from "../../src/lib/typeid.ts";
import { write } from "../../src/records/write/write.ts";
import { sendText } from "../support/client.ts";
import { statementsOf, testDatabase } from "../support/database.ts";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";
import { plant } from "../support/plant.ts";
import { asked, eventsOf, shortly } from "./support.ts";

/** Who reads audit events, which ones, and how. */

let organization: Organization;
let other: Organization;
beforeAll(async () => {
  [organization, other] = [await Organization.make(), await Organization.make()];
  // Of another organization, about the same record.
  await plant("AuditEvent", other, { request_id: "planted" });
});

const codes = (answer: { errors: readonly { extensions: Record<string, unknown> }[] }) =>
  answer.errors.map(({ extensions }) => extensions.code);

/** An organization of its own with events of some members and keys. */
async function withEvents() {
  const made = await Organization.make();
  const [ann, bob] = [await made.member({ role: "ADMIN" }), await made.member({ role: "ADMIN" })];
  const { globalId } = await made.contact();
  const titled = (key: string, title: string) =>
    asked(key, `contactUpdate(id: "${globalId}", input: { title: "${title}" }) { errors { code message } }`);
  const first = await titled(ann.key, "A");
  await asked(bob.key, `tagCreate(input: { name: "B" }) { errors { code message } }`);
  await titled(bob.key, "C");
  return { made, ann, bob, globalId, first };
}

describe("who reads them", () => {
  test.each([
    ["OWNER", "ALL", true],
    ["ADMIN", "ALL", true],
    ["ADMIN", "ASSIGNED", false],
    ["OWNER", "ASSIGNED", false],
    ["MEMBER", "ALL", false],
    ["READ_ONLY", "ALL", false],
  ] as const)("%s who sees %s: %s", async (role, dataScope, may) => {
    const { key } = await organization.member({ role, dataScope });
    const { globalId } = await plant("AuditEvent", organization);
    const list = await sendText(key, "{ auditEvents { totalCount nodes { id } } }");
    expect(codes(list)).toEqual(may ? [] : ["INSUFFICIENT_SCOPE"]);
    const one = await sendText(key, `{ node(id: "${globalId}") { id } }`);
    expect(one.data).toEqual({ node: may ? { id: globalId } : null });
    const { data } = await sendText(key, "{ viewer { permissions } }");
    const { permissions } = (data as unknown as { viewer: { permissions: string[] } }).viewer;
    expect(permissions.includes("AUDIT_READ")).toBe(may);
  });

  test("a key without the scope ADMIN, and an administrator whose role was taken away, do not", async () => {
    const narrow = await organization.member({ role: "ADMIN", scopes: ["WRITE"] });
    expect(codes(await sendText(narrow.key, "{ auditEvents { totalCount } }"))).toEqual([
      "INSUFFICIENT_SCOPE",
    ]);
    const { id, key } = await organization.member({ role: "ADMIN" });
    expect(codes(await sendText(key, "{ auditEvents { totalCount } }"))).toEqual([]);
    const { prisma } = await testDatabase();
    await prisma.member.updateMany({ where: { id }, data: { role: "MEMBER" } });
    expect(codes(await sendText(key, "{ auditEvents { totalCount } }"))).toEqual(["INSUFFICIENT_SCOPE"]);
  });

  test("another organization's are found by nothing", async () => {
    const { globalId } = await plant("AuditEvent", other);
    const recordId = newId();
    await plant("AuditEvent", other, { record_ids: [recordId], request_id: "theirs" });
    const contact = encodeId("Contact", recordId);
    expect(await eventsOf(organization.key, `recordId: "${contact}"`)).toEqual([]);
    expect(await eventsOf(organization.key, `requestId: "theirs"`)).toEqual([]);
    expect((await sendText(organization.key, `{ node(id: "${globalId}") { id } }`)).data).toEqual({
      node: null,
    });
    expect(await eventsOf(other.key, `recordId: "${contact}"`)).toHaveLength(1);
  });
});

describe("filters", () => {
  test("by member, key, action, type, record, request and time", async () => {
    const { made, ann, bob, globalId, first } = await withEvents();
    const found = async (filter: string) => (await eventsOf(made.key, filter)).map(shortly);
    expect(await found("")).toEqual(["UPDATED CONTACT title", "CREATED TAG", "UPDATED CONTACT title"]);
    expect(await found(`memberId: "${ann.globalId}"`)).toEqual(["UPDATED CONTACT title"]);
    expect(await found(`apiKeyId: "${encodeId("ApiKey", bob.keyId)}"`)).toHaveLength(2);
    expect(await found("actions: [CREATED]")).toEqual(["CREATED TAG"]);
    expect(await found("actions: []")).toEqual([]);
    expect(await found("recordTypes: [TAG, LEAD]")).toEqual(["CREATED TAG"]);
    expect(await found(`recordId: "${globalId}"`)).toHaveLength(2);
    expect(await found(`recordId: "${globalId}", memberId: "${bob.globalId}"`)).toHaveLength(1);
    expect(await found(`requestId: "${first.requestId}"`)).toHaveLength(1);
    expect(await found("actor: API_KEY")).toHaveLength(3);
    expect(await found("actor: SYSTEM")).toEqual([]);
    const [last, middle] = await eventsOf(made.key, "");
    const between = `since: "${middle?.occurredAt}", until: "${last?.occurredAt}"`;
    expect(await found(between)).toEqual(["CREATED TAG"]);
    expect(await found(`until: "1999-01-01T00:00:00Z"`)).toEqual([]);
  });

  test("of a record that is gone are found by its id", async () => {
    const { payload } = await asked<{ tag: { id: string } }>(
      organization.key,
      `tagCreate(input: { name: "Gone" }) { tag { id } errors { code message } }`,
    );
    const { id } = payload.tag;
    await asked(organization.key, `tagDelete(id: "${id}") { errors { code message } }`);
    const events = await eventsOf(organization.key, `recordId: "${id}"`);
    expect(events.map(shortly)).toEqual(["DELETED TAG", "CREATED TAG"]);
    expect(events[0]?.recordIds).toEqual([id]);
    expect((await sendText(organization.key, `{ node(id: "${id}") { id } }`)).data).toEqual({ node: null });
  });

  test.each([
    [`memberId: "nonsense"`, "filter.memberId"],
    [`memberId: "${encodeId("Contact", newId())}"`, "filter.memberId"],
    [`apiKeyId: ""`, "filter.apiKeyId"],
    [`recordId: "contact_zzz"`, "filter.recordId"],
    ["recordId: null", "filter.recordId"],
    ["actions: null", "filter.actions"],
  ])("%s is refused by its name", async (filter, field) => {
    const answer = await sendText(
      organization.key,
      `{ auditEvents(filter: { ${filter} }) { nodes { id } } }`,
    );
    expect(answer.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field } }]);
  });
});

describe("pages", () => {
  test("go through all events once, both ways, in one statement each", async () => {
    const { made } = await withEvents();
    const page = async (args: string) => {
      const query = `{ auditEvents(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { id recordIds } } } }`;
      // The first times some reads are sent twice, to be compared with how they are sent from then on.
      for (let time = 0; time < 3; time += 1) await sendText(made.key, query);
      const { answer, statements } = await statementsOf(() => sendText(made.key, query));
      expect(answer.errors).toEqual([]);
      // The page, the number of all, and for a cursor what lies before it.
      const reads = new Set(statements.filter((text) => /FROM ("public"\.)?"?audit_event/.test(text)));
      expect(reads.size, statements.join("\n")).toBe(2 + (args.includes("after") ? 1 : 0));
      return (answer.data as unknown as { auditEvents: Page }).auditEvents;
    };
    interface Page {
      readonly totalCount: number;
      readonly pageInfo: {
        hasNextPage: boolean;
        hasPreviousPage: boolean;
        startCursor: string;
        endCursor: string;
      };
      readonly edges: { node: { id: string } }[];
    }
    const first = await page("first: 2");
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const last = await page("last: 1");
    expect(last.edges).toEqual(second.edges);
    const ids = [...first.edges, ...second.edges].map(({ node }) => node.id);
    expect(new Set(ids).size).toBe(3);
    const wrong = await sendText(
      made.key,
      `{ auditEvents(first: 1, after: "${first.pageInfo.endCursor}", filter: { actor: SYSTEM }) { nodes { id } } }`,
    );
    expect(codes(wrong)).toEqual(["BAD_CURSOR"]);
  });

  test("an event of many records shows as many as are asked for, and their number", async () => {
    const ids = Array.from({ length: 1001 }, newId);
    const made = await Organization.make();
    await plant("AuditEvent", made, { record_ids: ids });
    const shown = async (first: string) => {
      const { data, errors } = await sendText(
        made.key,
        `{ auditEvents { nodes { recordCount recordIds${first} } } }`,
      );
      const [event] = (
        data as unknown as { auditEvents?: { nodes: { recordCount: number; recordIds: string[] }[] } }
      )?.auditEvents?.nodes ?? [null];
      return event ? [event.recordCount, event.recordIds.length] : codes({ errors });
    };
    expect(await shown("")).toEqual([1001, 100]);
    expect(await shown("(first: 1000)")).toEqual([1001, 1000]);
    expect(await shown("(first: 0)")).toEqual([1001, 0]);
    expect(await shown("(first: 1001)")).toEqual(["BAD_USER_INPUT"]);
  });
});

test("what a job does names the job and who asked for it, one event for each batch and action", async () => {
  const made = await Organization.make();
  await made.contact({ name: "Old", email: "old@example.com" });
  const rows = ["name,email,title", "Old,old@example.com,CTO"];
  for (let at = 0; at < 30; at += 1) rows.push(`New ${at},new${at}@example.com,`);
  const { id } = await imported(made, `${rows.join("\n")}\n`, { mode: "UPDATE" });
  const events = await eventsOf(made.key, `jobId: "${id}"`);
  expect(events.map((event) => `${shortly(event)} ${event.recordCount}`).sort()).toEqual([
    "CREATED CONTACT 30",
    "UPDATED CONTACT title 1",
  ]);
  for (const event of events) expect(event).toMatchObject({ jobId: id, source: "IMPORT", requestId: null });
  expect((await eventsOf(made.key, `recordId: "${id}"`)).map(shortly)).toEqual(["IMPORTED IMPORT_JOB"]);
});

test("a write that says nothing of what it changes is not committed", async () => {
  const { id: memberId } = await organization.member();
  const tag = await organization.tag("Unsaid");
  const caller = {
    db: scopedDb(await testDatabase(), { orgId: organization.id, memberId, dataScope: "ALL" }),
    viewer: {
      memberId,
      role: "OWNER",
      dataScope: "ALL",
      scopes: new Set(),
      credentialId: memberId,
      apiKeyId: null,
      source: "API",
    },
    now: new Date(),
    warnings: [],
    progress: { writes: 0 },
    origin: { requestId: null, address: null, job: null, operator: false },
  } as unknown as Caller;
  const change = write(caller, ({ tx }) =>
    tx.tag.updateMany({ where: { id: tag }, data: { color: "#ffffff" } }),
  );
  await expect(change).rejects.toThrow("changed without an audit event: Tag");
  const { prisma } = await testDatabase();
  expect(await prisma.tag.findFirst({ where: { orgId: organization.id, id: tag } })).toMatchObject({
    color: null,
  });
  // Nor does a scoped client write events by itself, or change them.
  expect(() => caller.db.auditEvent.deleteMany({})).toThrow("only read");
});

test("an id begins with the moment at which it was made", () => {
  const id = newId();
  expect(Math.abs(momentOf(id).getTime() - Date.now())).toBeLessThan(60_000);
  expect(momentOf(leastIdAt(new Date(1_700_000_000_123))).getTime()).toBe(1_700_000_000_123);
  expect(leastIdAt(momentOf(id)) <= id).toBe(true);
});

describe.skipIf(inject("postgresUrl") === null)("among many events", () => {
  test("those of a record are found by an index", async () => {
    const made = await Organization.make();
    const { pool } = await testDatabase();
    await pool.query(
      `INSERT INTO audit_event (org_id, id, occurred_at, actor, source, action, record_type, record_ids, fields)
       SELECT $1, gen_random_uuid(), now(), 'SYSTEM', 'API', 'UPDATED', 'Contact', ARRAY[gen_random_uuid()], '{}'
       FROM generate_series(1, 20000)`,
      [made.id],
    );
    // Entries that wait to be merged into the index count as its cost: an autovacuum merges them.
    await pool.query("VACUUM ANALYZE audit_event");
    const { statements } = await statementsOf(() =>
      eventsOf(made.key, `recordId: "${encodeId("Contact", newId())}"`),
    );
    const [text] = statements.filter((sql) => sql.includes("audit_event"));
    const { rows } = await pool.query(
      `EXPLAIN ${String(text).replace(/\$(\d)/g, (_all, at) => (at === "1" ? `'${made.id}'` : at === "2" ? `ARRAY['${newId()}']::uuid[]` : at === "3" ? "26" : "0"))}`,
    );
    expect(JSON.stringify(rows)).toContain("audit_event_record_ids_idx");
  });
});
