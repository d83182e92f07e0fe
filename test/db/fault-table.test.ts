import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { meanings, states } from "../../src/db/fault-table.ts";
import { decodeId } from "../../src/db/ids.ts";
import { exportKind } from "../../src/jobs/export/export.kind.ts";
import { runJob } from "../../src/jobs/runner.ts";
import { createServer } from "../../src/server/server.ts";
import { type OwnDatabase, ownDatabase } from "../support/own-database.ts";

/** Each fault of the table, raised by the database itself in the middle of a read, a write and a job. */

let own: OwnDatabase;
let yoga: ReturnType<typeof createServer>;
const silent = pino({ level: "silent" });

/** What the database raises at the next looks at a tag, and at each write of one; null for nothing. */
const raise = async (code: string | null): Promise<void> => {
  await own.database.pool.query("UPDATE raised SET code = $1", [code]);
};

beforeAll(async () => {
  own = await ownDatabase();
  yoga = createServer({
    database: own.database,
    logger: silent,
    corsOrigins: [],
    bodyLimit: 1_048_576,
    fileLimit: 1_048_576,
    graphiql: null,
  });
  await ask(
    'mutation { contactCreate(input: { name: "Ann", email: "ann@example.com" }) { contact { id } } }',
  );
  await ask('mutation { tagCreate(input: { name: "vip" }) { tag { id } } }');
  for (const statement of [
    "CREATE TABLE raised (code text)",
    "INSERT INTO raised VALUES (NULL)",
    `CREATE FUNCTION raise_fault() RETURNS boolean LANGUAGE plpgsql AS $$
       DECLARE wanted text := (SELECT code FROM raised);
       BEGIN
         IF wanted IS NOT NULL THEN RAISE 'told nobody' USING ERRCODE = wanted; END IF;
         RETURN true;
       END $$`,
    `CREATE FUNCTION raise_before_write() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM raise_fault(); RETURN NULL; END $$`,
    "ALTER TABLE tag RENAME TO tag_rows",
    "CREATE VIEW tag AS SELECT * FROM tag_rows WHERE raise_fault()",
    `CREATE TRIGGER faulty BEFORE INSERT ON tag_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_before_write()`,
    "ALTER TABLE contact RENAME TO contact_rows",
    "CREATE VIEW contact AS SELECT * FROM contact_rows WHERE raise_fault()",
  ]) {
    await own.database.pool.query(statement);
  }
});
afterAll(() => own?.close());

async function ask(query: string) {
  const response = await yoga.fetch("http://test/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${own.key}` },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  expect(text).not.toMatch(/told nobody|prisma|invocation|raise_fault/i);
  const { data, errors } = JSON.parse(text);
  return {
    told: [response.status, response.headers.get("retry-after"), errors?.[0]?.extensions?.code ?? null],
    data,
  };
}

let made = 0;
const create = () => {
  made += 1;
  return `mutation { tagCreate(input: { name: "tag ${made}" }) { tag { name } errors { code } } }`;
};

/** What callers are told: the status, Retry-After and the code; then what becomes of a job. */
const away = [503, "1", "SERVICE_UNAVAILABLE"];
const lost = { told: away, job: "waits" } as const;
const unavailable = { told: away, job: "waits" } as const;
const overdue = { told: [504, null, "TIMEOUT"], job: "counts" } as const;
const conflict = { told: [409, null, "CONFLICT"], job: "waits" } as const;
const bug = { told: [200, null, "INTERNAL_SERVER_ERROR"], job: "ends" } as const;
const unstorable = { told: [200, null, "BAD_USER_INPUT"], job: "ends" } as const;

const expected: Readonly<Record<string, { readonly told: readonly unknown[]; readonly job: string }>> = {
  "08000": lost,
  "08001": unavailable,
  "08003": lost,
  "08004": unavailable,
  "08006": lost,
  "08007": lost,
  "08P01": bug,
  "0A000": bug,
  "21000": bug,
  "22003": unstorable,
  "22021": unstorable,
  "22P02": unstorable,
  "22P05": unstorable,
  "25006": unavailable,
  "25P03": lost,
  "25P04": overdue,
  "26000": lost,
  "28000": unavailable,
  "28P01": unavailable,
  "3D000": unavailable,
  "40000": conflict,
  "40001": conflict,
  "40003": lost,
  "40P01": conflict,
  "42P05": lost,
  "53000": unavailable,
  "53100": unavailable,
  "53200": unavailable,
  "53300": unavailable,
  "53400": { told: away, job: "counts" },
  "54001": { told: [200, null, "FILTER_TOO_LARGE"], job: "ends" },
  "55000": bug,
  "55006": unavailable,
  "55P02": bug,
  "55P03": unavailable,
  "55P04": bug,
  "57000": unavailable,
  "57014": overdue,
  "57P01": lost,
  "57P02": lost,
  "57P03": unavailable,
  "57P04": unavailable,
  "57P05": lost,
  "58000": unavailable,
  "58030": unavailable,
};

test("every state of the table has an answer here, and none has two rows", () => {
  expect(states.map(([code]) => code).sort()).toEqual(Object.keys(expected).sort());
});

test("every code of PostgreSQL's classes 08, 53, 55 and 57 is decided", () => {
  // Appendix A of PostgreSQL 18's manual.
  const listed =
    "08000 08003 08006 08001 08004 08007 08P01 53000 53100 53200 53300 53400 55000 55006 55P02 55P03 55P04 57000 57014 57P01 57P02 57P03 57P04 57P05";
  const decided = new Set(states.map(([code]) => code));
  expect(listed.split(" ").filter((code) => !decided.has(code))).toEqual([]);
});

test.each(Object.entries(expected))(
  "%s in a read and in a write is answered as the table says",
  async (code, { told }) => {
    await raise(code);
    const read = await ask("{ tags { name } }");
    const write = await ask(create());
    await raise(null);
    expect([read.told, write.told]).toEqual([told, told]);
    // Nothing is left over of it, on any connection.
    for (let at = 0; at < 5; at += 1)
      expect((await ask("{ tags { name } }")).told).toEqual([200, null, null]);
    expect((await ask(create())).data).toEqual({
      tagCreate: { tag: { name: `tag ${made}` }, errors: [] },
    });
  },
);

test.each(Object.entries(expected))(
  "%s in a job: it waits, tries again or ends as the table says",
  async (code, { job }) => {
    const { data } = await ask(
      `mutation { contactExport(columns: [{ field: ID }]) { job { id } errors { code } } }`,
    );
    const key = { orgId: own.orgId, id: decodeId(data.contactExport.job.id)?.uuid ?? "" };
    const { pool } = own.database;
    const look = async () =>
      (await pool.query("SELECT state::text AS state, claims FROM export_job WHERE id = $1", [key.id]))
        .rows[0];
    await raise(code);
    const outcome = await runJob(own.database, silent, exportKind, {}, key);
    await raise(null);
    const claims = job === "counts" ? 1 : 0;
    if (job === "ends") {
      expect([outcome, await look()]).toEqual(["done", { state: "FAILED", claims: 1 }]);
    } else {
      expect([outcome, await look()]).toEqual(["waits", { state: "RUNNING", claims }]);
      expect(await runJob(own.database, silent, exportKind, {}, key)).toBe("done");
      expect(await look()).toMatchObject({ state: "DONE" });
    }
  },
);

test("each meaning stands in some row, and what is told says nothing of the database's making", () => {
  const used = new Set(states.map(([, fault]) => fault));
  expect(Object.keys(meanings).filter((name) => !used.has(name as keyof typeof meanings))).toEqual([]);
});
